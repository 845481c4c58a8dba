"""Which slots are looked at again before their hour, and what that look found. The looking itself is delivery's (verifying.py)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.core import clock
from service.core.problems import Problem
from service.schedule import booking, readiness
from service.schedule.models import Slot, SlotState

AGAIN = timedelta(minutes=2)
"""A slot with a fault is looked at again this soon, so that its badge tells when the fault is mended."""


def due(session: Session, now: datetime) -> list[Slot]:
    """The booked, ready slots of the next half hour whose version was not looked at in it, or had a fault a while ago."""
    slots = session.scalars(
        select(Slot)
        .where(Slot.state == SlotState.BOOKED, Slot.fires_at > now, Slot.fires_at <= now + readiness.LAST)
        .where(or_(Slot.is_extra.is_(False), Slot.verified_at.is_(None)))
        .order_by(Slot.fires_at, Slot.id)
    )
    return [slot for slot in slots if readiness.is_approved(slot) and _wants_a_look(slot, now)]


def record(session: Session, slot: Slot, problems: Iterable[Problem], readers: int) -> Slot | None:
    """Write down what was found about the version that was looked at; None where the slot has another one by now."""
    rows = readiness.as_rows(problems)
    still = (Slot.state == SlotState.BOOKED, Slot.compiled_id == slot.compiled_id)
    values = {"verified_id": slot.compiled_id, "verified_at": clock.now(), "faults": rows, "readers": readers}
    return booking.change(session, slot.id, *still, **values)


def _wants_a_look(slot: Slot, now: datetime) -> bool:
    if slot.verified_id != slot.compiled_id or slot.verified_at is None or slot.verified_at < slot.fires_at - readiness.LAST:
        return True
    return bool(slot.faults) and slot.verified_at <= now - AGAIN
