"""The sample newsletter and its sample issue: our own writing, our own pictures, links to a reserved domain."""

from dataclasses import fields, replace
from datetime import time
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.cli.samples import pictures
from service.core import clock
from service.issues import arranging, assets, editing, reading
from service.issues.blocks import Block, Image
from service.issues.document import Document
from service.issues.models import Issue
from service.newsletters.models import Newsletter, OpenMeasurement
from service.runtime import Runtime
from service.schedule import cadence

SLUG = "sample"
TEXT = Path(__file__).parent / "issue.ko.txt"
LINK = "https://example.com/articles/{number}"
DRAWINGS = (pictures.skyline, pictures.waves, pictures.mesh, pictures.figure)


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


def add_issue(runtime: Runtime, newsletter_id: int, user_id: int) -> Issue:
    """A new draft of the sample issue, with pictures and every link filled."""
    folder, limit = runtime.settings.var_dir / "assets", runtime.settings.max_upload_megabytes * 1_000_000
    drawn = [assets.prepare(draw(), max_bytes=limit) for draw in (pictures.portrait, *DRAWINGS)]
    for picture in drawn:
        assets.write(folder, picture)
    document = reading.read(TEXT.read_text(encoding="utf-8"), language="ko").document
    with runtime.writing() as session:
        kept = [assets.keep(session, newsletter_id, picture, name="sample.png", user_id=user_id) for picture in drawn]
        portrait, *figures = [assets.reference(asset) for asset in kept]
        return editing.create(session, newsletter_id, _finished(document, portrait, figures), user_id=user_id, note="sample")


def _finished(document: Document, portrait: str, figures: list[str]) -> Document:
    if document.byline is not None:
        document = replace(document, byline=replace(document.byline, portrait=portrait))
    left = list(figures)
    document = arranging.with_blocks(document, tuple(_illustrated(block, left, figures) for block in document.blocks))
    missing = arranging.missing_links(document)
    return arranging.fill_links(
        document, {(link.block, link.path): LINK.format(number=number) for number, link in enumerate(missing, start=1)}
    )


def _illustrated(block: Block, left: list[str], figures: list[str]) -> Block:
    changes: dict[str, Any] = {}
    names = {field.name for field in fields(block)}
    if "image" in names:
        changes["image"] = left.pop(0) if left else figures[-1]
    figure = getattr(block, "figure", None)
    if isinstance(figure, Image):
        changes["figure"] = replace(figure, image=left.pop(0) if left else figures[-1])
    return replace(block, **changes) if changes else block
