"""`pressrun events label`: lines in, lines out, in the same order, without a database."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from service.cli import main
from service.cli.events import label

HITS = [
    {
        "id": "a",
        "at": "2026-11-02T09:00:01Z",
        "kind": "click",
        "delivery": "d1",
        "link": 1,
        "links": 9,
        "ip": "192.0.2.1",
        "user_agent": "curl/8.5",
        "headers": {"ACCEPT": "*/*"},
        "accepted_at": "2026-11-02T09:00:00Z",
    },
    {"id": 2, "kind": "open", "user_agent": "Mozilla/5.0", "headers": None},
    {"id": "c", "kind": "click"},
]
LINES = "".join(json.dumps(hit) + "\n" for hit in HITS)


def answers(output: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in output.splitlines()]


def test_file_is_labelled_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "hits.jsonl"
    file.write_text(LINES)

    result = CliRunner().invoke(label, [str(file)])

    assert [answer["id"] for answer in answers(result.output)] == ["a", 2, "c"]
    assert answers(result.output)[0] == {"id": "a", "label": "machine", "reason": "library"}
    assert answers(result.output)[1]["reason"] == "apple_privacy_proxy"


def test_standard_input_is_labelled_alike(tmp_path: Path) -> None:
    file = tmp_path / "hits.jsonl"
    file.write_text(LINES)

    from_file, from_input = CliRunner().invoke(label, [str(file)]), CliRunner().invoke(label, ["-"], input=LINES)

    assert from_file.output == from_input.output


def test_line_that_is_no_hit_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "hits.jsonl"
    file.write_text(LINES + "[1]\n")

    code = main.run(["events", "label", str(file)])

    assert (code, "Line 4" in capsys.readouterr().err) == (1, True)
