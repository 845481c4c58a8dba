"""Not every letter is a briefing: interviews and essays, from the files of tests/data/issues."""

from pathlib import Path

import pytest

from service.issues.blocks import QA, Heading, Prose, Quote, Signoff, plain
from service.issues.document import Document
from service.issues.reading import pasted

DATA = Path(__file__).resolve().parents[3] / "data" / "issues"


def read(name: str) -> Document:
    return pasted.read((DATA / name).read_text(encoding="utf-8")).document


def test_interview_with_marks_is_questions_and_answers() -> None:
    document = read("interview.ko.txt")

    questions = [block for block in document.blocks if isinstance(block, QA)]

    assert [plain(block.question) for block in questions] == [
        "왜 소리를 기록하기 시작했나요?",
        "사람들의 말소리도 녹음되지 않나요?",
        "다음에는 무엇을 그리고 싶으신가요?",
    ]
    assert plain(questions[0].answer).count("\n\n") == 1
    assert (questions[0].question_label, questions[0].answer_label) == ("Q", "A")


def test_interview_leads_into_its_first_question() -> None:
    document = read("interview.ko.txt")

    roles = [block.role for block in document.blocks if isinstance(block, Prose)]

    assert roles == ["greeting", "lead", "thanks"]


def test_questions_in_bold_are_questions() -> None:
    document = read("interview.en.txt")

    questions = [block for block in document.blocks if isinstance(block, QA)]

    assert [block.question for block in questions] == [
        "Why did you begin to record sound?",
        "Don't you record people talking, too?",
        "What will you draw next?",
    ]
    assert all(block.question_label is None for block in questions)


NAMED = """느린 우체국을 지키는 사람

느린 우체국에서 일하는 사람을 만났다.

기자: 왜 느린 우체국인가요?
강민호: 기다리는 시간을 선물하고 싶었습니다.

{second}
강민호 : 십 년 뒤의 자신에게 보낸 편지요.

보낸 분이 찾아오셨죠.
"""


def test_speakers_by_name_ask_and_answer() -> None:
    document = pasted.read(NAMED.format(second="기자: 기억나는 편지가 있나요?")).document

    questions = [block for block in document.blocks if isinstance(block, QA)]

    assert [(block.question_label, plain(block.question), block.answer_label) for block in questions] == [
        ("기자", "왜 느린 우체국인가요?", "강민호"),
        ("기자", "기억나는 편지가 있나요?", "강민호"),
    ]
    assert plain(questions[1].answer) == "십 년 뒤의 자신에게 보낸 편지요.\n\n보낸 분이 찾아오셨죠."


@pytest.mark.parametrize("second", ["독자: 기억나는 편지가 있나요?", "기억나는 편지가 있나요?"])
def test_names_that_do_not_take_turns_are_prose(second: str) -> None:
    document = pasted.read(NAMED.format(second=second)).document

    assert not any(isinstance(block, QA) for block in document.blocks)


@pytest.mark.parametrize(
    ("end", "place", "author"),
    [
        ("— Ada", None, "— Ada"),
        ("Until Friday,\nAda", "Until Friday,", "Ada"),
        ("Have a good week,\nAda Lind", "Have a good week,", "Ada Lind"),
    ],
)
def test_given_name_of_the_author_signs(end: str, place: str | None, author: str) -> None:
    document = pasted.read(f"On waiting\n\nAda Lind, 2 June 2026 10:00 UTC\n\nNobody chooses this chair.\n\n{end}\n").document

    assert document.blocks[-1] == Signoff("signoff", place, author)


def test_heading_above_a_paragraph_that_ends_in_an_emoji() -> None:
    document = pasted.read(
        "On waiting\n\nNobody chooses this chair.\n\nThe second lesson\n\nOne day you stop, and someone comes. 🙂\n"
    ).document

    assert [block.type for block in document.blocks] == ["prose", "heading", "prose"]


def test_of_two_lines_with_days_the_one_that_invites_calls() -> None:
    text = "Ice\n\nNobody skated this winter.\n\nJoin us, free, every Tuesday and Thursday!\n\nIce is sent on Tuesdays and Thursdays.\n"

    document = pasted.read(text).document

    assert [block.type for block in document.blocks] == ["prose", "call_to_action", "tagline"]


def test_quotation_names_who_said_it() -> None:
    document = read("interview.en.txt")

    quotes = [block for block in document.blocks if isinstance(block, Quote)]

    assert [(plain(block.text), block.source) for block in quotes] == [
        ("“Quiet must not become something for the rich.”", "Noor Castellan")
    ]


def test_essay_is_prose_and_headings() -> None:
    document = read("essay.ko.txt")

    headings = [plain(block.text) for block in document.blocks if isinstance(block, Heading)]

    assert headings == ["기다림이라는 기능", "월요일의 편지"]
    assert {block.type for block in document.blocks} == {"prose", "heading", "quote"}
    assert all(block.role is None for block in document.blocks if isinstance(block, Prose))


def test_signs_of_the_text_stay_what_they_are() -> None:
    document = read("essay.ko.txt")

    texts = [block.text for block in document.blocks if isinstance(block, Prose)]

    assert any(isinstance(text, str) and "<b>급하지 않은 소식</b>" in text and "R&D" in text for text in texts)


def test_wrapped_paragraphs_are_joined() -> None:
    text = (
        "The long way home\n\n"
        "Nobody in the valley could say when the old line had been built, and\n"
        "nobody could say who had paid for it, but everybody knew the woman who\n"
        "walked along it every morning with a lamp, a hammer and a small grey\n"
        "dog, and knew that the trains came late on the days when she was ill.\n\n"
        "It was a short line, and it had no name. The company that owned it on\n"
        "paper had long been sold, and what was left were forty pages of rules.\n"
    )

    document = pasted.read(text).document

    assert len(document.blocks) == 2
    assert plain(document.blocks[0].text).startswith("Nobody in the valley")  # type: ignore[attr-defined]
    assert plain(document.blocks[0].text).endswith("when she was ill.")  # type: ignore[attr-defined]
