"""Editorial checks of a document, and what each of them says."""

from dataclasses import replace

import pytest

from service.core.problems import Problem, Severity, is_blocking
from service.issues.blocks import QA, Contents, ContentsItem, Figure, Insight, Mark, More, Prose, Rich, Story
from service.issues.checks import check
from service.issues.document import Byline, Document
from service.issues.reading import pasted

BYLINE = Byline(author="Edith", at="2026-03-04T09:40:00-08:00", zone="PST", text="Edith 2026.03.04 09:40 PST")
NO_LINKS = [
    "https://javascript:alert(1)",
    "ftp://files.example.com/a",
    "https://news",
    "https://www.example.com/a b",
    "https://a.example:x/",
]
WHOLE = Document(title="Ice", subject="Ice", byline=BYLINE, blocks=(Prose("p", "A word."),))


def said(document: Document) -> list[tuple[Severity, str]]:
    return [(problem.severity, problem.text) for problem in check(document)]


def test_whole_document_has_no_problems() -> None:
    assert check(WHOLE) == []


@pytest.mark.parametrize("url", [None, "", " ", "example.com", "javascript:alert(1)", "https://", "https://exa mple.com", *NO_LINKS])
def test_link_without_a_web_address_blocks_booking(url: str | None) -> None:
    document = replace(WHOLE, blocks=(Insight("i", title="T", more=More("More", "all", url)),))

    problems = check(document)

    assert is_blocking(problems)
    assert problems[0].block == "i"


def test_marked_link_without_an_address_blocks_booking() -> None:
    document = replace(WHOLE, blocks=(Prose("p", Rich("see this", (Mark("link", 4, 8),))),))

    assert said(document) == [(Severity.ERROR, "The link “this” has no address.")]


@pytest.mark.parametrize(
    ("byline", "words"),
    [
        (None, "byline is missing"),
        (Byline(author="Edith", at="2026-03-04T09:40:00", text="x"), "has no zone"),
        (Byline(author="Edith", at="2026-03-04T09:40:00", zone="XYZ", text="x"), "zone XYZ is unknown"),
        (Byline(author="Edith", at="2026-07-04T09:40:00-08:00", zone="PST", text="x"), "PST is not in use"),
        (Byline(author="Edith", at=None, text="Edith 2026.13.40"), "cannot be understood"),
        (Byline(at="2026-03-04T09:40:00-08:00", zone="PST", text="2026.03.04 09:40 PST"), "names no author"),
    ],
)
def test_byline_with_something_amiss_is_a_warning(byline: Byline | None, words: str) -> None:
    problems = check(replace(WHOLE, byline=byline))

    assert [problem.severity for problem in problems] == [Severity.WARNING]
    assert words in problems[0].text


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (Figure("f", image="x.png", caption="A", credit="(Photo: B)"), "no alternative text"),
        (Figure("f", alt="A", credit="(Photo: B)"), "no caption"),
        (Figure("f", caption="A", credit="(출처 : )"), "names no source"),
        (Figure("f", caption="A"), "no credit"),
        (Figure("f", "https://example.com/a.png", "A"), "lies on another server"),
    ],
)
def test_picture_with_something_missing_is_a_warning(figure: Figure, words: str) -> None:
    problems = check(replace(WHOLE, blocks=(*WHOLE.blocks, figure)))

    assert [problem.severity for problem in problems] == [Severity.WARNING]
    assert words in problems[0].text


def test_missing_headline_and_empty_issue_block_booking() -> None:
    problems = check(Document(title=" ", byline=BYLINE))

    assert [problem.severity for problem in problems] == [Severity.ERROR, Severity.ERROR]


def test_contents_are_compared_with_the_sections() -> None:
    items = (ContentsItem(None, "Two", "b"), ContentsItem(None, "One", "a"), ContentsItem(None, "Gone", "x"))
    sections = (Story("a", title="One"), Story("b", title="Two"), Story("c", title="Three"))
    document = replace(WHOLE, blocks=(Contents("contents", items=items), *sections))

    texts = [problem.text for problem in check(document)]

    assert texts == [
        "In the contents “One” stands in another place than its section.",
        "The contents announce “Gone”, and no section has that title.",
        "The section “Three” is missing in the contents.",
    ]


def test_question_without_an_answer_is_a_warning() -> None:
    assert said(replace(WHOLE, blocks=(QA("q", question="Why?"),))) == [(Severity.WARNING, "A question has no answer.")]


def test_two_blocks_with_one_id_block_booking() -> None:
    assert said(replace(WHOLE, blocks=(Prose("p", "One."), Prose("p", "Two.")))) == [(Severity.ERROR, "Two blocks have the same id p.")]


def test_problems_of_a_text_name_the_line_they_are_about() -> None:
    text = "Title\n\nEdith 2026.03.04 09:40\n\n🧊 Ice\n\nFact summary: x\n\nWhy it matters: y\n\n👉Learn more: z\n"

    problems: list[Problem] = pasted.read(text).problems

    assert [(problem.severity, problem.line) for problem in problems] == [(Severity.WARNING, 3), (Severity.ERROR, 11)]


@pytest.mark.parametrize(
    "url", ["https://example.com", "http://news.example.com:8080/a?b=c#d", "https://뉴스.example", "mailto:ada@example.com"]
)
def test_link_that_leads_somewhere_is_no_problem(url: str) -> None:
    document = replace(WHOLE, blocks=(Prose("p", Rich("see this", (Mark("link", 4, 8, url),))),))

    assert check(document) == []


def test_contents_nobody_has_filled_in_yet_are_no_problem() -> None:
    document = replace(WHOLE, blocks=(Contents("c", items=(ContentsItem(None, ""),)), Insight("i", title="T")))

    assert check(document) == []
