"""`pressrun corrections`: stop, fix, continue from a terminal."""

import json

import pytest

from service.cli import main
from service.core.database import Database
from service.core.settings import Settings
from service.delivery.models import Correction
from service.issues.models import IssueState
from tests.support import correcting as corrected
from tests.support import factories, sending


@pytest.fixture
def issue_id(database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> int:
    """An issue that is sending to three readers; the command finds the test's database and no Valkey."""
    monkeypatch.setenv("PRESSRUN_DATABASE_URL", database.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("PRESSRUN_VALKEY_URL", "redis://127.0.0.1:1")
    return sending.start(database, settings, 3)


def test_stop_make_go_on(database: Database, issue_id: int, capsys: pytest.CaptureFixture[str]) -> None:
    number = str(issue_id)
    assert main.run(["corrections", "stop", number]) == 0
    with database.writing() as session:
        factories.revision(session, session.get_one(factories.Issue, issue_id), corrected.document("Good evening."))
    assert main.run(["corrections", "make", number, "--note", "The time of day"]) == 0
    assert "a corrected version is being made by a worker" in capsys.readouterr().out
    assert main.run(["corrections", "go-on", number]) == 1
    assert "not ready yet" in capsys.readouterr().err
    with database.writing() as session:
        corrected.compiled(session, session.get_one(Correction, 1))

    assert main.run(["corrections", "go-on", number]) == 0

    assert "version 2: 0 readers have it, 3 wait for it  (before: The time of day)" in capsys.readouterr().out
    assert sending.issue_state(database, issue_id) is IssueState.SENDING


def test_drop_says_as_json_that_nothing_is_open(database: Database, issue_id: int, capsys: pytest.CaptureFixture[str]) -> None:
    main.run(["corrections", "stop", str(issue_id)])
    with database.writing() as session:
        corrected.asked(session, issue_id)
    capsys.readouterr()

    assert main.run(["corrections", "drop", str(issue_id), "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["state"], told["correction"], len(told["versions"])) == ("paused", None, 1)
