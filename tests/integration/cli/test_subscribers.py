"""`pressrun subscribers` over a database of its own."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from service.cli.subscribers import subscribers
from service.core.settings import PREFIX
from service.runtime import Runtime
from service.subscribers import address, csv_file, importing, suppression
from tests.support import factories


@pytest.fixture
def command(runtime: Runtime, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Runs `pressrun subscribers ...` with this runtime's settings."""
    for name in ("var_dir", "database_url", "valkey_url"):
        monkeypatch.setenv(PREFIX + name.upper(), str(getattr(runtime.settings, name)))
    with runtime.writing() as session:
        letter = factories.newsletter(session)
        for email in ("ada.lovelace@naver.com", "ben@gmail.com"):
            factories.reader(session, letter, email)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(subscribers, list(arguments))

    return run


def test_list_masks_every_address(command) -> None:  # type: ignore[no-untyped-def]
    result = command("list")

    assert "ad***@naver.com" in result.output
    assert "lovelace" not in result.output
    assert "2 readers" in result.output


def test_import_reports_by_line(command, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "list.csv"
    file.write_text("이메일,이름\nnew@naver.com,새 독자\nwrong,x\n", encoding="cp949")

    result = command("import", str(file), "--source", "paper", "--consented-on", "2026-01-05")

    assert result.exit_code == 0
    assert "line 3:" in result.output
    assert "1 added, 0 were there already, 1 refused." in result.output


@pytest.mark.parametrize("missing", ["--source", "--consented-on"])
def test_import_without_its_declaration_is_refused(command, tmp_path: Path, missing: str) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "list.csv"
    file.write_text("new@naver.com\n")
    given = {"--source": "paper", "--consented-on": "2026-01-05"}
    del given[missing]

    assert command("import", str(file), *[part for pair in given.items() for part in pair]).exit_code == 2


def test_address_is_suppressed_and_let_go(command, runtime: Runtime) -> None:  # type: ignore[no-untyped-def]
    hashed = address.fingerprint(runtime.signer, "ada.lovelace@naver.com")

    command("suppress", "ADA.lovelace@naver.com", "--reason", "asked by telephone")
    with runtime.reading() as session:
        before = suppression.is_suppressed(session, hashed)
    command("unsuppress", "ada.lovelace@naver.com", "--reason", "asked to come back")

    with runtime.reading() as session:
        assert (before, suppression.is_suppressed(session, hashed)) == (True, False)


def test_an_import_that_a_worker_took_first_is_waited_for(command, runtime, tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "list.csv"
    file.write_text("email\ncleo@naver.example\n")
    run = importing.run

    def beaten(*arguments: Any) -> None:
        run(*arguments)
        raise importing.AnotherRuns("Another worker is at this import.")

    monkeypatch.setattr(importing, "run", beaten)
    result = command("import", str(file), "--source", "fair", "--consented-on", "2026-01-05")

    assert result.exit_code == 0
    assert "1 added, 0 were there already, 0 refused." in result.output


def test_a_file_without_addresses_says_how_to_name_its_columns(command, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "list.csv"
    file.write_text("a,b\n1,2\n")

    result = command("import", str(file), "--source", "fair", "--consented-on", "2026-01-05")

    assert isinstance(result.exception, csv_file.UnreadableFile)
    assert "first row" in result.exception.remedy
