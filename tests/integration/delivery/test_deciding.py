"""What a person decides after a restore: who is known to have an issue never gets it again, and the page says who may (E15)."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from service.core import clock
from service.core.database import Database
from service.core.errors import Conflict
from service.core.settings import Settings
from service.delivery import questions
from service.delivery.identity import instance
from service.delivery.launching import deciding, launch
from service.delivery.models import Delivery, Question
from service.delivery.sending import remembered
from service.issues import workflow
from service.issues.models import Issue, IssueState
from service.newsletters.models import Newsletter
from service.schedule.models import Slot, SlotState
from service.subscribers.models import Subscriber
from tests.support import copies, factories, relay_log, sending
from tests.support.post import MemoryTransport


class Killed(Exception):
    """As if the process had ended there."""


def send_two_of_three_batches(database: Database, settings: Settings) -> list[str]:
    """Six readers in batches of two; the sender is stopped after four."""
    taken: list[str] = []

    def stop_after_four(address: str) -> None:
        taken.append(address)
        if len(taken) == 4:
            sender.stop()

    sender = sending.sender(database, settings, MemoryTransport(before=stop_after_four))
    sender.drain("naver")
    return taken


def asked(database: Database, issue_id: int) -> questions.Asked:
    with database.reading() as session:
        return questions.open_for(session, issue_id)[0]


def test_a_restored_send_that_goes_on_reaches_exactly_those_who_had_not_got_it(database: Database, few: Settings) -> None:
    issue_id = sending.start(database, few)
    restore = copies.backup(database)
    before = send_two_of_three_batches(database, few)
    restore()
    instance.may_send(database, few)

    marked = remembered.answer_questions(database, few)
    twice = deciding.may_get_two(asked(database, issue_id), 2)
    state = sending.go_on(database, few, issue_id)
    after = copies.drain(database, few)

    assert marked == len(before) >= 4
    assert twice <= 2  # a batch that was claimed and had not left: nobody can know that
    assert state is IssueState.SENDING
    assert sorted(before + after) == sending.emails(database)
    assert sending.states(database, issue_id) == {"accepted": 6}


def test_without_its_memory_the_page_names_how_many_may_get_two(database: Database, few: Settings) -> None:
    issue_id = sending.start(database, few)
    restore = copies.backup(database)
    send_two_of_three_batches(database, few)
    restore()
    shutil.rmtree(few.var_dir / remembered.FOLDER)
    instance.may_send(database, few)

    remembered.answer_questions(database, few)

    assert deciding.may_get_two(asked(database, issue_id), 6) >= 4  # two batches of two, and one perhaps that was given back
    assert deciding.may_get_two(asked(database, issue_id), 3) == 3


def test_a_host_answers_once(database: Database, few: Settings) -> None:
    issue_id = sending.start(database, few)
    restore = copies.backup(database)
    send_two_of_three_batches(database, few)
    restore()
    instance.may_send(database, few)

    marked = [remembered.answer_questions(database, few) for _ in range(2)]

    assert marked[1] == 0
    assert asked(database, issue_id).values["recalled"] == {instance.evidence.host_name(few): marked[0]}


def test_many_are_marked_in_slices_and_a_host_that_is_killed_over_it_goes_on(
    database: Database, few: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a host that remembers four readers; when it ends after the first slice; then the next run marks the rest and counts all."""
    issue_id = sending.start(database, few)
    restore = copies.backup(database)
    before = send_two_of_three_batches(database, few)
    restore()
    instance.may_send(database, few)
    monkeypatch.setattr(remembered, "MARKED_AT_ONCE", 2)
    mark, is_first = remembered._mark, iter([True])

    def killed_the_second_time(*given: Any) -> int:
        if next(is_first, False):
            return mark(*given)
        raise Killed

    monkeypatch.setattr(remembered, "_mark", killed_the_second_time)
    with pytest.raises(Killed):
        remembered.answer_questions(database, few)
    halfway, values = sending.states(database, issue_id), asked(database, issue_id).values
    monkeypatch.setattr(remembered, "_mark", mark)
    rest = remembered.answer_questions(database, few)

    assert halfway == {"accepted": 2, "queued": 4}
    assert "recalled" not in values  # it has not answered yet
    assert rest == len(before) - 2
    assert sending.states(database, issue_id)["accepted"] == len(before)
    assert asked(database, issue_id).values["recalled"] == {instance.evidence.host_name(few): len(before)}
    assert remembered.answer_questions(database, few) == 0


def test_somebody_else_under_the_same_number_is_not_taken_for_the_reader_of_before(database: Database, few: Settings) -> None:
    issue_id = sending.start(database, few)
    restore = copies.backup(database)
    copies.drain(database, few)
    restore()
    instance.may_send(database, few)
    with database.writing() as session:
        newcomer = session.scalars(select(Subscriber.id).order_by(Subscriber.id)).first()
        session.execute(update(Subscriber).where(Subscriber.id == newcomer).values(email="somebody.new@naver.com"))

    remembered.answer_questions(database, few)

    assert sending.states(database, issue_id) == {"accepted": 5, "queued": 1}


def test_another_issue_under_the_same_number_is_not_taken_for_the_one_of_before(database: Database, few: Settings) -> None:
    issue_id = sending.start(database, few)
    restore = copies.backup(database)
    copies.drain(database, few)
    restore()
    with database.writing() as session:
        session.execute(update(Issue).where(Issue.id == issue_id).values(created_at=clock.now() + timedelta(seconds=1)))
    instance.may_send(database, few)

    assert remembered.answer_questions(database, few) == 0


