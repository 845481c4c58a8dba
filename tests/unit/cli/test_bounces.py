"""`pressrun bounces classify`: files, folders, mailboxes and standard input, a line of JSON for each message."""

import io
import json
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


def test_a_missing_file_is_named(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["bounces", "classify", "nowhere.eml"]) == 1
    assert "nowhere.eml" in capfd.readouterr().err
