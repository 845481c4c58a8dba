"""The last half hour before a slot: holding it back, and replacing what is approved, which otherwise goes out as it is."""

from datetime import timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.core import clock as core_clock
from service.core.audit import AuditEntry
from service.core.database import Database
from service.core.errors import Conflict, Invalid, NotFound
from service.core.jobs import Job
from service.issues.models import Issue, IssueState
from service.newsletters.models import Newsletter
from service.schedule import booking, holding, readiness, replacing
from service.schedule.models import Replacement, Slot, SlotState
from service.schedule.readiness import Readiness
from tests.support import correcting as texts
from tests.support import factories

IN_TWENTY = timedelta(minutes=20)
pytestmark = pytest.mark.usefixtures("clock")


def test_a_held_slot_goes_out_later_and_keeps_the_hour_of_its_rhythm(session: Session) -> None:
    slot, planned_at = _slot(session), core_clock.now() + IN_TWENTY

    holding.hold(session, slot.id, 15, user_id=7)
    held = holding.hold(session, slot.id, 60, user_id=7)

    assert (held.fires_at, held.planned_at) == (planned_at + timedelta(minutes=75), planned_at)
    told = session.scalars(select(AuditEntry.details).where(AuditEntry.act == "slot.held").order_by(AuditEntry.id)).all()
    assert [each["minutes"] for each in told] == [15, 75]


def test_two_clicks_hold_once(session: Session) -> None:
    slot = _slot(session)
    seen = slot.fires_at
    holding.hold(session, slot.id, 15, seen=seen, user_id=None)

    with pytest.raises(Conflict, match="has just changed"):
        holding.hold(session, slot.id, 15, seen=seen, user_id=None)


def test_a_held_slot_can_be_let_go_at_its_own_hour(session: Session) -> None:
    slot = _slot(session)
    before = slot.fires_at
    holding.hold(session, slot.id, 60, user_id=None)

    back = holding.let_go(session, slot.id, user_id=None)

    assert (back.fires_at, back.planned_at) == (before, None)
    with pytest.raises(holding.NotHeld):
        holding.let_go(session, slot.id, user_id=None)


def test_a_hold_never_goes_past_the_next_slot(session: Session) -> None:
    slot = _slot(session)
    factories.slot(session, session.get_one(Newsletter, slot.newsletter_id), fires_at=slot.fires_at + timedelta(minutes=30))

    assert [choice.is_possible for choice in holding.choices(session, slot)] == [True, False, False]
    with pytest.raises(holding.NotHeld, match="never past the next one"):
        holding.hold(session, slot.id, 30, user_id=None)


@pytest.mark.parametrize("minutes", [0, 10, -15, 90])
def test_other_delays_are_refused(session: Session, minutes: int) -> None:
    with pytest.raises(Invalid):
        holding.hold(session, _slot(session).id, minutes, user_id=None)


def test_a_slot_that_is_far_away_or_gone_by_is_not_held(session: Session, clock: time_machine.Traveller) -> None:
    slot = _slot(session, timedelta(minutes=31))
    with pytest.raises(holding.NotHeld):
        holding.hold(session, slot.id, 15, user_id=None)

    clock.shift(timedelta(minutes=32))

    with pytest.raises(holding.NotHeld):
        holding.hold(session, slot.id, 15, user_id=None)


@hypothesis_settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(holds=st.lists(st.sampled_from(holding.MINUTES), max_size=8))
def test_however_often_it_is_held_never_more_than_two_hours(database: Database, clock: time_machine.Traveller, holds: list[int]) -> None:
    with database.writing() as session:
        slot = _slot(session)
        planned_at = slot.fires_at
        for minutes in holds:
            clock.move_to(slot.fires_at - timedelta(minutes=5), tick=False)
            try:
                slot = holding.hold(session, slot.id, minutes, user_id=None)
            except holding.NotHeld:
                continue
        assert planned_at <= slot.fires_at <= planned_at + holding.LONGEST
        session.rollback()


def test_a_released_slot_that_was_held_is_empty_at_its_own_hour(session: Session, clock: time_machine.Traveller) -> None:
    slot = _slot(session)
    planned_at = slot.fires_at
    holding.hold(session, slot.id, 30, user_id=None)
    clock.shift(timedelta(minutes=25))  # its own hour has passed

    booking.release(session, issue_id=slot.issue_id or 0, user_id=None)

    left = booking.get(session, slot.id)
    assert (left.state, left.fires_at, left.planned_at) == (SlotState.MISSED, planned_at, None)


