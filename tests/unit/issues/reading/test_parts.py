"""Single parts of a letter: credits, contents, digests, links on, stories with parts missing or to spare."""

import pytest

from service.issues.blocks import Contents, Digest, Hero, Story
from service.issues.credits import is_empty_credit
from service.issues.labels import SeriesLabels
from service.issues.reading import pasted
from service.issues.reading.captions import parse_caption
from service.issues.reading.digest import split_lead
from service.issues.reading.lines import Line
from service.issues.reading.more import read_more


@pytest.mark.parametrize(
    ("line", "caption", "credit"),
    [
        ("탱크 (출처 : 로이터)", "탱크", "(출처 : 로이터)"),
        ("(왼쪽부터) 가, 나 (사진=다, 편집: 라)", "(왼쪽부터) 가, 나", "(사진=다, 편집: 라)"),
        ("첫째 (사진: 가) 둘째 (출처: 나)", "첫째 (사진: 가) 둘째", "(출처: 나)"),
        ("A tank (Source: B (2026))", "A tank", "(Source: B (2026))"),
        ("A tank (Photo by C)", "A tank", "(Photo by C)"),
        ("탱크（출처：라）", "탱크", "（출처：라）"),
        ("(출처 : )", None, "(출처 : )"),
        ("탱크 (2026년 촬영)", "탱크 (2026년 촬영)", None),
    ],
)
def test_credit_is_the_last_parenthesis_of_its_kind(line: str, caption: str | None, credit: str | None) -> None:
    assert parse_caption(Line(1, line)) == (caption, credit)


@pytest.mark.parametrize(("credit", "empty"), [("(출처 : )", True), ("(출처 : 편집: 가)", True), ("(출처 : 가)", False), ("(Photo)", True)])
def test_credit_without_a_source_is_noticed(credit: str, empty: bool) -> None:
    assert is_empty_credit(credit) is empty


@pytest.mark.parametrize(
    ("item", "lead", "text"),
    [
        ("마린윙스, 글라이더 시험 마쳐마린윙스는 어제 발표했다.", "마린윙스, 글라이더 시험 마쳐", "마린윙스는 어제 발표했다."),
        ("Marin Wings ends its testMarin Wings said so.", "Marin Wings ends its test", "Marin Wings said so."),
        ("파인노트: 양산을 미뤘다.", "파인노트", "양산을 미뤘다."),
        ("파인노트 ： 10:30에 발표했다.", "파인노트", "10:30에 발표했다."),
        ("메타, 안경 출시 메타는 17일 안경을 냈다.", "메타, 안경 출시", "메타는 17일 안경을 냈다."),
    ],
)
def test_lead_of_a_digest_item_is_found(item: str, lead: str, text: str) -> None:
    found = split_lead(Line(1, item))

    assert (found.lead, found.text, found.guessed) == (lead, text, False)


@pytest.mark.parametrize("item", ["AI, 오픈AI가 새 모델을 냈다.", "오늘은 새 소식이 없다.", "10:30에 열린다", "그는 말했다. 이유: 없음"])
def test_item_without_a_sure_lead_is_kept_whole(item: str) -> None:
    found = split_lead(Line(1, item))

    assert (found.lead, found.text, found.guessed) == (None, item, True)


@pytest.mark.parametrize(
    ("lines", "label", "text", "url"),
    [
        (["👉더 알아보기: 제목"], "더 알아보기", "제목", None),
        (["👉 더알아보기 ： 제목 (https://example.com/a_(b))"], "더알아보기", "제목", "https://example.com/a_(b)"),
        (["👉Learn more: Title https://example.com/a"], "Learn more", "Title", "https://example.com/a"),
        (["더 알아보기: 제목", "https://example.com/a"], "더 알아보기", "제목", "https://example.com/a"),
        (["👉더 알아보기: 제목", "(https://example.com/a)"], "더 알아보기", "제목", "https://example.com/a"),
        (["👉더 알아보기:", "제목"], "더 알아보기", "제목", None),
        (["👉 [제목](https://example.com/a)"], None, "제목", "https://example.com/a"),
        (["👉위클리 인사이트: “말”"], "위클리 인사이트", "“말”", None),
    ],
)
def test_link_on_has_label_words_and_address(lines: list[str], label: str | None, text: str, url: str | None) -> None:
    found = read_more([Line(at, line, gap=at == 0) for at, line in enumerate(lines)], SeriesLabels())

    assert found is not None
    assert (found[0].label, found[0].text, found[0].url) == (label, text, url)
    assert found[1] == len(lines)


STORY = (
    "제목\n\n🧊 얼음\n\n팩트 요약: 한 줄\n1. 하나\n덧붙인 말.\n2. 둘\n\n끝말.\n\n왜 중요한가\n\n까닭.\n\n👉더 알아보기: 더\n\n남은 말.\n"
)


