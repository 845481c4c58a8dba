"""What the hour asks for: booked slots whose time has come. Launching them is delivery's work; it writes their state in the same step."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.issues.models import Issue, IssueState
from service.schedule import calendar, readiness
from service.schedule.calendar import Lateness
from service.schedule.models import Slot, SlotState
from service.schedule.readiness import Readiness

MAKING_READY = timedelta(minutes=10)  # so long a text that was booked shortly before its hour is waited for; then somebody decides


def due_slots(session: Session, now: datetime) -> list[Slot]:
    """The booked slots that are due at `now`, oldest first, locked against release and move until the caller commits.

    A slot whose issue already waits for a decision comes up again only when it is too late for one. One whose text is
    still being made ready is not due yet.
    """
    slots = session.scalars(
        select(Slot)
        .join(Issue, Issue.id == Slot.issue_id)
        .where(
            Slot.state == SlotState.BOOKED,
            Slot.fires_at <= now,
            or_(
                Issue.state == IssueState.SCHEDULED,
                (Issue.state == IssueState.NEEDS_DECISION) & (Slot.fires_at < now - calendar.DECIDE_LATE),
            ),
        )
        .order_by(Slot.fires_at, Slot.id)
        .with_for_update(of=Slot, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return [slot for slot in slots if not _still_waits(slot, now)]


def lateness(session: Session, slot: Slot, now: datetime) -> Lateness:
    """Whether a due slot may still go out, needs a decision, or was missed because it is too late or the next one has come (E8)."""
    following = None if slot.is_extra else next_booked_at(session, slot.newsletter_id, slot.fires_at)
    return calendar.lateness(slot.fires_at, now, following)


def next_booked_at(session: Session, newsletter_id: int, after: datetime) -> datetime | None:
    """When the newsletter's next booked slot of the rhythm is; the last moment an older issue is worth sending (E7)."""
    return session.scalar(
        select(Slot.fires_at)
        .where(
            Slot.newsletter_id == newsletter_id,
            Slot.fires_at > after,
            Slot.is_extra.is_(False),
            Slot.state.in_((SlotState.BOOKED, SlotState.LAUNCHED)),
        )
        .order_by(Slot.fires_at)
        .limit(1)
    )


def _still_waits(slot: Slot, now: datetime) -> bool:
    return readiness.of(slot) is Readiness.BEING_MADE_READY and now < slot.fires_at + MAKING_READY
