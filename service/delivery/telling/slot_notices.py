"""Notices to the desk before a slot that is empty or not ready (a day and three hours ahead, once each), or has a fault shortly before."""

import json
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from service.accounts import queries as accounts
from service.accounts.queries import Person
from service.core.i18n import translate
from service.delivery.telling import notices
from service.newsletters.models import Newsletter
from service.schedule import calendar
from service.schedule import queries as schedule
from service.schedule.models import Slot
from service.schedule.queries import ListedSlot
from service.schedule.readiness import Readiness

HOURS = (24, 3)
MAKING_READY = timedelta(minutes=10)  # longer is no longer "being made ready"


def warn(session: Session, now: datetime, base_url: str) -> int:
    """Write down what is to be said at `now`, to everybody at the desk; gives how many notices are new. Run twice, it adds none."""
    people = accounts.desk(session)
    new = 0
    for listed in schedule.needing_notice(session, now, timedelta(hours=max(HOURS))):
        if not _is_just_booked(listed, now):
            newsletter = session.get_one(Newsletter, listed.slot.newsletter_id)
            new += sum(_warn_one(session, listed, newsletter, person, now, base_url) for person in people)
    return new


def tell_faults(session: Session, slot: Slot, base_url: str) -> int:
    """What the last look before the hour has found, to everybody at the desk, once for each set of faults; returns how many are new."""
    newsletter = session.get_one(Newsletter, slot.newsletter_id)
    listed = schedule.one(session, slot.id)
    about = zlib.crc32(json.dumps([row["message"] for row in slot.faults]).encode())
    new = 0
    for person in accounts.desk(session) if slot.faults else ():
        clocks = calendar.both_clocks_text(slot.fires_at, newsletter.readers_zone, newsletter.editors_zone, person.language)
        new += notices.enqueue(
            session,
            notices.Kind.NOT_READY,
            key=f"verified:{slot.id}:{slot.compiled_id}:{about}:{person.id}",
            email=person.email,
            language=person.language,
            newsletter_id=newsletter.id,
            values={
                "title": (listed.title if listed else None) or newsletter.name,
                "slot_text": clocks,
                "reason": " ".join(sentences(slot.faults, person.language)),
                "url": f"{base_url}/admin/schedule/slots/{slot.id}",
            },
        )
    return new


def _warn_one(session: Session, listed: ListedSlot, newsletter: Newsletter, person: Person, now: datetime, base_url: str) -> bool:
    slot = listed.slot
    hours = min(hours for hours in HOURS if slot.fires_at - now <= timedelta(hours=hours))
    is_empty = listed.readiness is Readiness.EMPTY
    clocks = calendar.both_clocks_text(slot.fires_at, newsletter.readers_zone, newsletter.editors_zone, person.language)
    return notices.enqueue(
        session,
        notices.Kind.SLOT_WARNING if is_empty else notices.Kind.NOT_READY,
        key=f"slot:{slot.id}:{slot.fires_at.isoformat()}:{hours}:{'empty' if is_empty else 'not_ready'}:{person.id}",
        email=person.email,
        language=person.language,
        newsletter_id=newsletter.id,
        values={
            "title": listed.title or newsletter.name,
            "slot_text": clocks,
            "reason": _reason(listed, person.language),
            "url": f"{base_url}/admin/schedule/slots/{slot.id}" if is_empty else f"{base_url}/admin/issues/{slot.issue_id}",
        },
    )


def _reason(listed: ListedSlot, language: str) -> str:
    if listed.readiness is Readiness.BEING_MADE_READY:
        return translate(language, "It is still being made ready; are the workers running?")
    return " ".join(sentences(listed.slot.problems, language))


def sentences(problems: Sequence[Mapping[str, Any]], language: str) -> list[str]:
    """The first three of the problems a slot keeps, in a language."""
    return [translate(language, problem["message"], **problem.get("values", {})) for problem in problems[:3]]


def _is_just_booked(listed: ListedSlot, now: datetime) -> bool:
    booked_at = listed.slot.booked_at
    return listed.readiness is Readiness.BEING_MADE_READY and booked_at is not None and now - booked_at < MAKING_READY
