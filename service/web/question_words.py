"""Why an issue waits and what may be decided, in words: what happened, and each choice with its consequence."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from service.core import clock
from service.delivery import questions
from service.delivery.identity import instance_words
from service.delivery.launching import deciding
from service.delivery.ledger import audience
from service.delivery.models import Launch
from service.delivery.overview import queries
from service.delivery.questions import Asked, Kind
from service.schedule import booking, readiness
from service.schedule.models import Slot
from service.schedule.readiness import Readiness

Sentence = tuple[str, dict[str, Any]]  # an English template, and what fills it

CHECK_THE_OTHER = "Make sure first that no other copy of this Pressrun is running: it would send the same issue."
LATE = "Nobody was at work when its slot came, so nothing was sent. It is now {hours} hours late."
NOT_READY = "Its text was not made ready when its slot came, so nothing was sent."
CORRECT_IT = "No copy can be made of it, so nothing more leaves. Correct it first; going on with the same text stops again."
KNOWN = "{accepted} of {readers} readers are known to have it and are never sent to again."
AT_MOST = "Up to {number} of the others may have it already and would get it twice: the database has forgotten who."
NOBODY_TWICE = "Nobody else is known to have it."
PERHAPS_STARTED = "Its slot has passed: it may have been sent after the backup was made. To all of its readers, {readers} at most."
STILL_TO_COME = "Its slot is still to come. Whoever got it ahead of its slot is remembered by the sending machines and left out."
BEING_MARKED = "The sending machines mark whom they remember having mailed it to, because the database may have forgotten it."


@dataclass(frozen=True)
class Choice:
    """`label` on the button, `consequence` before it is pressed, `sure` to confirm; English templates with `values`."""

    label: str
    consequence: str
    sure: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """A question as a page shows it: sentences (English template, values), moments for both clocks, and the choice to go on."""

    sentences: list[Sentence]
    slot_at: datetime | None
    database_at: datetime | None
    go_on: Choice | None
    recalled: dict[str, int]
    is_by_itself: bool = False  # nobody needs to decide: it goes on once the machines have answered


def told(session: Session, issue_id: int) -> list[Told]:
    """The open questions of an issue, the newest first."""
    return [_by_itself(asked) if asked.goes_on_by_itself else _told(session, asked) for asked in questions.open_for(session, issue_id)]


def _by_itself(asked: Asked) -> Told:
    happened = instance_words.happened(asked.kind.value, asked.values)
    return Told([happened, (BEING_MARKED, {})], None, None, None, asked.values.get("recalled", {}), is_by_itself=True)


def _told(session: Session, asked: Asked) -> Told:
    slot = booking.slot_of(session, asked.issue_id)
    happened = [instance_words.happened(asked.kind.value, asked.values)] if asked.is_about_the_database else []
    at = asked.values.get("database_at")
    database_at = datetime.fromisoformat(at) if at else None
    is_started = session.get(Launch, asked.issue_id) is not None
    sentences, go_on = _started(session, asked) if is_started else _not_started(session, asked, slot)
    if asked.kind in (Kind.MOVED, Kind.UNKNOWN_HOST, Kind.OTHER):
        sentences = [*sentences, (CHECK_THE_OTHER, {})]
    return Told([*happened, *sentences], slot.fires_at if slot else None, database_at, go_on, asked.values.get("recalled", {}))


def _started(session: Session, asked: Asked) -> tuple[list[Sentence], Choice | None]:
    progress = queries.progress(session, asked.issue_id)
    accepted, unsent = progress.by_state["accepted"], progress.unsent
    twice = deciding.may_get_two(asked, unsent)
    sentences: list[Sentence] = [(KNOWN, {"accepted": accepted, "readers": progress.recipients})]
    if asked.kind is Kind.UNFILLABLE:
        sentences = [(asked.values["message"], asked.values["filled"]), (CORRECT_IT, {}), *sentences]
    if asked.is_about_the_database:
        sentences.append((AT_MOST, {"number": twice}) if twice else (NOBODY_TWICE, {}))
    consequence = (
        "The {unsent} readers who have not got it as far as is known are sent to. Up to {twice} of them may get it twice."
        if twice
        else "The {unsent} readers who have not got it are sent to; nobody gets it twice."
    )
    return sentences, Choice("Go on", consequence, "Yes, go on", {"unsent": unsent, "twice": twice})


def _not_started(session: Session, asked: Asked, slot: Slot | None) -> tuple[list[Sentence], Choice | None]:
    readers, now = audience.count(session, asked.issue_id), clock.now()
    if slot is None:
        return [], None
    if slot.fires_at > now:
        choice = Choice("Keep its slot", "It goes out at its slot, to {readers} readers.", "Yes, keep it", {"readers": readers})
        return ([(STILL_TO_COME, {})] if asked.is_about_the_database else []), choice
    is_ready = readiness.of(slot) is Readiness.READY
    if asked.is_about_the_database:
        choice = Choice(
            "Find out who has it",
            "The list of its {readers} readers is written down, and each sending machine marks whom it remembers. Nothing is sent before "
            "you decide once more.",
            "Yes, find out",
            {"readers": readers},
        )
        return [(PERHAPS_STARTED, {"readers": readers})], choice if is_ready else None
    hours = round((now - slot.fires_at).total_seconds() / 3600)
    sentence = (LATE, {"hours": hours}) if asked.kind is Kind.LATE else (NOT_READY, {})
    choice = Choice("Send it now", "It goes out at once, late, to {readers} readers.", "Yes, send it now", {"readers": readers})
    return [sentence], choice if is_ready else None
