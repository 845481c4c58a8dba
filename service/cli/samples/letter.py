"""The sample newsletter and its sample issue: our own writing, our own pictures, links to a reserved domain."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.cli.samples import pictures
from service.core import clock
from service.issues import arranging, assets, editing
from service.issues.blocks import Block, Figure, Hero, Image
from service.issues.document import Document
from service.issues.models import Issue
from service.issues.reading import pasted
from service.newsletters.models import Newsletter, OpenMeasurement
from service.runtime import Runtime
from service.schedule import cadence

SLUG = "sample"
TEXT = Path(__file__).parent / "issue.ko.txt"
LINK = "https://example.com/articles/{number}"
DRAWINGS = (
    (pictures.skyline, "해 질 녘, 불 켜진 창이 늘어선 연구 단지"),
    (pictures.waves, "별이 뜬 밤, 겹겹이 이어진 청록빛 물결"),
    (pictures.mesh, "가까운 점끼리 선으로 이어진 그물"),
    (pictures.figure, "한 손을 흔드는 로봇"),
    (pictures.gears, "맞물려 도는 톱니바퀴 두 개, 하나는 이가 빠져 있다"),
    (pictures.pages, "부채꼴로 펼쳐 놓은 신문 세 장"),
)


def ensure_newsletter(session: Session) -> Newsletter:
    """The newsletter with its Monday, Wednesday and Friday slots at 07:30 in Seoul."""
    found = session.scalar(select(Newsletter).where(Newsletter.slug == SLUG))
    if found is not None:
        return found
    newsletter = Newsletter(
        slug=SLUG,
        name="오늘의 궤도",
        description="기술이 지나가는 길을 따라가는 편지. 월·수·금 아침에 보내 드립니다.",
        language="ko",
        is_public=True,
        sender_name="오늘의 궤도",
        sender_email="letter@news.pressrun.example",
        reply_to="desk@pressrun.example",
        legal_name="프레스런 견본",
        legal_email="desk@pressrun.example",
        legal_telephone="02-000-0000",
        legal_address="서울특별시 견본구 견본로 1",
        privacy_url="https://example.com/privacy",
        brand_color="#1f4fd8",
        tagline="월·수·금 아침, 기술이 지나가는 길을 따라갑니다.",
        readers_zone="Asia/Seoul",
        editors_zone="America/Los_Angeles",
        open_measurement=OpenMeasurement.CONSENT,
        created_at=clock.now(),
    )
    session.add(newsletter)
    session.flush()
    cadence.change(session, newsletter.id, zone="Asia/Seoul", weekdays=(1, 3, 5), local_time=time(7, 30), user_id=None)
    return newsletter


def add_issue(runtime: Runtime, newsletter: Newsletter, user_id: int) -> Issue:
    """A new draft of the sample issue, dated today, with pictures and every link filled."""
    folder, limit = runtime.settings.var_dir / "assets", runtime.settings.max_upload_megabytes * 1_000_000
    drawn = [assets.prepare(draw(), max_bytes=limit) for draw in (pictures.portrait, *(draw for draw, _ in DRAWINGS))]
    for picture in drawn:
        assets.write(folder, picture)
    document = pasted.read(TEXT.read_text(encoding="utf-8"), language="ko").document
    with runtime.writing() as session:
        kept = [assets.keep(session, newsletter.id, picture, name="sample.png", user_id=user_id) for picture in drawn]
        portrait, *references = [assets.reference(asset) for asset in kept]
        shown = [Image(image=image, alt=alt) for image, (_, alt) in zip(references, DRAWINGS, strict=True)]
        finished = _finished(document, portrait, shown, newsletter.editors_zone)
        return editing.create(session, newsletter.id, finished, user_id=user_id, note="sample")


def _finished(document: Document, portrait: str, shown: list[Image], zone: str) -> Document:
    if document.byline is not None:
        now = clock.now().astimezone(ZoneInfo(zone)).replace(second=0, microsecond=0)
        when = {"at": now.isoformat(), "zone": now.tzname(), "text": f"{document.byline.author} {now:%Y.%m.%d %H:%M} {now.tzname()}"}
        document = replace(document, byline=replace(document.byline, portrait=portrait, **when))
    left = iter(shown)
    document = arranging.with_blocks(document, tuple(_illustrated(block, left) for block in document.blocks))
    missing = arranging.missing_links(document)
    return arranging.fill_links(
        document, {(link.block, link.path): LINK.format(number=number) for number, link in enumerate(missing, start=1)}
    )


def _illustrated(block: Block, left: Iterator[Image]) -> Block:
    """The block with the next picture, where it has a place for one and one is left."""
    figure = getattr(block, "figure", None)
    if not isinstance(figure, Image) and not isinstance(block, Hero | Figure):
        return block
    picture = next(left, None)
    if picture is None:
        return block
    if isinstance(block, Hero | Figure):
        return replace(block, image=picture.image, alt=picture.alt)
    return replace(block, figure=replace(figure, image=picture.image, alt=picture.alt))  # type: ignore[call-arg, type-var]
