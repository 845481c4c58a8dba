"""What becomes of slots that nobody was there for, and of slots that many look at at once (E8, E13)."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from service.accounts.models import Role, User
from service.core import clock as core_clock
from service.core.database import Database
from service.core.jobs import Job
from service.core.settings import Settings
from service.delivery import questions
from service.delivery.launching import launch
from service.delivery.models import Batch, Delivery, Launch, Notice
from service.delivery.sending import reconcile
from service.delivery.telling import launch_notices
from service.issues.models import Issue, IssueState
from service.newsletters.models import Newsletter
from service.schedule import cadence, zones
from service.schedule.models import Slot, SlotState
from tests.support import factories, sending
from tests.support.post import MemoryTransport

BASE = "https://desk.example.com"


def booked(database: Database, *, days: int = 0, readers: int = 3) -> int:
    """An issue in a slot so many days after the first; returns its id."""
    with database.writing() as session:
        letter = session.scalar(select(Newsletter)) or factories.newsletter(session)
        if session.scalar(select(func.count()).select_from(User)) == 0:
            otto = User(email="otto@example.com", name="Otto", role=Role.OPERATOR, language="en", password_hash="x")
            otto.created_at = core_clock.now()
            session.add(otto)
            factories.readers(session, letter, readers, domains=("naver.com",))
        compiled = factories.ready_issue(session, letter)
        factories.slot(session, letter, compiled, fires_at=core_clock.now() + timedelta(days=days))
        return compiled.issue_id


def tick(database: Database, settings: Settings) -> list[int]:
    with database.writing() as session:
        return launch.launch_due(session, settings, core_clock.now())


def asked(database: Database) -> set[str]:
    with database.reading() as session:
        return set(session.scalars(select(Job.name)))


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Run `act` in so many threads that start together; returns what each gave. An exception in one is the test's."""
    gate, results, failures = threading.Barrier(count), list[Any](), list[BaseException]()

    def run(number: int) -> None:
        gate.wait()
        try:
            results.append(act(number))
        except BaseException as failure:  # noqa: BLE001 - handed to the test below
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return results


def test_ten_minutes_without_a_beat_are_made_up_for_and_told(database: Database, settings: Settings, clock: time_machine.Traveller) -> None:
    issue_id = booked(database)
    clock.shift(timedelta(minutes=10))

    started = tick(database, settings)
    with database.writing() as session:
        slot_id = session.scalars(select(Slot.id)).one()
        told = [launch_notices.tell_sent_late(session, slot_id, BASE) for _ in range(2)]
        (notice,) = session.scalars(select(Notice)).all()

    assert started == [issue_id]
    assert launch.SENT_LATE_JOB in asked(database)
    assert told == [1, 0]
    assert "10 minutes late" in notice.values["reason"]


def test_a_start_on_time_is_not_worth_a_mail(database: Database, settings: Settings, clock: time_machine.Traveller) -> None:
    booked(database)
    clock.shift(timedelta(seconds=30))

    tick(database, settings)

    assert asked(database) == set()


def test_three_hours_without_a_beat_need_a_decision_and_are_not_decided_by_waiting(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    issue_id = booked(database)
    clock.shift(timedelta(hours=3))

    started = [tick(database, settings) for _ in range(3)]
    clock.shift(timedelta(hours=5))
    started.append(tick(database, settings))

    assert started == [[]] * 4
    assert sending.issue_state(database, issue_id) is IssueState.NEEDS_DECISION
    with database.reading() as session:
        assert [question.kind for question in questions.open_for(session, issue_id)] == [questions.Kind.LATE]
    assert asked(database) == {launch.NOT_LAUNCHED_JOB}


def test_three_days_without_a_beat_miss_two_slots_in_a_row_and_send_neither(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    first, second, third = booked(database), booked(database, days=2), booked(database, days=4)
    clock.shift(timedelta(days=3))

    started = tick(database, settings)

    states = [sending.issue_state(database, issue_id) for issue_id in (first, second, third)]
    assert started == []
    assert states == [IssueState.MISSED, IssueState.MISSED, IssueState.SCHEDULED]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Launch)) == 0


