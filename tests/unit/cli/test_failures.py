"""What the machine refuses is said in a sentence with a remedy; a fault of our own keeps its trace."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from service.cli import failures, main, migrate
from service.core.database import Database


def test_a_disk_that_is_full_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    refusal = failures.in_words(OSError(28, "No space left on device", "/somewhere/issue.html"))

    assert str(refusal) == "/somewhere/issue.html: No space left on device."
    assert refusal is not None
    assert "Free space" in refusal.remedy


def test_a_corrupt_database_says_what_to_do_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "pressrun.db"
    path.write_bytes(b"no database at all" * 500)

    with pytest.raises(DatabaseError) as caught:
        create_engine(f"sqlite:///{path}").connect().execute(text("SELECT 1 FROM sqlite_master"))

    refusal = failures.in_words(caught.value)
    assert refusal is not None
    assert "Restore the file from a backup" in refusal.remedy


def test_a_fault_of_our_own_stays_an_exception() -> None:
    assert failures.in_words(KeyError("lane")) is None
    assert failures.in_words(IntegrityError("INSERT", {}, sqlite3.IntegrityError("UNIQUE constraint failed"))) is None


def test_a_folder_that_cannot_be_made_ends_a_command_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("PRESSRUN_VAR_DIR", str(tmp_path / "file" / "var"))

    status = main.run(["up"])

    said = capsys.readouterr().err
    assert status == main.EXIT_REFUSED
    assert "Not a directory" in said
    assert "PRESSRUN_VAR_DIR" in said


def test_a_schema_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'pressrun.db'}"
    migrate.upgrade(address)
    with Database(address).engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(migrate.NewerSchema, match="9999"):
        migrate.upgrade(address)
