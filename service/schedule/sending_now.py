"""Sending outside the rhythm: an extra slot a short moment ahead, so that it can be stopped. The hour decides, as for any slot."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from service.core import audit, clock
from service.core.errors import Conflict
from service.issues import queries as issues
from service.issues.models import IssueState
from service.newsletters.models import Newsletter
from service.schedule import booking, cadence, zones
from service.schedule.models import Slot, SlotState


def send_now(session: Session, *, issue_id: int, revision_id: int, wait_seconds: float, user_id: int | None) -> Slot:
    """Book this text into an extra slot `wait_seconds` ahead; an issue that waits in a slot of the rhythm leaves it.

    A second click finds the first one's slot and changes nothing. Raises what booking raises.
    """
    present = booking.slot_of(session, issue_id)
    if present is not None and present.is_extra and present.revision_id == revision_id:
        return present
    issue = issues.issue(session, issue_id)
    former = _former(present) if issue.state is IssueState.SCHEDULED else None  # what waited for a decision does not go back to its slot
    if present is not None and present.revision_id == revision_id:
        extra = _extra(session, issue.newsletter_id, wait_seconds)
        moved = booking.move(session, issue_id=issue_id, to_slot_id=extra.id, user_id=user_id)
    else:
        booking.refuse_blocked(session, issue_id, revision_id, clock.now() + timedelta(seconds=wait_seconds))
        if present is not None:
            booking.release(session, issue_id=issue_id, user_id=user_id)
        extra = _extra(session, issue.newsletter_id, wait_seconds)
        moved = booking.book(session, slot_id=extra.id, issue_id=issue_id, revision_id=revision_id, user_id=user_id)
    moved.former_slot_id = former
    audit.record(session, "issue.send_now", user_id=user_id, noun_id=issue_id, slot=moved.id)
    return moved


def stop(session: Session, *, issue_id: int, user_id: int | None) -> Slot | None:
    """Stop a sending that has not begun; returns the slot of the rhythm that it goes back to, with the same text.

    None where it had none, or that is taken or over by now: the issue is a draft again. Raises Conflict once it has begun.
    """
    present = booking.slot_of(session, issue_id)
    if present is None or not present.is_extra:
        raise Conflict("It is too late to stop: the sending has begun.", remedy="Pause or cancel it on its delivery page.")
    former = session.get(Slot, present.former_slot_id, populate_existing=True) if present.former_slot_id is not None else None
    back = None
    if former is not None and former.state is SlotState.EMPTY and former.fires_at > clock.now():
        back = booking.move(session, issue_id=issue_id, to_slot_id=former.id, user_id=user_id)
    else:
        booking.release(session, issue_id=issue_id, user_id=user_id)
    audit.record(session, "issue.send_now_stopped", user_id=user_id, noun_id=issue_id)
    return back


def _former(present: Slot | None) -> int | None:
    if present is None:
        return None
    return present.former_slot_id if present.is_extra else present.id


def _extra(session: Session, newsletter_id: int, wait_seconds: float) -> Slot:
    newsletter = session.get_one(Newsletter, newsletter_id)
    rhythm = cadence.of(session, newsletter_id)
    zone = rhythm.zone if rhythm is not None else newsletter.readers_zone
    fires_at = clock.now() + timedelta(seconds=wait_seconds)
    local = fires_at.astimezone(ZoneInfo(zone))
    slot = Slot(
        newsletter_id=newsletter_id,
        local_date=local.date(),
        local_time=local.time().replace(tzinfo=None),  # with its microseconds, so that two extra slots never share a place
        zone=zone,
        fires_at=fires_at,
        tzdata=zones.version(),
        is_extra=True,
        state=SlotState.EMPTY,
        problems=[],
        changed_at=clock.now(),
    )
    session.add(slot)
    session.flush()
    return slot
