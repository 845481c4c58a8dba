"""Holding a slot back in its last half hour: a recorded delay that moves its hour, never past the next slot and never beyond two hours."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.core import audit, clock
from service.core.errors import Conflict, Invalid
from service.schedule import booking, readiness
from service.schedule.models import Slot, SlotState

MINUTES = (15, 30, 60)
LONGEST = timedelta(hours=2)  # in all, from the hour of the rhythm


@dataclass(frozen=True)
class Choice:
    """One delay and the hour it would give; `is_possible` within the limits."""

    minutes: int
    fires_at: datetime
    is_possible: bool


class NotHeld(Conflict):
    """The slot cannot be held back, or not so long."""


def choices(session: Session, slot: Slot) -> list[Choice]:
    """The delays that are offered for a slot."""
    limit, next_at = _planned(slot) + LONGEST, _next_at(session, slot)
    found = []
    for minutes in MINUTES:
        at = slot.fires_at + timedelta(minutes=minutes)
        found.append(Choice(minutes, at, at <= limit and (next_at is None or at < next_at)))
    return found


def hold(session: Session, slot_id: int, minutes: int, *, seen: datetime | None = None, user_id: int | None) -> Slot:
    """Move the slot's hour by so many minutes; `seen` is the hour the person saw, so that a second click moves nothing (E13).

    Raises NotHeld with the remedy, Invalid for another number of minutes.
    """
    slot = booking.get(session, slot_id)
    wanted = next((choice for choice in choices(session, slot) if choice.minutes == minutes), None)
    if wanted is None:
        raise Invalid("A slot is held back by 15, 30 or 60 minutes.")
    if slot.state is not SlotState.BOOKED or not readiness.is_close(slot, clock.now()):
        raise NotHeld(
            "Only a slot in its last half hour, with an issue that is ready, can be held back.",
            remedy="Move the issue to another slot instead.",
        )
    if not wanted.is_possible:
        raise NotHeld(
            "A slot is held back by at most two hours, and never past the next one.", remedy="Move the issue to another slot instead."
        )
    return _moved(session, slot, wanted.fires_at, seen or slot.fires_at, "slot.held", user_id)


def let_go(session: Session, slot_id: int, *, user_id: int | None) -> Slot:
    """Back to the hour of the rhythm, while that has not passed. Raises NotHeld."""
    slot = booking.get(session, slot_id)
    if slot.planned_at is None or slot.planned_at <= clock.now():
        raise NotHeld("This slot is not held back, or its own hour has passed.", remedy="It goes out at the hour that is shown.")
    return _moved(session, slot, slot.planned_at, slot.fires_at, "slot.let_go", user_id)


def _moved(session: Session, slot: Slot, to: datetime, seen: datetime, act: str, user_id: int | None) -> Slot:
    planned_at = _planned(slot)
    held = None if to == planned_at else planned_at
    conditions = (Slot.state == SlotState.BOOKED, Slot.fires_at == seen, Slot.fires_at > clock.now())
    moved = booking.change(session, slot.id, *conditions, fires_at=to, planned_at=held)
    if moved is None:
        raise Conflict("This booking has just changed.", remedy="Load the page again to see what has changed.")
    minutes = round((to - planned_at) / timedelta(minutes=1))
    audit.record(session, act, user_id=user_id, noun_id=slot.id, issue=slot.issue_id, minutes=minutes)
    return moved


def _planned(slot: Slot) -> datetime:
    return slot.planned_at or slot.fires_at


def _next_at(session: Session, slot: Slot) -> datetime | None:
    return session.scalar(
        select(Slot.fires_at)
        .where(
            Slot.newsletter_id == slot.newsletter_id,
            Slot.fires_at > slot.fires_at,
            Slot.is_extra.is_(False),
            Slot.state.in_((SlotState.EMPTY, SlotState.BOOKED)),
        )
        .order_by(Slot.fires_at)
        .limit(1)
    )
