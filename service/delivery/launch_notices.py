"""Notices to the desk about slots that were not launched: somebody has to decide, or it was missed."""

from sqlalchemy.orm import Session

from service.accounts import queries as accounts
from service.core.i18n import translate
from service.delivery import notices
from service.issues import queries as issues
from service.newsletters.models import Newsletter
from service.schedule import calendar
from service.schedule.models import Slot, SlotState

MISSED = "Its slot has passed long ago, so it was not sent. Book it again if it is still worth reading."
NOT_READY = "Its text was not made ready in time, so nothing was sent. Decide whether it goes out now, later or not at all."
LATE = "Its slot was passed over by more than two hours, so nothing was sent. Decide whether it goes out now, later or not at all."


def tell(session: Session, slot_id: int, base_url: str) -> int:
    """Write the notice down for everybody at the desk, once each; returns how many are new."""
    slot = session.get(Slot, slot_id)
    if slot is None or slot.issue_id is None:
        return 0
    newsletter = session.get_one(Newsletter, slot.newsletter_id)
    is_ready = slot.compiled_id is not None and slot.compiled_revision_id == slot.revision_id
    reason = MISSED if slot.state is SlotState.MISSED else LATE if is_ready else NOT_READY
    title = issues.text(session, slot.issue_id, slot.revision_id).document.title
    new = 0
    for person in accounts.desk(session):
        clocks = calendar.both_clocks_text(slot.fires_at, newsletter.readers_zone, newsletter.editors_zone, person.language)
        new += notices.enqueue(
            session,
            notices.Kind.NEEDS_DECISION,
            key=f"not_launched:{slot.id}:{slot.fires_at.isoformat()}:{slot.state.value}:{person.id}",
            email=person.email,
            language=person.language,
            newsletter_id=newsletter.id,
            values={
                "title": title,
                "slot_text": clocks,
                "reason": translate(person.language, reason),
                "url": f"{base_url}/admin/issues/{slot.issue_id}",
            },
        )
    return new
