"""Slots that are left empty on purpose, with the reason; nobody is warned about them."""

from sqlalchemy.orm import Session

from service.core import audit, clock
from service.core.errors import Invalid
from service.schedule import booking
from service.schedule.models import Slot, SlotState

LONGEST_REASON = 300


def skip(session: Session, *, slot_id: int, reason: str, user_id: int | None) -> Slot:
    """Leave this empty slot out. Raises Invalid without a reason, SlotTaken where something stands in it."""
    words = " ".join(reason.split())
    if not words:
        raise Invalid("Say why this slot is skipped.", remedy="A few words are enough: a holiday, a week off.")
    if len(words) > LONGEST_REASON:
        raise Invalid("The reason is too long.", remedy="At most {limit} characters.", limit=LONGEST_REASON)
    booking.get(session, slot_id)
    skipped = booking.change(
        session, slot_id, Slot.state == SlotState.EMPTY, Slot.fires_at > clock.now(), state=SlotState.SKIPPED, skip_reason=words
    )
    if skipped is None:
        raise booking.taken(session, slot_id)
    audit.record(session, "slot.skipped", user_id=user_id, noun_id=slot_id, reason=words)
    return skipped


def unskip(session: Session, *, slot_id: int, user_id: int | None) -> Slot:
    """Open a skipped slot again while its time has not come."""
    booking.get(session, slot_id)
    opened = booking.change(
        session, slot_id, Slot.state == SlotState.SKIPPED, Slot.fires_at > clock.now(), state=SlotState.EMPTY, skip_reason=""
    )
    if opened is None:
        raise booking.taken(session, slot_id)
    audit.record(session, "slot.unskipped", user_id=user_id, noun_id=slot_id)
    return opened