def test_of_two_slots_that_passed_the_older_is_missed_and_the_newer_goes_out(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    first, second = booked(database), booked(database, days=2)
    clock.shift(timedelta(days=2, minutes=30))

    started = tick(database, settings)

    assert started == [second]
    assert sending.issue_state(database, first) is IssueState.MISSED


def test_an_issue_that_waits_for_a_decision_is_missed_once_the_next_slot_comes(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    first = booked(database)
    clock.shift(timedelta(hours=3))
    tick(database, settings)
    clock.shift(timedelta(hours=10))

    tick(database, settings)

    assert sending.issue_state(database, first) is IssueState.MISSED


def test_three_beats_at_once_launch_an_issue_once(database: Database, settings: Settings) -> None:
    issue_id = booked(database)

    started = at_once(3, lambda _: tick(database, settings))

    assert sorted(started) == [[], [], [issue_id]]
    assert sending.states(database, issue_id) == {"queued": 3}
    with database.reading() as session:
        assert session.scalars(select(Slot.state)).one() is SlotState.LAUNCHED


def test_ten_sweepers_and_three_beats_change_no_more_than_one(database: Database, settings: Settings) -> None:
    few = settings.model_copy(update={"batch_size": 2})
    issue_id = sending.start(database, few, 6)
    transport = MemoryTransport()
    sender = sending.sender(database, few, transport)

    def act(number: int) -> None:
        if number == 0:
            sender.drain("naver")
        elif number < 4:
            tick(database, few)
        else:
            reconcile.sweep(database, few)

    at_once(14, act)
    reconcile.sweep(database, few)

    assert sorted(transport.taken) == sending.emails(database)
    assert sending.states(database, issue_id) == {"accepted": 6}
    assert sending.issue_state(database, issue_id) is IssueState.SENT
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Delivery)) == 6
        assert session.scalar(select(func.count()).select_from(Batch)) == 3


@pytest.mark.parametrize("state", [SlotState.BOOKED, SlotState.EMPTY])
def test_new_zone_rules_move_a_booked_hour_once_and_tell_the_desk(
    database: Database, settings: Settings, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch, state: SlotState
) -> None:
    issue_id = booked(database, days=7)
    right = datetime(2026, 9, 21, 3, 0, tzinfo=UTC)
    with database.writing() as session:
        slot = session.scalars(select(Slot)).one()
        slot.tzdata, slot.fires_at = "2020a", right + timedelta(hours=1)  # as older rules had it
        if state is SlotState.EMPTY:
            slot.state, slot.issue_id = state, None
    monkeypatch.setattr(zones, "version", lambda: "2026a")

    moved = []
    for _ in range(2):
        with database.writing() as session:
            moved.append(cadence.refresh(session))
    monkeypatch.setattr(zones, "version", lambda: "2025z")  # a machine that was not upgraded yet
    with database.writing() as session:
        moved.append(cadence.refresh(session))
        slot = session.scalars(select(Slot)).one()
        before = int((right + timedelta(hours=1)).timestamp())
        told = launch_notices.tell_hour_moved(session, slot.id, before, BASE)

    assert moved == [1, 0, 0]
    assert (slot.fires_at, slot.tzdata) == (right, "2026a")
    is_booked = state is SlotState.BOOKED
    assert (cadence.HOUR_MOVED_JOB in asked(database)) is is_booked
    assert told == int(is_booked)
    assert issue_id


def test_a_repeated_hour_launches_once_and_a_lost_hour_at_its_end(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    """01:30 comes twice in Los Angeles on 2026-11-01 (08:30 and 09:30 UTC); 02:30 not at all on 2027-03-14 (10:00 UTC)."""
    with database.writing() as session:
        letter = factories.newsletter(session)
        factories.readers(session, letter, 1, domains=("naver.com",))
        first, second = factories.ready_issue(session, letter), factories.ready_issue(session, letter)
        for compiled, day, local in ((first, datetime(2026, 11, 1), (1, 30)), (second, datetime(2027, 3, 14), (2, 30))):
            place = cadence.calendar.place(day.date(), day.replace(hour=local[0], minute=local[1]).time(), "America/Los_Angeles")
            assert place is not None
            factories.slot(session, letter, compiled, fires_at=place.fires_at, zone="America/Los_Angeles", local_date=day.date())

    seen = {}
    for when in ("2026-11-01 08:29", "2026-11-01 08:31", "2026-11-01 09:31", "2027-03-14 09:59", "2027-03-14 10:00", "2027-03-14 10:31"):
        clock.move_to(datetime.fromisoformat(when).replace(tzinfo=UTC))
        seen[when] = tick(database, settings)

    assert {when: started for when, started in seen.items() if started} == {
        "2026-11-01 08:31": [first.issue_id],
        "2027-03-14 10:00": [second.issue_id],
    }
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Issue).where(Issue.state == IssueState.SENDING)) == 2
