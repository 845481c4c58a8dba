"""`pressrun bounces classify`: files, folders, mailboxes and standard input, a line of JSON for each message."""

import io
import json
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from service.cli.main import run
from tests.support.returned_mail import arf, dsn


def lines(capfdbinary: pytest.CaptureFixture[bytes]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]


def test_each_message_of_a_folder_is_one_line(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.eml").write_bytes(dsn("5.1.1", "smtp; 550 5.1.1 User unknown"))
    (tmp_path / "sub" / "b.eml").write_bytes(arf())

    assert run(["bounces", "classify", str(tmp_path)]) == 0

    first, second = lines(capfdbinary)
    assert first == {
        "file": str(tmp_path / "a.eml"),
        "kind": "bounce",
        "reason": "unknown_user",
        "hard": True,
        "status": "5.1.1",
        "recipient": "dora@reader.test",
        "action": "suppress",
    }
    assert (second["kind"], second["reason"], second["hard"]) == ("complaint", "abuse", False)


def test_a_mailbox_is_taken_apart(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    line = b"From MAILER-DAEMON Mon Aug  3 08:00:00 2026\n"
    (tmp_path / "box").write_bytes(line + dsn("5.1.1", "") + b"\n\n" + line + arf())

    run(["bounces", "classify", str(tmp_path / "box")])

    assert [(one["file"], one["kind"]) for one in lines(capfdbinary)] == [
        (f"{tmp_path}/box#1", "bounce"),
        (f"{tmp_path}/box#2", "complaint"),
    ]


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(arf())))

    run(["bounces", "classify", "-"])

    assert [one["file"] for one in lines(capfdbinary)] == ["-"]


def test_a_missing_file_is_named_and_the_others_are_classified(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    (tmp_path / "a.eml").write_bytes(arf())

    assert run(["bounces", "classify", "nowhere.eml", str(tmp_path)]) == 1

    told = capfdbinary.readouterr()
    assert told.err.startswith(b"nowhere.eml: ")
    assert json.loads(told.out)["kind"] == "complaint"


ODD = {
    "empty": b"",
    "binary": bytes(range(256)) * 1200,
    "huge": b"From: a@b.test\n\n" + b"user unknown 550 5.1.1\n" * 900_000,
    "nested": b"From: a@b.test\nContent-Type: message/rfc822\n\n" * 10 + dsn("5.1.1", "smtp; 550 5.1.1 User unknown"),
    "line ends": dsn("5.1.1", "").replace(b"\nTo:", b"\r\nTo:").replace(b"\nSubject:", b"\rSubject:"),
    "cut": arf()[:300],
}


@pytest.mark.parametrize("name", ODD)
def test_whatever_the_file_holds_is_one_line(name: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    (tmp_path / "odd").write_bytes(ODD[name])

    assert run(["bounces", "classify", str(tmp_path)]) == 0

    assert [one["file"] for one in lines(capfdbinary)] == [str(tmp_path / "odd")]


def test_a_name_that_is_no_utf_8_can_be_had_back(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    name = os.fsencode(tmp_path) + b"/\xff\xfe.eml"
    Path(os.fsdecode(name)).write_bytes(arf())

    run(["bounces", "classify", str(tmp_path)])

    assert [os.fsencode(str(one["file"])) for one in lines(capfdbinary)] == [name]