def test_a_backup_from_before_the_launch_finds_out_who_has_it_before_anything_leaves(database: Database, few: Settings) -> None:
    with database.writing() as session:
        letter = factories.newsletter(session)
        factories.readers(session, letter, 6, domains=("naver.com",))
        compiled = factories.ready_issue(session, letter)
        factories.slot(session, letter, compiled, fires_at=clock.now() - timedelta(minutes=1))
    instance.may_send(database, few)
    restore = copies.backup(database)
    with database.writing() as session:
        launch.launch_due(session, few, clock.now())
        instance.count(session, few)
    before = send_two_of_three_batches(database, few)
    restore()
    assert copies.drain(database, few) == []
    assert copies.kinds(database, compiled.issue_id) == ["restored"]

    first = sending.go_on(database, few, compiled.issue_id)
    assert copies.drain(database, few) == []
    remembered.answer_questions(database, few)
    second = sending.go_on(database, few, compiled.issue_id)
    after = copies.drain(database, few)

    assert (first, second) == (IssueState.NEEDS_DECISION, IssueState.SENDING)
    assert sorted(before + after) == sending.emails(database)
    with database.reading() as session:
        assert session.scalars(select(Slot.state)).one() is SlotState.LAUNCHED


def test_resuming_is_no_answer_to_a_question_about_the_database(database: Database, few: Settings) -> None:
    issue_id = sending.start(database, few)
    restore = copies.backup(database)
    send_two_of_three_batches(database, few)
    restore()
    instance.may_send(database, few)

    with pytest.raises(launch.Undecided), database.writing() as session:
        launch.resume(session, issue_id, user_id=None)

    assert sending.issue_state(database, issue_id) is IssueState.NEEDS_DECISION


def test_a_question_is_answered_by_going_on_and_does_not_come_back(database: Database, few: Settings) -> None:
    issue_id = sending.start(database, few)
    restore = copies.backup(database)
    send_two_of_three_batches(database, few)
    restore()
    instance.may_send(database, few)

    sending.go_on(database, few, issue_id)
    with database.writing() as session:
        workflow.move(session, issue_id, IssueState.NEEDS_DECISION, from_=(IssueState.SENDING,))

    assert copies.kinds(database, issue_id) == []


def test_booked_issues_keep_their_slots_all_at_once(database: Database, few: Settings) -> None:
    started = sending.start(database, few)
    with database.writing() as session:
        letter = session.scalars(select(Newsletter)).one()
        booked = [factories.ready_issue(session, letter) for _ in range(2)]
        for days, compiled in enumerate(booked, start=1):
            factories.slot(session, letter, compiled, fires_at=clock.now() + timedelta(days=days))
    restore = copies.backup(database)
    copies.drain(database, few)
    restore()
    instance.may_send(database, few)

    with database.writing() as session:
        kept = deciding.keep_slots(session, user_id=None)

    assert kept == [compiled.issue_id for compiled in booked]
    assert [sending.issue_state(database, one) for one in kept] == [IssueState.SCHEDULED] * 2
    assert sending.issue_state(database, started) is IssueState.NEEDS_DECISION
    with database.reading() as session:
        assert questions.about_the_database(session) == 1
        assert session.scalar(select(func.count()).where(Question.answered_at.is_not(None))) == 2


def test_a_late_issue_goes_out_at_once_when_somebody_says_so(database: Database, few: Settings) -> None:
    instance.may_send(database, few)
    with database.writing() as session:
        letter = factories.newsletter(session)
        factories.readers(session, letter, 2, domains=("naver.com",))
        compiled = factories.ready_issue(session, letter)
        factories.slot(session, letter, compiled, fires_at=clock.now() - timedelta(hours=3))
        assert launch.launch_due(session, few, clock.now()) == []

    state = sending.go_on(database, few, compiled.issue_id)

    assert state is IssueState.SENDING
    assert len(copies.drain(database, few)) == 2
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Delivery)) == 2


def test_the_mail_servers_log_marks_those_whom_no_host_remembers(database: Database, few: Settings, tmp_path: Path) -> None:
    issue_id = sending.start(database, few)
    restore = copies.backup(database)
    before = send_two_of_three_batches(database, few)
    restore()
    shutil.rmtree(few.var_dir / remembered.FOLDER)
    instance.may_send(database, few)
    with database.reading() as session:
        readers = session.scalars(select(Subscriber.id).where(Subscriber.email.in_(before))).all()
    lines = [line for who in readers for line in relay_log.lines_of((issue_id, who), f"4F{who:06X}", at=clock.now())]
    log = tmp_path / "mail.log"
    log.write_text("\n".join(lines) + "\n")

    marked = remembered.by_relay_log(database, factories.SIGNER, issue_id, log)
    assert remembered.by_relay_log(database, factories.SIGNER, issue_id, log) == 0  # read once more it tells nothing new
    recalled = asked(database, issue_id).values["recalled"]
    sending.go_on(database, few, issue_id)
    after = copies.drain(database, few)

    assert marked == len(before) == recalled["mail.log"]
    assert sorted(before + after) == sending.emails(database)


def test_a_log_of_an_issue_that_does_not_wait_is_refused(database: Database, few: Settings, tmp_path: Path) -> None:
    issue_id = sending.start(database, few)

    with pytest.raises(Conflict):
        remembered.by_relay_log(database, factories.SIGNER, issue_id, tmp_path / "mail.log")


def test_a_full_disk_costs_the_memory_and_not_the_sending(database: Database, few: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    issue_id = sending.start(database, few)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(remembered, "_path", full)

    copies.drain(database, few)

    assert sending.states(database, issue_id) == {"accepted": 6}
