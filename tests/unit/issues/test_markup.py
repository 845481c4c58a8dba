"""Rich text in a plain form: every text and every look survives writing and reading."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.issues import markup
from service.issues.blocks import Mark, Rich, Text

LETTERS = st.text(
    alphabet=st.one_of(st.sampled_from("\\*[]() \n가나다ab"), st.characters(exclude_categories=("Cs",), exclude_characters="\r"))
)
URLS = st.text(alphabet=st.one_of(st.sampled_from("\\()[]*:/?&="), st.characters(exclude_categories=("Cs", "Z", "C"))), max_size=12).filter(
    lambda url: not any(letter.isspace() for letter in url)
)


@st.composite
def texts(draw: st.DrawFn) -> Text:
    text = draw(LETTERS)
    marks = []
    for _ in range(draw(st.integers(0, 5)) if text else 0):
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        kind = draw(st.sampled_from(("bold", "italic", "link")))
        marks.append(Mark(kind, start, end, draw(URLS) if kind == "link" else None))
    return Rich(text, tuple(marks)) if marks else text


@settings(max_examples=600, deadline=None)
@given(texts())
def test_what_is_written_reads_back_the_same(text: Text) -> None:
    assert markup.read(markup.write(text)) == markup.canonical(text)


@settings(max_examples=300, deadline=None)
@given(LETTERS)
def test_whatever_is_typed_settles_at_once(typed: str) -> None:
    once = markup.read(typed)

    assert markup.read(markup.write(once)) == once


@settings(max_examples=300, deadline=None)
@given(texts())
def test_canonical_keeps_the_look_of_every_letter(text: Text) -> None:
    before, after = _looks(text), _looks(markup.canonical(text))

    assert before == after


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("그냥 글", "그냥 글"),
        ("**굵게**는", Rich("굵게는", (Mark("bold", 0, 2),))),
        ("*기울임*", Rich("기울임", (Mark("italic", 0, 3),))),
        ("[이름](https://example.com/a_(b\\))", Rich("이름", (Mark("link", 0, 2, "https://example.com/a_(b)"),))),
        ("[주소 없음]()", Rich("주소 없음", (Mark("link", 0, 5),))),
        ("[주간 소식] 안녕", "[주간 소식] 안녕"),
        ("2 * 3 = 6", "2 * 3 = 6"),
        ("별표\\*", "별표*"),
        ("***둘 다***", Rich("둘 다", (Mark("bold", 0, 3), Mark("italic", 0, 3)))),
        ("끝나지 **않음", "끝나지 **않음"),
        ("[글](두 말)", "[글](두 말)"),
        ("한\r\n줄", "한\n줄"),
    ],
)
def test_typed_marks_mean_what_they_look_like(typed: str, text: Text) -> None:
    assert markup.read(typed) == text


def _looks(text: Text) -> tuple[str, list[set[str]]]:
    if isinstance(text, str):
        return text, [set() for _ in text]
    looks: list[set[str]] = [set() for _ in text.text]
    for mark in text.marks:
        for place in range(mark.start, mark.end):
            looks[place].add(mark.kind)
    return text.text, looks


def test_looks_within_a_link_stand_within_its_brackets() -> None:
    url = "https://example.com"

    ends = markup.write(Rich("link it", (Mark("link", 0, 7, url), Mark("italic", 5, 7))))
    begins = markup.write(Rich("link it", (Mark("link", 0, 7, url), Mark("bold", 0, 4))))
    whole = markup.write(Rich("link it", (Mark("link", 0, 7, url), Mark("bold", 0, 7))))

    assert ends == f"[link *it*]({url})"
    assert begins == f"[**link** it]({url})"
    assert whole == f"**[link it]({url})**"
