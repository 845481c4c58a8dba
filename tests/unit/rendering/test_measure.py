"""The finished letter is measured on the longest copy that a reader may get."""

import pytest

from service.core.problems import Severity
from service.rendering import fields, measure

WAY_OUT = f"https://news.example.com/u/{fields.token(fields.ACTING)}"


def sized(octets: int) -> str:
    """HTML whose longest copy has this many octets, in short lines."""
    room = octets - len(measure.worst_case(WAY_OUT)) - 1
    return WAY_OUT + "\n" + "\n".join(["x" * 99] * (room // 100)) + "y" * (room - (room // 100) * 100 + 1)


@pytest.mark.parametrize(
    ("octets", "severities"),
    [
        (79_999, []),
        (80_000, [Severity.WARNING]),
        (99_999, [Severity.WARNING]),
        (100_000, [Severity.ERROR]),
    ],
)
def test_size_warns_from_80_and_blocks_from_100_kilobytes(octets: int, severities: list[Severity]) -> None:
    letter = sized(octets)

    problems = measure.problems_of(letter, WAY_OUT)

    assert len(measure.worst_case(letter).encode()) == octets
    assert [problem.severity for problem in problems] == severities


def test_the_worst_case_has_the_pixel_and_the_longest_values() -> None:
    source = f"{fields.begin('tracked')}<img>{fields.token('measuring')}{fields.end('tracked')}"

    longest = measure.worst_case(source)

    assert longest == "<img>" + "x" * 32


@pytest.mark.parametrize(("html", "text"), [("", WAY_OUT), (WAY_OUT, ""), ("", "")])
def test_a_letter_without_a_way_out_in_either_part_is_refused(html: str, text: str) -> None:
    problems = measure.problems_of(html, text)

    assert [problem.severity for problem in problems] == [Severity.ERROR]


def test_a_line_longer_than_mail_allows_is_found() -> None:
    problems = measure.problems_of(f"{WAY_OUT}\n{'가' * 333}", WAY_OUT)

    assert [problem.values["length"] for problem in problems] == [999]


def test_a_style_sheet_that_gmail_would_drop_is_found() -> None:
    style = "<style>" + "a{b:c}\n" * 2300 + "</style>"

    problems = measure.problems_of(WAY_OUT + style, WAY_OUT)

    assert [problem.severity for problem in problems] == [Severity.WARNING]
