"""`pressrun deliveries`: shapes and exit codes that scripts may rely on (docs/deliveries.md)."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from service.cli import main
from service.core import clock as core_clock
from service.core.database import Database
from service.core.settings import Settings
from service.delivery import questions
from service.delivery.models import Delivery
from service.delivery.questions import Kind
from service.delivery.sending import reconcile
from service.issues import workflow
from service.issues.models import IssueState
from service.newsletters.models import Newsletter
from service.runtime import Runtime
from tests.support import factories, post, relay_log, sending
from tests.support.doubts import in_doubt
from tests.support.post import MemoryTransport


@pytest.fixture(autouse=True)
def surroundings(database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command finds the test's database and keys, and no Valkey."""
    monkeypatch.setenv("PRESSRUN_DATABASE_URL", database.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("PRESSRUN_VAR_DIR", str(settings.var_dir))
    monkeypatch.setenv("PRESSRUN_VALKEY_URL", "redis://127.0.0.1:1")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command; gives its exit code and what it printed, as JSON where that was asked for."""

    def run(*arguments: str) -> tuple[int, Any]:
        capsys.readouterr()  # what senders of the test have logged
        code = main.run(["deliveries", *arguments])
        out = capsys.readouterr().out
        return code, json.loads(out) if "--json" in arguments else out

    return run


def test_status_says_who_is_needed_and_check_says_it_by_its_exit_code(run: Any, database: Database, settings: Settings) -> None:
    issue_id, _ = in_doubt(database, settings)

    code, told = run("status", str(issue_id), "--json")

    assert code == 0
    assert set(told) >= {"issue_id", "state", "recipients", "by_state", "by_lane", "undecided", "problems", "lanes", "relay", "workers"}
    assert told["undecided"]["waiting"] == 3
    assert [problem["needs_somebody"] for problem in told["problems"]] == [True]
    assert [(lane["name"], lane["trouble"]) for lane in told["lanes"]] == [("naver", None)]
    assert told["relay"]["kind"] == "spooling"
    assert run("status", str(issue_id), "--check")[0] == 3
    assert "mail server 127.0.0.1:8027 (spooling)" in run("status", str(issue_id))[1]


def test_settle_shows_what_waits_and_ends_with_three_while_something_does(run: Any, database: Database, settings: Settings) -> None:
    issue_id, who = in_doubt(database, settings)

    code, told = run("settle", str(issue_id), "--json")

    assert code == 3
    assert (told["waiting"], [one["subscriber_id"] for one in told["uncertain"]]) == (3, who)
    assert all("***@naver.com" in one["address"] for one in told["uncertain"])
    assert "wait for a decision until" in run("settle", str(issue_id))[1]


def test_settle_decides_for_one_and_for_all(run: Any, database: Database, settings: Settings) -> None:
    issue_id, _ = in_doubt(database, settings)
    second = sending.emails(database)[1]

    one = run("settle", str(issue_id), "--choose", "took-it", "--reader", second, "--yes", "--json")
    rest = run("settle", str(issue_id), "--choose", "leave", "--all", "--yes", "--json")

    assert (one[0], one[1]["decided"], rest[0], rest[1]["decided"]) == (3, 1, 0, 2)
    assert sending.states(database, issue_id) == {"accepted": 2, "uncertain": 2}


def test_a_choice_without_a_person_or_a_person_without_a_choice_is_wrong_usage(run: Any, database: Database, settings: Settings) -> None:
    issue_id, _ = in_doubt(database, settings)
    number = str(issue_id)

    codes = [
        run("settle", number, *rest)[0]
        for rest in (("--choose", "leave"), ("--all",), ("--log-is-complete",), ("--choose", "leave", "--all", "--reader", "a@b.kr"))
    ]

    assert codes == [2, 2, 2, 2]
    assert run("settle", number, "--choose", "leave", "--reader", sending.emails(database)[0], "--yes")[0] == 1
    assert run("settle", "4711")[0] == 1


def test_settle_reads_a_log(run: Any, database: Database, settings: Settings, clock: time_machine.Traveller, tmp_path: Path) -> None:
    issue_id, (one, *_) = in_doubt(database, settings)
    signer = Runtime(settings).signer
    log = tmp_path / "mail.log"
    lines = relay_log.lines_of((issue_id, one), "4Q7F1", at=core_clock.now(), signer=signer)
    log.write_text("\n".join(lines) + "\n")

    code, told = run("settle", str(issue_id), "--relay-log", str(log), "--json")

    assert code == 3
    assert (told["log"]["settled"], told["log"]["accepted"], told["log"]["absent"]) == (1, 1, 2)
    assert "It does not name 2" in run("settle", str(issue_id), "--relay-log", str(log))[1]


def test_explain_tells_what_is_known_and_what_happens_next(
    run: Any, database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    issue_id, _ = in_doubt(database, settings)
    email = sending.emails(database)[1]

    code, told = run("explain", email, str(issue_id), "--json")
    korean = run("explain", email, str(issue_id), "--language", "ko")[1]

    assert code == 0
    assert (told["state"], told["version"], told["tries"]) == ("uncertain", 1, 1)
    assert told["events"][1]["text"].startswith("Handed over, and the reply was lost: the connection ended.")
    assert told["next"]["text"] == "Somebody may decide until 2026-09-14 06:00 UTC; then it is left as it is, and not sent again."
    assert "도착했는지 확실하지 않습니다" in korean
    assert email not in korean


def test_record_is_proven_today_and_after_late_evidence_and_not_once_it_is_altered(
    run: Any, database: Database, settings: Settings, clock: time_machine.Traveller, tmp_path: Path
) -> None:
    issue_id, _ = in_doubt(database, settings)
    early, kept, forged = tmp_path / "early.json", tmp_path / "kept.json", tmp_path / "forged.json"
    run("record", str(issue_id), "--out", str(early))
    run("settle", str(issue_id), "--choose", "send-again", "--reader", sending.emails(database)[1], "--yes")
    reconcile.sweep(database, settings)
    sending.drain(database, settings)
    clock.shift(4 * 3600)
    reconcile.sweep(database, settings)
    run("record", str(issue_id), "--out", str(kept))
    record = json.loads(kept.read_text())
    forged.write_text(json.dumps({**record, "accepted": 4}))

    assert (record["is_complete"], record["states"]["uncertain"], record["maybe_duplicate"]) == (True, 2, {"operator": 1})
    assert record["uncertain"] == {"the connection ended": 2}
    assert run("verify", str(kept), "--json") == (
        0,
        {"issue_id": issue_id, "verdict": "same", "settled_since": 0, "differences": [], "is_proven": True},
    )
    assert run("verify", str(forged), "--json")[1]["verdict"] == "altered"

    clock.shift(60)
    run("settle", str(issue_id), "--choose", "took-it", "--reader", sending.emails(database)[2], "--yes")
    late = run("verify", str(kept), "--json")
    before = run("verify", str(early), "--json")

    assert (late[0], late[1]["verdict"], late[1]["settled_since"]) == (0, "settled-since", 1)
    assert (before[0], before[1]["verdict"]) == (1, "earlier")


def test_a_ledger_that_was_changed_behind_our_back_is_noticed(
    run: Any, database: Database, settings: Settings, clock: time_machine.Traveller, tmp_path: Path
) -> None:
    issue_id = sending.start(database, settings, 3)
    sending.drain(database, settings)
    reconcile.sweep(database, settings)
    kept = tmp_path / "kept.json"
    run("record", str(issue_id), "--out", str(kept))
    sending.tamper(database, issue_id)

    code, told = run("verify", str(kept), "--json")

    assert (code, told["verdict"], told["differences"]) == (1, "different", ["states", "contents"])


def test_another_file_is_no_record(run: Any, tmp_path: Path) -> None:
    for number, text in enumerate(("{}", "no json", "[1]", '{"format": "pressrun-delivery-record-1", "issue_id": 1}')):
        path = tmp_path / f"{number}.json"
        path.write_text(text)

        assert run("verify", str(path))[0] == 1


def test_again_reads_a_list_and_answers_for_each_line(
    run: Any, database: Database, settings: Settings, tmp_path: Path, clock: time_machine.Traveller
) -> None:
    issue_id = sending.start(database, settings, 2)
    refused, taken = sending.emails(database)
    no_user = post.reply(550, "5.1.1 user unknown", "5.1.1")
    sending.sender(database, settings, MemoryTransport({refused: no_user})).drain("naver")
    (tmp_path / "list.txt").write_text(f"{refused}\n{taken}\n")

    code, told = run("again", str(issue_id), "--file", str(tmp_path / "list.txt"), "--json")

    assert (code, [answer["verdict"] for answer in told["answers"]]) == (3, ["queued", "has_it"])
    code, words = run("again", str(issue_id), "--group", "refused")
    assert (code, words) == (0, "0 of 0 go out again, before the others.\n")


def test_what_waits_for_a_decision_is_told_by_status_whether_started_or_not(run: Any, database: Database, settings: Settings) -> None:
    started = sending.start(database, settings)
    with database.writing() as session:
        letter = session.scalars(select(Newsletter)).one()
        booked = factories.ready_issue(session, letter).issue_id
        for issue_id, state in ((started, IssueState.SENDING), (booked, IssueState.SCHEDULED)):
            workflow.move(session, issue_id, IssueState.NEEDS_DECISION)
            questions.ask(session, issue_id, Kind.RESTORED, was=state, host="press-1", missing_claims=2)

    everything, its_own = run("status", "--check"), run("status", str(booked), "--json", "--check")

    assert (everything[0], its_own[0], run("status", str(started), "--check")[0]) == (3, 3, 3)
    assert f"pressrun schedule release {booked}" in everything[1]
    assert f"pressrun deliveries cancel {started}" in everything[1]
    assert (its_own[1]["state"], its_own[1]["recipients"]) == ("needs_decision", None)


def test_a_wrong_number_and_an_issue_that_was_not_started_are_told_apart(
    run: Any, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with database.writing() as session:
        draft = factories.ready_issue(session, factories.newsletter(session), IssueState.DRAFT).issue_id

    said = {}
    for issue_id in (draft, 4711):
        assert main.run(["deliveries", "status", str(issue_id)]) == 1
        said[issue_id] = capsys.readouterr().err

    assert "has not been started yet" in said[draft]
    assert "There is no issue 4711." in said[4711]


def test_a_log_of_the_mail_server_marks_who_has_an_issue_that_a_restore_forgot(
    run: Any, database: Database, settings: Settings, tmp_path: Path
) -> None:
    issue_id = sending.start(database, settings)
    with database.writing() as session:
        workflow.move(session, issue_id, IssueState.NEEDS_DECISION)
        at = (core_clock.now() - timedelta(minutes=1)).isoformat()
        questions.ask(session, issue_id, Kind.RESTORED, was=IssueState.SENDING, host="press-1", missing_claims=1, database_at=at)
        reader = session.scalars(select(Delivery.subscriber_id).where(Delivery.issue_id == issue_id)).first()
    log = tmp_path / "mail.log"
    lines = relay_log.lines_of((issue_id, reader or 0), "4F00000001", at=core_clock.now(), signer=Runtime(settings).signer)
    log.write_text("\n".join(lines) + "\n")

    code, told = run("recall", str(issue_id), "--relay-log", str(log), "--json")

    assert (code, told) == (0, {"issue_id": issue_id, "marked": 1})


def test_resume_says_that_a_restored_issue_is_decided_about(run: Any, database: Database, settings: Settings) -> None:
    issue_id = sending.start(database, settings)
    with database.writing() as session:
        workflow.move(session, issue_id, IssueState.NEEDS_DECISION)
        questions.ask(session, issue_id, Kind.RESTORED, was=IssueState.SENDING, host="press-1", missing_claims=1)

    assert run("resume", str(issue_id))[0] == 1
    assert run("go-on", str(issue_id))[0] == 0
    assert sending.issue_state(database, issue_id) is IssueState.SENDING
