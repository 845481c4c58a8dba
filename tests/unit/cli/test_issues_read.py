"""`pressrun issues read`: the printed document, from a file and from standard input."""

import json
from pathlib import Path

from click.testing import CliRunner

from service.cli.issues import issues
from service.issues.decoding import UnreadableText

SAMPLE = Path(__file__).resolve().parents[3] / "service" / "cli" / "samples" / "issue.ko.txt"

KEYS = ["title", "subject", "preheader", "series", "period", "period_from", "period_to", "byline", "blocks", "problems"]


def test_read_prints_the_document_with_exactly_its_keys() -> None:
    result = CliRunner().invoke(issues, ["read", str(SAMPLE)])

    printed = json.loads(result.stdout)
    assert result.exit_code == 0
    assert list(printed) == KEYS
    assert list(printed["byline"]) == ["author", "at", "zone", "text", "portrait_alt"]


def test_read_takes_standard_input() -> None:
    data = SAMPLE.read_bytes()

    result = CliRunner().invoke(issues, ["read", "-"], input=data)

    assert json.loads(result.stdout)["title"].startswith("사막 한가운데")


def test_read_without_a_file_takes_standard_input() -> None:
    result = CliRunner().invoke(issues, ["read"], input="제목\n\n한 문단입니다.\n")

    assert json.loads(result.stdout)["title"] == "제목"


def test_absent_values_are_null() -> None:
    result = CliRunner().invoke(issues, ["read", "-"], input="제목\n\n한 문단입니다.\n")

    printed = json.loads(result.stdout)
    assert [printed[key] for key in ("preheader", "series", "period", "period_from", "period_to", "byline")] == [None] * 6
    assert printed["blocks"] == [{"type": "prose", "id": "paragraph-1", "text": "한 문단입니다.", "role": None}]


def test_huge_input_is_refused_without_reading_it_whole() -> None:
    result = CliRunner().invoke(issues, ["read", "-"], input=b"a" * 3_000_000)

    assert isinstance(result.exception, UnreadableText)
