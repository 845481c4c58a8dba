"""The subject: the editor's or the headline, and advertising said in the one way the law knows (B2)."""

import pytest

from service.issues.document import Document
from service.rendering import subjects


def subject(text: str, *, is_advertising: bool = True) -> str:
    return subjects.subject_of(Document(title="제목", subject=text), is_advertising=is_advertising)


@pytest.mark.parametrize(
    "text",
    [
        "봄 소식",
        "(광고) 봄 소식",
        "(광고)봄 소식",
        "(광 고) 봄 소식",
        "[광고] 봄 소식",
        "(광.고)봄 소식",
        "（광고） 봄 소식",
        "【광고】봄 소식",
        "(광고) [광 고] 봄 소식",
    ],
)
def test_advertising_begins_with_the_legal_word_exactly_once(text: str) -> None:
    assert subject(text) == "(광고) 봄 소식"


def test_setting_the_word_twice_changes_nothing() -> None:
    assert subject(subject("봄 소식")) == subject("봄 소식")


def test_the_word_within_a_subject_stays() -> None:
    assert subject("봄 소식 (광고)") == "(광고) 봄 소식 (광고)"


def test_an_issue_without_subject_takes_its_headline() -> None:
    assert subject("", is_advertising=False) == "제목"


def test_line_breaks_in_a_subject_become_spaces() -> None:
    assert subject("봄\r\nBcc: ben@example.com", is_advertising=False) == "봄 Bcc: ben@example.com"


def test_a_subject_that_says_advertising_blocks_an_issue_that_is_not_marked() -> None:
    document = Document(title="제목", subject="[광고] 봄 소식")

    assert len(subjects.problems_of(document, is_advertising=False)) == 1
    assert subjects.problems_of(document, is_advertising=True) == []
