"""The worker's side: a tick starts what is due, a drain sends it, a sweep sets senders to work again; every nudge may be lost."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from service.accounts.models import Role, User
from service.core import clock as core_clock
from service.core import drift
from service.delivery.models import Notice
from service.issues.models import Issue, IssueState
from service.runtime import Runtime
from service.schedule import due
from service.schedule.models import Slot
from tests.support import factories, post, sending
from tests.support.post import MemoryTransport
from workers import delivery, jobs


class Nudges:
    """Remembers whom the broker would have told."""

    def __init__(self) -> None:
        self.lanes: list[str] = []
        self.names: list[str] = []

    def nudge_sending(self, lanes: object) -> None:
        self.lanes += list(lanes)  # type: ignore[call-overload]

    def nudge(self, names: object) -> None:
        self.names += list(names)  # type: ignore[call-overload]


@pytest.fixture
def office(runtime: Runtime, tmp_path: Path) -> Runtime:
    """A runtime that mails into a folder, with nudges that go nowhere."""
    office = Runtime(runtime.settings.model_copy(update={"smtp_url": f"file://{tmp_path}/mails"}))
    office.database, office.redis = runtime.database, runtime.redis
    office.broker = Nudges()  # type: ignore[assignment]
    delivery._senders.clear()
    return office


def booked(office: Runtime, **slot: object) -> int:
    """An issue whose slot has come, for five readers."""
    with office.writing() as session:
        letter = factories.newsletter(session)
        factories.readers(session, letter, 5, domains=("naver.com",))
        compiled = factories.ready_issue(session, letter)
        factories.slot(session, letter, compiled, **slot)
        return compiled.issue_id


def test_a_slot_that_has_come_is_started_sent_and_closed(office: Runtime, tmp_path: Path) -> None:
    issue_id = booked(office)

    delivery.launch_due(office)
    for lane in office.broker.lanes:  # type: ignore[attr-defined]
        delivery.drain_lane(office, lane)

    assert sending.states(office.database, issue_id) == {"accepted": 5}
    assert sending.issue_state(office.database, issue_id) is IssueState.SENT
    assert len(list((tmp_path / "mails").glob("*.eml"))) == 5


def test_a_lost_nudge_is_made_up_for_by_the_sweep(office: Runtime) -> None:
    issue_id = booked(office)
    delivery.launch_due(office)
    office.broker.lanes.clear()  # type: ignore[attr-defined]

    delivery.sweep(office)
    delivery.sweep(office)  # within sweep_seconds: nothing

    assert office.broker.lanes == ["naver"]  # type: ignore[attr-defined]
    assert sending.states(office.database, issue_id) == {"queued": 5}


def test_the_desk_is_told_of_a_slot_that_was_not_launched(office: Runtime) -> None:
    issue_id = booked(office)
    with office.writing() as session:
        newer = factories.revision(session, session.get_one(Issue, issue_id))
        slot = session.scalars(select(Slot)).one()
        slot.revision_id, slot.fires_at = newer.id, core_clock.now() - due.MAKING_READY
        session.add(
            User(
                email="edith@example.com",
                name="Edith",
                password_hash="x",
                role=Role.EDITOR,
                language="en",
                zone="UTC",
                created_at=core_clock.now(),
            )
        )

    delivery.launch_due(office)
    jobs.work_off(office, "tell_desk_not_launched")

    with office.reading() as session:
        notice = session.scalars(select(Notice)).one()
    assert (notice.kind, notice.email) == ("needs_decision", "edith@example.com")
    assert "not made ready in time" in notice.values["reason"]


def test_nothing_is_started_by_a_clock_that_the_database_contradicts(office: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    issue_id = booked(office)
    ahead = core_clock.now() + timedelta(minutes=30)
    monkeypatch.setattr(drift, "_steadiness", drift.Steadiness())
    monkeypatch.setattr("service.core.clock.now", lambda: ahead)

    delivery.launch_due(office)

    assert sending.issue_state(office.database, issue_id) is IssueState.SCHEDULED


def test_the_desk_is_told_once_that_a_sending_was_stopped(office: Runtime) -> None:
    issue_id = booked(office)
    with office.writing() as session:
        session.add(
            User(email="otto@example.com", name="Otto", password_hash="x", role=Role.OPERATOR, language="en", created_at=core_clock.now())
        )
    delivery.launch_due(office)
    transport = MemoryTransport(default=post.reply(550, "5.7.26 unauthenticated mail from our domain", "5.7.26"))
    sending.sender(office.database, office.settings, transport).drain("naver")

    for _ in range(2):
        jobs.work_off(office, "tell_desk_stopped")
        delivery.tell_desk_stopped(office, issue_id=issue_id)

    with office.reading() as session:
        (notice,) = session.scalars(select(Notice)).all()
    assert (notice.kind, notice.email) == ("issue_paused", "otto@example.com")
    assert "unauthenticated" in notice.values["reason"]
