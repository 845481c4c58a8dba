"""Documents for tests: a whole letter with every kind of block, and arbitrary ones for properties."""

import string
from typing import Any

from hypothesis import strategies as st

from service.issues.blocks import (
    QA,
    CallToAction,
    Contents,
    ContentsItem,
    Digest,
    DigestItem,
    Figure,
    Heading,
    Hero,
    Image,
    Insight,
    Labels,
    ListBlock,
    Mark,
    More,
    Other,
    Prose,
    Quote,
    Rich,
    Signoff,
    Story,
    Tagline,
)
from service.issues.document import Byline, Document
from service.rendering.images import ImageFile

HERO = "asset:" + "a" * 64
GONE = "asset:" + "0" * 64
FILES = {HERO: ImageFile("https://news.example.com/assets/hero.png", 1280, 720, 40_000)}


def letter(**changes: Any) -> Document:
    """A letter in Korean that holds every kind of block."""
    given: dict[str, Any] = {
        "title": "도서관이 밤에 문을 여는 까닭",
        "series": "수요산책",
        "period": "2026년 9월 9일~9월 15일",
        "byline": Byline(author="이디스", at="2026-09-14T07:00:00-07:00", zone="PDT", text="이디스 2026.09.14 07:00 PDT"),
        "blocks": (
            Hero("hero", HERO, "불 켜진 열람실", "(왼쪽부터) 열람실, 마당", "(출처 : 견본)"),
            Contents("contents", (ContentsItem("📚", "밤의 열람실", "story-1"), ContentsItem("💡", "인사이트: 느린 길", "insight"))),
            Prose("paragraph-1", "안녕하세요, 수요산책입니다.", "greeting"),
            Quote("quote-1", "“책은 기다릴 줄 안다”", "사서"),
            Prose("paragraph-2", Rich("긴 글을 읽습니다.", (Mark("bold", 0, 1), Mark("link", 2, 5, "https://example.com/read?a=1&b=2")))),
            Story(
                "story-1",
                emoji="📚",
                title="밤의 열람실",
                figure=Image(None, None, "마당에서 본 창", "(사진 : 견본)"),
                labels=Labels("팩트 요약", "왜 중요한가"),
                summary="밤 열 시까지 문을 연다",
                facts=("첫째 사실입니다.", "둘째 사실입니다."),
                why=("그래서 중요합니다.",),
                more=More("더 알아보기", "개관 시간표", "https://example.com/hours"),
                other=(Other("facts:1", "사이에 선 문단입니다."), Other("nowhere", "끝에 선 문단입니다.")),
            ),
            Heading("heading-1", "작은 제목"),
            ListBlock("list-1", ("하나", "둘"), ordered=True),
            QA("qa-1", "누가 옵니까?", "학생이 옵니다.\n\n어르신도 옵니다.", "Q", "A"),
            Figure("figure-1", GONE, "사라진 그림", "설명만 남은 그림", None),
            Insight(
                "insight",
                "💡",
                "인사이트",
                "느린 길",
                None,
                ("길은 돌아갈수록 보인다.",),
                More(None, "산책 지도", "https://example.com/map"),
            ),
            Digest("digest", "➕", "눈여겨본 소식", None, (DigestItem("새 책방, 문 열어", "새 책방이 골목에 문을 열었다."),)),
            Prose("paragraph-3", "읽어 주셔서 고맙습니다.", "thanks"),
            Signoff("signoff", "골목에서", "이디스", "드림"),
            CallToAction("call-to-action", ("주 3회 무료로 받아보세요!",), None),
            Tagline("tagline", "월, 수, 금 아침의 산책.", (1, 3, 5)),
        ),
    }
    return Document(**(given | changes))


LETTERS = st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs", "Mn", "Cf"))
WORDS = st.text(LETTERS | st.sampled_from("<>&\"'{}%📚👩‍👩‍👧\u00a0가 "), min_size=1, max_size=30)
HOSTILE = st.sampled_from(
    [
        "{{7*7}}",
        "{% for x in y %}",
        "<b>굵게</b>",
        "&amp;",
        "pr0field0acting0",
        "pr0begin0tracked0",
        "<mj-text>",
        "</p>",
        "]]>",
        "<!--",
        "${x}",
        "%s",
    ]
)
PLAIN = st.lists(WORDS | HOSTILE, min_size=1, max_size=4).map(" ".join).filter(str.strip)
URLS = st.text(string.ascii_lowercase, min_size=1, max_size=8).map(lambda path: f"https://example.com/{path}")


@st.composite
def rich(draw: st.DrawFn) -> Rich:
    """A text with a mark somewhere in it."""
    text = draw(PLAIN)
    start = draw(st.integers(0, len(text) - 1))
    end = draw(st.integers(start + 1, len(text)))
    kind = draw(st.sampled_from(["bold", "italic", "link"]))
    return Rich(text, (Mark(kind, start, end, draw(URLS) if kind == "link" else None),))


TEXTS = PLAIN | rich()
MAYBE = st.none() | PLAIN
MORES = st.none() | st.builds(More, MAYBE, PLAIN, st.none() | URLS)
BLOCKS = st.one_of(
    st.builds(Prose, st.just("x"), TEXTS),
    st.builds(Quote, st.just("x"), TEXTS, MAYBE),
    st.builds(Heading, st.just("x"), TEXTS),
    st.builds(Figure, st.just("x"), st.none(), st.none(), TEXTS, MAYBE),
    st.builds(ListBlock, st.just("x"), st.lists(TEXTS, min_size=1, max_size=3).map(tuple), st.booleans()),
    st.builds(QA, st.just("x"), TEXTS, TEXTS),
    st.builds(
        Story,
        st.just("x"),
        emoji=st.none() | st.sampled_from("🧬📚"),
        title=PLAIN,
        labels=st.builds(Labels, MAYBE, MAYBE),
        summary=st.none() | TEXTS,
        facts=st.lists(TEXTS, max_size=3).map(tuple),
        why=st.lists(TEXTS, max_size=2).map(tuple),
        more=MORES,
        other=st.lists(st.builds(Other, st.sampled_from(["title", "summary", "facts:1", "why", "more"]), TEXTS), max_size=2).map(tuple),
    ),
    st.builds(Insight, st.just("x"), st.none(), MAYBE, PLAIN, st.none(), st.lists(TEXTS, max_size=2).map(tuple), MORES),
    st.builds(Digest, st.just("x"), st.none(), PLAIN, st.none(), st.lists(st.builds(DigestItem, MAYBE, TEXTS), max_size=3).map(tuple)),
    st.builds(Signoff, st.just("x"), MAYBE, MAYBE, MAYBE),
    st.builds(CallToAction, st.just("x"), st.lists(PLAIN, max_size=2).map(tuple), st.none() | URLS),
    st.builds(Tagline, st.just("x"), TEXTS),
)
DOCUMENTS = st.builds(Document, title=PLAIN, series=MAYBE, period=MAYBE, blocks=st.lists(BLOCKS, max_size=4).map(tuple))
