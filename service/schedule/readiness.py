"""Whether a booked slot's text is ready to go, and what stands against booking a text into a slot."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from service.core.problems import Problem, Severity
from service.issues import checks as issue_checks
from service.issues import queries as issues
from service.issues.blocks import Tagline
from service.issues.document import Document
from service.newsletters import checks as newsletter_checks
from service.newsletters.models import Newsletter
from service.schedule import cadence, calendar
from service.schedule.models import Slot, SlotState

BYLINE_LIMIT = timedelta(hours=24)


LAST = timedelta(minutes=30)
"""So long before its hour a ready slot is only verified, held or replaced; what was approved is what is sent."""


class Readiness(StrEnum):
    """What a slot's badge says."""

    EMPTY = "empty"
    READY = "ready"
    FAULTY = "faulty"  # ready, and the last look before its hour has found something
    BEING_MADE_READY = "being_made_ready"
    NOT_READY = "not_ready"
    UNDECIDED = "undecided"  # ready, and its issue waits for somebody's decision: nothing goes out by itself
    SKIPPED = "skipped"
    LAUNCHED = "launched"
    MISSED = "missed"


def of(slot: Slot) -> Readiness:
    """READY only where the compiled version was made from the booked text, not from an older one."""
    if slot.state is not SlotState.BOOKED:
        return Readiness(slot.state.value)
    if slot.compiled_id is not None and slot.compiled_revision_id == slot.revision_id:
        return Readiness.FAULTY if slot.faults and slot.verified_id == slot.compiled_id else Readiness.READY
    return Readiness.NOT_READY if slot.problems else Readiness.BEING_MADE_READY


def is_approved(slot: Slot) -> bool:
    """Whether the booked text is compiled and ready to go, whatever the last look found."""
    return of(slot) in (Readiness.READY, Readiness.FAULTY)


def is_close(slot: Slot, now: datetime) -> bool:
    """Whether the slot is in its last half hour, by which it may be held back several times, and has what may go out."""
    since = (slot.planned_at or slot.fires_at) - LAST
    return is_approved(slot) and since <= now < slot.fires_at and not slot.is_extra


def has_older_version(slot: Slot) -> bool:
    """Whether an older text is still ready while the booked one is not."""
    return slot.state is SlotState.BOOKED and slot.compiled_id is not None and slot.compiled_revision_id != slot.revision_id


def problems(session: Session, issue_id: int, revision_id: int | None, fires_at: datetime | None) -> list[Problem]:
    """Everything that speaks against sending this text at that time; an ERROR forbids booking. Without a time, what holds for any."""
    text = issues.text(session, issue_id, revision_id)
    newsletter = session.get_one(Newsletter, text.issue.newsletter_id)
    found = issue_checks.check(text.document) + newsletter_checks.check(newsletter)
    found += tagline_problems(text.document, cadence.weekdays_of(session, newsletter.id), newsletter.language)
    return found + (byline_problems(text.document, fires_at) if fires_at is not None else [])


def as_rows(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """The blocking ones, as a slot keeps them: with their sentence still to be filled, so that each reader has it in their language."""
    return [
        {"severity": problem.severity.value, "block": problem.block, "message": problem.message, "values": problem.values}
        for problem in problems
        if problem.severity is Severity.ERROR
    ]


def byline_problems(document: Document, fires_at: datetime) -> list[Problem]:
    """The byline's time is text and never schedules; far from the slot, or after it, it is worth a look."""
    try:
        written_at = datetime.fromisoformat((document.byline and document.byline.at) or "")
    except ValueError:
        return []
    if written_at.tzinfo is None:
        return []
    if written_at > fires_at:
        return [Problem(Severity.WARNING, "The byline's time lies after the slot.", values={"part": "byline"})]
    if fires_at - written_at > BYLINE_LIMIT:
        hours = round((fires_at - written_at).total_seconds() / 3600)
        if hours <= 72:
            message = "The byline's time lies {hours} hours before the slot."
            return [Problem(Severity.WARNING, message, values={"part": "byline", "hours": hours})]
        message = "The byline's time lies {days} days before the slot."
        return [Problem(Severity.WARNING, message, values={"part": "byline", "days": round(hours / 24)})]
    return []


def tagline_problems(document: Document, weekdays: tuple[int, ...], language: str) -> list[Problem]:
    """The weekdays that the tagline promises against those on which readers find the letter."""
    if not weekdays:
        return []
    actual = ", ".join(calendar.weekday_name(day, language) for day in weekdays)
    return [
        Problem(
            Severity.WARNING,
            "The tagline promises {promised}, but the letter comes on {actual}.",
            block=block.id,
            values={"promised": ", ".join(calendar.weekday_name(day, language) for day in sorted(block.weekdays)), "actual": actual},
        )
        for block in document.blocks
        if isinstance(block, Tagline) and block.weekdays and tuple(sorted(set(block.weekdays))) != weekdays
    ]