def test_paragraph_of_no_known_part_stays_where_it_stood() -> None:
    (story,) = pasted.read(STORY).document.blocks

    assert isinstance(story, Story)
    assert [(other.after, other.text) for other in story.other] == [("facts:1", "덧붙인 말."), ("facts", "끝말."), ("more", "남은 말.")]
    assert (story.facts, story.why) == (("하나", "둘"), ("까닭.",))


def test_series_may_name_its_parts_in_its_own_words() -> None:
    text = "Title\n\nA robot\n\nWhat we know: it walks\n\nSo what: it falls\n"
    labels = SeriesLabels.from_data({"summary": ["What we know"], "why": ["So what"]})

    (story,) = pasted.read(text, labels=labels).document.blocks

    assert isinstance(story, Story)
    assert (story.title, story.summary, story.why) == ("A robot", "it walks", ("it falls",))
    assert (story.labels.summary, story.labels.why) == ("What we know", "So what")


def letter(contents: list[str]) -> str:
    sections = "\n\n".join(
        f"{title}\n\n팩트 요약: 요약\n\n왜 중요한가: 까닭" for title in ("🧊얼음 배터리 이야기", "🛰️위성 문자 이야기", "🦾느린 로봇 이야기")
    )
    return (
        "제목\n\n한서진 2026.03.04 09:40 PST\n\n[주간] 2026년 2월 25일~3월 3일\n" + "\n".join(contents) + f"\n\n안녕하세요.\n\n{sections}\n"
    )


@pytest.mark.parametrize(
    ("contents", "targets", "messages"),
    [
        (["🧊얼음", "🛰위성", "🦾로봇"], ["story-1", "story-2", "story-3"], []),
        (["얼음 배터리", "위성 문자", "느린 로봇"], ["story-1", "story-2", "story-3"], []),
        (["🧊얼음", "🎈전혀 다른 말", "🦾로봇"], ["story-1", "story-2", "story-3"], []),
        (["🧊얼음", "🦾로봇"], ["story-1", "story-3"], ["missing in the contents"]),
        (["🧊얼음", "🛰위성", "🎈없는 이야기", "🦾로봇"], ["story-1", "story-2", None, "story-3"], ["no section has that title"]),
        (["🛰위성", "🧊얼음", "🦾로봇"], ["story-2", "story-1", "story-3"], ["stands in another place"]),
    ],
)
def test_contents_line_belongs_to_its_section(contents: list[str], targets: list[str | None], messages: list[str]) -> None:
    result = pasted.read(letter(contents))

    block = next(block for block in result.document.blocks if isinstance(block, Contents))
    assert [item.target for item in block.items] == targets
    found = [problem.text for problem in result.problems if "contents" in problem.text]
    assert len(found) == len(messages)
    assert all(message in text for message, text in zip(messages, found, strict=True))


def test_headline_said_again_is_the_pictures_alternative_text() -> None:
    text = "큰 제목\n\nprofile\n한서진 2026.03.04 09:40 PST\n큰 제목\n설명뿐인 사진\n\n본문입니다.\n"

    document = pasted.read(text).document

    hero = document.blocks[0]
    assert isinstance(hero, Hero)
    assert (hero.alt, hero.caption, hero.credit) == ("큰 제목", "설명뿐인 사진", None)
    assert document.byline is not None
    assert document.byline.portrait_alt == "profile"


def test_digest_without_bullets_keeps_its_paragraphs() -> None:
    text = "제목\n\n➕주목한 뉴스\n\n파인노트: 양산을 미뤘다.\n\n마린윙스: 날았다.\n"

    (digest,) = pasted.read(text).document.blocks

    assert isinstance(digest, Digest)
    assert [item.lead for item in digest.items] == ["파인노트", "마린윙스"]


def test_untitled_story_keeps_its_picture() -> None:
    text = "제목\n\n🧊 얼음\n\n팩트 요약: 가\n\n왜 중요한가: 나\n\n탱크 (출처: 라)\n\n팩트 요약: 다\n"

    stories = pasted.read(text).document.blocks

    assert [block.title for block in stories if isinstance(block, Story)] == ["얼음", ""]
    assert isinstance(stories[1], Story)
    assert stories[1].figure is not None
    assert stories[1].figure.credit == "(출처: 라)"


def test_contents_are_not_taken_for_a_head_below_the_series() -> None:
    text = (
        "[주간] 2026년 2월 25일~3월 3일\n느린 로봇\n글: 한서진\n2026년 3월 4일 오전 9:40 (KST)\n\n[팩트 요약] 느려지니 덜 부순다\n- 하나\n"
    )

    document = pasted.read(text).document

    assert (document.title, document.series) == ("느린 로봇", "주간")
    assert document.byline is not None
    assert (document.byline.author, document.byline.at) == ("한서진", "2026-03-04T09:40:00+09:00")
    assert [block.type for block in document.blocks] == ["story"]


def test_thanks_that_name_a_day_are_no_tagline() -> None:
    text = "Title\n\nA paragraph of this letter.\n\nThanks for reading! See you on Friday.\n\nOut on Monday, Wednesday and Friday.\n"

    document = pasted.read(text).document

    assert [block.type for block in document.blocks] == ["prose", "prose", "tagline"]
