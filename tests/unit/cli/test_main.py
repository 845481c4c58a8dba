"""What `pressrun` answers when it says no."""

import io

import pytest

from service.cli import main
from service.core.errors import Conflict


def test_a_refusal_prints_message_and_remedy_with_their_values(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def refuse(**_: object) -> None:
        raise Conflict("Slot {slot} is taken.", remedy="Release slot {slot} first: pressrun schedule release {slot}", slot=7)

    monkeypatch.setattr(main.pressrun, "main", refuse)

    code = main.run(["schedule"])

    assert code == main.EXIT_REFUSED
    assert capsys.readouterr().err == "Slot 7 is taken.\n→ Release slot 7 first: pressrun schedule release 7\n"


def test_a_question_that_nobody_answers_says_what_to_give(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))

    code = main.run(["users", "create", "--name", "Otto", "--password", "a long enough one"])

    assert code == main.EXIT_REFUSED
    assert "Give the answer as an option" in capsys.readouterr().err


def test_wrong_settings_are_told_from_a_refusal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PRESSRUN_NO_SUCH_THING", "1")

    code = main.run(["migrate"])

    assert code == main.EXIT_SETTINGS
    assert "PRESSRUN_NO_SUCH_THING: there is no such setting" in capsys.readouterr().err
