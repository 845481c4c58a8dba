"""Booking: one issue, one slot; the ready version stays until a newer one is ready; moving, releasing, skipping, sending now."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.core import clock as now_clock
from service.core import jobs
from service.core.audit import AuditEntry
from service.core.errors import Conflict, Invalid
from service.issues.models import Issue, IssueState, Revision
from service.newsletters.models import Newsletter
from service.schedule import booking, due, readiness, sending_now, skipping
from service.schedule.models import Slot, SlotState
from service.schedule.readiness import Readiness
from tests.support import factories

DOCUMENT = {"schema": 1, "title": "A calm week", "blocks": [{"type": "prose", "id": "prose-1", "text": "Good morning."}]}


@pytest.fixture
def letter(session: Session, clock: time_machine.Traveller) -> Newsletter:
    return factories.newsletter(session)


def _slot(session: Session, letter: Newsletter, days: int = 1) -> Slot:
    return factories.slot(session, letter, fires_at=now_clock.now() + timedelta(days=days))


def _draft(session: Session, letter: Newsletter) -> tuple[Issue, Revision]:
    issue = factories.issue(session, letter, IssueState.DRAFT)
    return issue, factories.revision(session, issue, DOCUMENT)


def _book(session: Session, slot: Slot, issue: Issue, revision: Revision) -> Slot:
    return booking.book(session, slot_id=slot.id, issue_id=issue.id, revision_id=revision.id, user_id=1)


def _compiled(session: Session, issue: Issue, revision: Revision) -> int:
    compiled = factories.compiled_issue(session, issue, revision)
    booking.made_ready(session, revision_id=revision.id, compiled_id=compiled.id)
    return compiled.id


def test_booking_schedules_the_issue_and_asks_for_its_compiled_version(session: Session, letter: Newsletter) -> None:
    slot, (issue, revision) = _slot(session, letter), _draft(session, letter)

    booked = _book(session, slot, issue, revision)

    assert (booked.state, booked.issue_id, booked.revision_id) == (SlotState.BOOKED, issue.id, revision.id)
    assert issue.state is IssueState.SCHEDULED
    assert readiness.of(booked) is Readiness.BEING_MADE_READY
    assert jobs.waiting(session) == {"compile_issue": 1}
    assert sorted(session.scalars(select(AuditEntry.act))) == ["issue.scheduled", "slot.booked"]


def test_a_double_click_books_once(session: Session, letter: Newsletter) -> None:
    slot, (issue, revision) = _slot(session, letter), _draft(session, letter)

    _book(session, slot, issue, revision)
    _book(session, slot, issue, revision)

    assert jobs.waiting(session) == {"compile_issue": 1}


def test_a_blocking_problem_forbids_booking_and_is_named(session: Session, letter: Newsletter) -> None:
    slot, (issue, revision) = _slot(session, letter), _draft(session, letter)
    letter.legal_telephone = ""
    session.flush()

    with pytest.raises(booking.NotBookable) as refusal:
        _book(session, slot, issue, revision)

    assert [problem.values["setting"] for problem in refusal.value.problems if "setting" in problem.values] == ["legal_telephone"]
    assert session.get_one(Issue, issue.id).state is IssueState.DRAFT


def test_a_newer_text_leaves_the_ready_version_until_it_is_ready_itself(session: Session, letter: Newsletter) -> None:
    slot, (issue, first) = _slot(session, letter), _draft(session, letter)
    _book(session, slot, issue, first)
    old = _compiled(session, issue, first)
    second = factories.revision(session, issue, DOCUMENT | {"title": "A calmer week"})

    rebooked = _book(session, slot, issue, second)

    assert rebooked.compiled_id == old
    assert readiness.of(rebooked) is Readiness.BEING_MADE_READY
    assert readiness.has_older_version(rebooked)
    new = _compiled(session, issue, second)
    ready = booking.get(session, slot.id)
    assert (ready.compiled_id, readiness.of(ready)) == (new, Readiness.READY)


def test_a_version_of_a_text_no_longer_booked_changes_no_slot(session: Session, letter: Newsletter) -> None:
    slot, (issue, first) = _slot(session, letter), _draft(session, letter)
    _book(session, slot, issue, first)
    second = factories.revision(session, issue, DOCUMENT | {"title": "A calmer week"})
    _book(session, slot, issue, second)

    late = factories.compiled_issue(session, issue, first)

    assert booking.made_ready(session, revision_id=first.id, compiled_id=late.id) is None
    assert booking.get(session, slot.id).compiled_id is None


def test_a_text_that_could_not_be_made_ready_says_why_and_may_be_tried_again(
    session: Session, letter: Newsletter, clock: time_machine.Traveller
) -> None:
    slot, (issue, revision) = _slot(session, letter), _draft(session, letter)
    _book(session, slot, issue, revision)
    problem = {"severity": "error", "message": "The mail is too large.", "block": None, "line": None}

    claim = jobs.claim(session, "compile_issue")
    assert claim is not None
    jobs.finish(session, claim)
    booking.could_not_be_made_ready(session, revision_id=revision.id, problems=[problem])

    failed = booking.get(session, slot.id)
    assert (readiness.of(failed), failed.problems) == (Readiness.NOT_READY, [problem])
    clock.shift(1)
    assert readiness.of(_book(session, slot, issue, revision)) is Readiness.BEING_MADE_READY
    assert jobs.waiting(session) == {"compile_issue": 1}


def test_making_anew_keeps_the_ready_version_until_the_next_is_there(
    session: Session, letter: Newsletter, clock: time_machine.Traveller
) -> None:
    slot, (issue, revision) = _slot(session, letter), _draft(session, letter)
    _book(session, slot, issue, revision)
    old = _compiled(session, issue, revision)
    clock.shift(1)

    again = booking.make_anew(session, issue_id=issue.id, user_id=1)

    assert (again.compiled_id, readiness.of(again)) == (old, Readiness.READY)
    assert jobs.waiting(session) == {"compile_issue": 2}
    booking.release(session, issue_id=issue.id, user_id=1)
    with pytest.raises(Conflict):
        booking.make_anew(session, issue_id=issue.id, user_id=1)


def test_moving_keeps_the_compiled_version(session: Session, letter: Newsletter) -> None:
    slot, other, (issue, revision) = _slot(session, letter), _slot(session, letter, 3), _draft(session, letter)
    _book(session, slot, issue, revision)
    compiled = _compiled(session, issue, revision)

    moved = booking.move(session, issue_id=issue.id, to_slot_id=other.id, user_id=1)

    assert (moved.id, moved.compiled_id, readiness.of(moved)) == (other.id, compiled, Readiness.READY)
    assert booking.get(session, slot.id).state is SlotState.EMPTY
    assert issue.state is IssueState.SCHEDULED


def test_moving_to_a_taken_slot_is_refused(session: Session, letter: Newsletter) -> None:
    slot, other = _slot(session, letter), _slot(session, letter, 3)
    (issue, revision), (second, second_text) = _draft(session, letter), _draft(session, letter)
    _book(session, slot, issue, revision)
    _book(session, other, second, second_text)

    with pytest.raises(booking.SlotTaken):
        booking.move(session, issue_id=issue.id, to_slot_id=other.id, user_id=1)


def test_releasing_makes_a_draft_and_an_empty_slot(session: Session, letter: Newsletter) -> None:
    slot, (issue, revision) = _slot(session, letter), _draft(session, letter)
    _book(session, slot, issue, revision)

    booking.release(session, issue_id=issue.id, user_id=1)

    assert issue.state is IssueState.DRAFT
    freed = booking.get(session, slot.id)
    assert (freed.state, freed.issue_id, freed.compiled_id) == (SlotState.EMPTY, None, None)
    with pytest.raises(Conflict):
        booking.release(session, issue_id=issue.id, user_id=1)


def test_skipping_asks_for_a_reason_and_can_be_undone(session: Session, letter: Newsletter) -> None:
    slot = _slot(session, letter)

    with pytest.raises(Invalid):
        skipping.skip(session, slot_id=slot.id, reason="  ", user_id=1)
    skipped = skipping.skip(session, slot_id=slot.id, reason="Harvest holiday", user_id=1)

    assert (skipped.state, skipped.skip_reason) == (SlotState.SKIPPED, "Harvest holiday")
    assert skipping.unskip(session, slot_id=slot.id, user_id=1).state is SlotState.EMPTY


def test_a_booked_slot_cannot_be_skipped_nor_a_skipped_one_booked(session: Session, letter: Newsletter) -> None:
    slot, other, (issue, revision) = _slot(session, letter), _slot(session, letter, 2), _draft(session, letter)
    _book(session, slot, issue, revision)

    with pytest.raises(booking.SlotTaken, match="Another issue"):
        skipping.skip(session, slot_id=slot.id, reason="Holiday", user_id=1)
    booking.release(session, issue_id=issue.id, user_id=1)
    skipping.skip(session, slot_id=other.id, reason="Holiday", user_id=1)
    with pytest.raises(booking.SlotTaken, match="skipped"):
        _book(session, other, issue, revision)


def test_a_slot_whose_hour_has_passed_takes_no_issue(session: Session, letter: Newsletter, clock: time_machine.Traveller) -> None:
    slot, (issue, revision) = _slot(session, letter), _draft(session, letter)
    clock.shift(timedelta(days=2))

    with pytest.raises(booking.SlotTaken, match="passed"):
        _book(session, slot, issue, revision)


def test_send_now_waits_and_can_be_stopped(session: Session, letter: Newsletter, clock: time_machine.Traveller) -> None:
    issue, revision = _draft(session, letter)

    slot = sending_now.send_now(session, issue_id=issue.id, revision_id=revision.id, wait_seconds=60, user_id=1)
    again = sending_now.send_now(session, issue_id=issue.id, revision_id=revision.id, wait_seconds=60, user_id=1)

    assert again.id == slot.id
    assert slot.is_extra
    assert slot.fires_at == now_clock.now() + timedelta(seconds=60)
    assert due.due_slots(session, now_clock.now()) == []
    sending_now.stop(session, issue_id=issue.id, user_id=1)
    assert issue.state is IssueState.DRAFT
    clock.shift(120)
    assert due.due_slots(session, now_clock.now()) == []


def test_what_is_stopped_in_time_goes_back_to_the_slot_it_had_left(session: Session, letter: Newsletter) -> None:
    slot, (issue, revision) = _slot(session, letter), _draft(session, letter)
    _book(session, slot, issue, revision)
    compiled = _compiled(session, issue, revision)
    sending_now.send_now(session, issue_id=issue.id, revision_id=revision.id, wait_seconds=60, user_id=1)

    back = sending_now.stop(session, issue_id=issue.id, user_id=1)

    assert back is not None
    assert (back.id, back.compiled_id, back.state) == (slot.id, compiled, SlotState.BOOKED)
    assert issue.state is IssueState.SCHEDULED


def test_what_is_stopped_after_its_slot_was_taken_is_a_draft(session: Session, letter: Newsletter) -> None:
    slot, (issue, revision) = _slot(session, letter), _draft(session, letter)
    _book(session, slot, issue, revision)
    sending_now.send_now(session, issue_id=issue.id, revision_id=revision.id, wait_seconds=60, user_id=1)
    _book(session, slot, *_draft(session, letter))

    assert sending_now.stop(session, issue_id=issue.id, user_id=1) is None
    assert issue.state is IssueState.DRAFT


def test_send_now_takes_a_booked_issue_out_of_its_slot_with_its_version(session: Session, letter: Newsletter) -> None:
    slot, (issue, revision) = _slot(session, letter), _draft(session, letter)
    _book(session, slot, issue, revision)
    compiled = _compiled(session, issue, revision)

    extra = sending_now.send_now(session, issue_id=issue.id, revision_id=revision.id, wait_seconds=60, user_id=1)

    assert (extra.compiled_id, readiness.of(extra)) == (compiled, Readiness.READY)
    assert booking.get(session, slot.id).state is SlotState.EMPTY


def test_send_now_is_due_once_its_text_is_ready(session: Session, letter: Newsletter, clock: time_machine.Traveller) -> None:
    issue, revision = _draft(session, letter)
    slot = sending_now.send_now(session, issue_id=issue.id, revision_id=revision.id, wait_seconds=60, user_id=1)
    clock.shift(61)

    early = due.due_slots(session, now_clock.now())
    _compiled(session, issue, revision)
    later = due.due_slots(session, now_clock.now())

    assert early == []
    assert [each.id for each in later] == [slot.id]


def test_the_hour_finds_booked_slots_and_leaves_those_that_wait_for_a_decision(
    session: Session, letter: Newsletter, clock: time_machine.Traveller
) -> None:
    (issue, revision), (waiting, waiting_text) = _draft(session, letter), _draft(session, letter)
    slot, other = _slot(session, letter), factories.slot(session, letter, fires_at=now_clock.now() + timedelta(days=1, seconds=30))
    _book(session, slot, issue, revision)
    _book(session, other, waiting, waiting_text)
    waiting.state = IssueState.NEEDS_DECISION
    clock.shift(timedelta(days=1, minutes=11))

    found = due.due_slots(session, now_clock.now())
    clock.shift(timedelta(hours=12))
    too_late = due.due_slots(session, now_clock.now())

    assert [each.id for each in found] == [slot.id]
    assert [each.id for each in too_late] == [slot.id, other.id]