def test_in_the_last_half_hour_a_newer_text_is_not_booked_over_what_is_approved(session: Session) -> None:
    slot = _slot(session)
    newer = _newer(session, slot)

    with pytest.raises(Conflict, match="only what was approved"):
        booking.book(session, slot_id=slot.id, issue_id=slot.issue_id or 0, revision_id=newer, user_id=None)
    with pytest.raises(Conflict, match="only what was approved"):
        booking.make_anew(session, issue_id=slot.issue_id or 0, user_id=None)


def test_what_is_not_ready_can_still_be_booked_anew(session: Session) -> None:
    slot = _slot(session)
    slot.compiled_id, slot.problems = None, [{"severity": "error", "message": "Too large."}]
    session.flush()
    newer = _newer(session, slot)

    booked = booking.book(session, slot_id=slot.id, issue_id=slot.issue_id or 0, revision_id=newer, user_id=None)

    assert booked.revision_id == newer


def test_a_newer_version_waits_beside_the_approved_one_until_it_is_swapped_in(session: Session) -> None:
    slot = _slot(session)
    approved = (slot.revision_id, slot.compiled_id)
    wanted = replacing.ask(session, slot.id, _newer(session, slot), user_id=None)
    version = _compiled(session, slot, wanted)
    assert (slot.revision_id, slot.compiled_id, readiness.of(slot)) == (*approved, Readiness.READY)

    swapped = replacing.swap(session, slot.id, compiled_id=version, user_id=None)

    assert (swapped.revision_id, swapped.compiled_id, readiness.of(swapped)) == (wanted.revision_id, version, Readiness.READY)
    assert replacing.of(session, slot.id) is None
    with pytest.raises(NotFound):
        replacing.swap(session, slot.id, user_id=None)


def test_what_is_not_ready_cannot_be_swapped_in(session: Session) -> None:
    slot = _slot(session)
    replacing.ask(session, slot.id, _newer(session, slot), user_id=None)

    with pytest.raises(NotFound, match="no newer version that is ready"):
        replacing.swap(session, slot.id, user_id=None)


def test_only_the_version_that_was_seen_is_swapped_in(session: Session) -> None:
    slot = _slot(session)
    seen = _compiled(session, slot, replacing.ask(session, slot.id, _newer(session, slot), user_id=None))
    _compiled(session, slot, replacing.ask(session, slot.id, _newer(session, slot, "Good night."), user_id=None))

    with pytest.raises(Conflict, match="Another version"):
        replacing.swap(session, slot.id, compiled_id=seen, user_id=None)


def test_a_dropped_replacement_that_a_worker_finishes_later_changes_nothing(session: Session) -> None:
    slot = _slot(session)
    wanted = replacing.ask(session, slot.id, _newer(session, slot), user_id=None)
    replacing.drop(session, slot.id, user_id=None)
    session.expunge_all()

    assert not replacing.made_ready(session, wanted.id, 1)
    assert session.scalars(select(Replacement)).all() == []


def test_a_slot_that_has_gone_out_is_not_replaced(session: Session) -> None:
    slot = _slot(session)
    _compiled(session, slot, replacing.ask(session, slot.id, _newer(session, slot), user_id=None))
    slot.state = SlotState.LAUNCHED
    session.flush()

    with pytest.raises(booking.SlotTaken, match="already going out"):
        replacing.swap(session, slot.id, user_id=None)


def test_a_moved_issue_leaves_its_replacement_behind_and_asking_is_a_job(session: Session) -> None:
    slot = _slot(session)
    replacing.ask(session, slot.id, _newer(session, slot), user_id=None)
    free = factories.slot(session, session.get_one(Newsletter, slot.newsletter_id), fires_at=slot.fires_at + timedelta(days=2))

    booking.move(session, issue_id=slot.issue_id or 0, to_slot_id=free.id, user_id=None)

    assert session.scalars(select(Replacement)).all() == []
    assert session.scalars(select(Job.name)).all() == [replacing.JOB]


def _slot(session: Session, ahead: timedelta = IN_TWENTY) -> Slot:
    """A ready slot, twenty minutes ahead."""
    letter = session.scalar(select(Newsletter)) or factories.newsletter(session)
    issue = factories.issue(session, letter, IssueState.SCHEDULED)
    compiled = factories.compiled_issue(session, issue, factories.revision(session, issue, texts.document()))
    return factories.slot(session, letter, compiled, fires_at=core_clock.now() + ahead)


def _newer(session: Session, slot: Slot, words: str = "Good evening.") -> int:
    return factories.revision(session, session.get_one(Issue, slot.issue_id), texts.document(words)).id


def _compiled(session: Session, slot: Slot, wanted: Replacement) -> int:
    issue = session.get_one(Issue, slot.issue_id)
    version = factories.compiled_issue(session, issue, session.get_one(factories.Revision, wanted.revision_id))
    replacing.made_ready(session, wanted.id, version.id)
    return version.id
