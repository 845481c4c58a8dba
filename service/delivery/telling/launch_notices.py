"""Notices to the desk about slots that were not launched in time: sent late, waiting for a decision, missed, or at another hour."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from service.accounts import queries as accounts
from service.core.i18n import translate
from service.delivery.models import Launch
from service.delivery.telling import notices, slot_notices
from service.issues import queries as issues
from service.newsletters.models import Newsletter
from service.schedule import calendar, readiness
from service.schedule.models import Slot, SlotState
from service.schedule.readiness import Readiness

MISSED = "Its slot has passed long ago, so it was not sent. Book it again if it is still worth reading."
NOT_READY = "Its text was not made ready in time, so nothing was sent. Decide whether it goes out now, later or not at all."
LATE = "Its slot was passed over by more than two hours, so nothing was sent. Decide whether it goes out now, later or not at all."
FAULTY = "At its hour it could not go out as it was approved, so nothing was sent. Decide whether it goes out now, later or not at all."
SENT_LATE = "Nobody was at work at its hour. It started {minutes} minutes late, by itself, because it was less than two hours."
HOUR_MOVED = "The rules of its time zone have changed. Its local time stays, so the moment it goes out has moved from {before}."


def tell(session: Session, slot_id: int, base_url: str) -> int:
    """Write the notice down for everybody at the desk, once each; returns how many are new."""
    slot = session.get(Slot, slot_id)
    if slot is None or slot.issue_id is None:
        return 0
    is_ready = slot.compiled_id is not None and slot.compiled_revision_id == slot.revision_id
    is_faulty = readiness.of(slot) is Readiness.FAULTY
    reason = MISSED if slot.state is SlotState.MISSED else FAULTY if is_faulty else LATE if is_ready else NOT_READY
    faults = slot.faults if reason is FAULTY else []
    key = f"not_launched:{slot.id}:{slot.fires_at.isoformat()}:{slot.state.value}"
    url = f"{base_url}/admin/issues/{slot.issue_id}"
    return _tell_all(
        session,
        slot,
        notices.Kind.NEEDS_DECISION,
        key,
        url,
        lambda language: " ".join([translate(language, reason), *slot_notices.sentences(faults, language)]),
    )


def tell_sent_late(session: Session, slot_id: int, base_url: str) -> int:
    """It went out by itself, and too late to be passed over in silence (E8)."""
    slot = session.get(Slot, slot_id)
    launch = session.get(Launch, slot.issue_id) if slot is not None else None
    if slot is None or launch is None:
        return 0
    minutes = round((launch.started_at - slot.fires_at) / timedelta(minutes=1))
    url = f"{base_url}/admin/deliveries/{slot.issue_id}"
    key = f"sent_late:{slot.id}"
    return _tell_all(session, slot, notices.Kind.SENT_LATE, key, url, lambda language: translate(language, SENT_LATE, minutes=minutes))


def tell_hour_moved(session: Session, slot_id: int, before: int, base_url: str) -> int:
    """A booked slot follows new rules of its zone; `before` is the old moment in seconds since 1970 (E8)."""
    slot = session.get(Slot, slot_id)
    if slot is None or slot.issue_id is None:
        return 0
    newsletter, was = session.get_one(Newsletter, slot.newsletter_id), datetime.fromtimestamp(before, UTC)

    def reason(language: str) -> str:
        clocks = calendar.both_clocks_text(was, newsletter.readers_zone, newsletter.editors_zone, language)
        return translate(language, HOUR_MOVED, before=clocks)

    key = f"hour_moved:{slot.id}:{slot.fires_at.isoformat()}"
    return _tell_all(session, slot, notices.Kind.HOUR_MOVED, key, f"{base_url}/admin/issues/{slot.issue_id}", reason)


def _tell_all(session: Session, slot: Slot, kind: notices.Kind, key: str, url: str, reason: Callable[[str], str]) -> int:
    newsletter = session.get_one(Newsletter, slot.newsletter_id)
    title = issues.text(session, slot.issue_id or 0, slot.revision_id).document.title
    new = 0
    for person in accounts.desk(session):
        clocks = calendar.both_clocks_text(slot.fires_at, newsletter.readers_zone, newsletter.editors_zone, person.language)
        new += notices.enqueue(
            session,
            kind,
            key=f"{key}:{person.id}",
            email=person.email,
            language=person.language,
            newsletter_id=newsletter.id,
            values={"title": title, "slot_text": clocks, "reason": reason(person.language), "url": url},
        )
    return new
