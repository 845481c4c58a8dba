"""An issue into a slot, to another slot, out of it. Every step is a conditional UPDATE: of two editors, or two clicks, one wins (E13)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Update, delete, select, update
from sqlalchemy.orm import Session

from service.core import audit, clock, jobs
from service.core.errors import Conflict, Invalid, NotFound
from service.core.problems import Problem, is_blocking
from service.issues import queries as issues
from service.issues import workflow
from service.issues.models import IssueState
from service.schedule import readiness
from service.schedule.models import Replacement, Slot, SlotState
from service.schedule.readiness import Readiness

COMPILE = "compile_issue"  # the job's name
EMPTIED: dict[str, object] = {
    "issue_id": None,
    "revision_id": None,
    "compiled_id": None,
    "compiled_revision_id": None,
    "problems": [],
    "verified_id": None,
    "verified_at": None,
    "faults": [],
    "readers": None,
    "planned_at": None,
    "booked_by": None,
    "booked_at": None,
}


class SlotTaken(Conflict):
    """The slot is not, or no longer, free for this."""


class AlreadyBooked(Conflict):
    """The issue stands in another slot; `slot_id` names it."""

    def __init__(self, slot_id: int) -> None:
        super().__init__("This issue is already booked into another slot.", remedy="Move it, or release it there first.")
        self.slot_id = slot_id


class NotBookable(Invalid):
    """Something in the text or in the newsletter's settings forbids booking; `problems` say what and where."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("This issue cannot be booked yet.", remedy="Fix what is listed, then book it again.")
        self.problems = list(problems)


def book(session: Session, *, slot_id: int, issue_id: int, revision_id: int, user_id: int | None) -> Slot:
    """Put this text of the issue into the slot and ask for its compiled version.

    A newer text for the slot the issue has already keeps the ready version there until the new one is ready. The same booking again
    changes nothing, unless it could not be made ready: then it is tried anew. Raises NotBookable, SlotTaken, AlreadyBooked, Conflict.
    """
    slot, present = get(session, slot_id), slot_of(session, issue_id)
    issue = issues.issue(session, issue_id)
    if slot.newsletter_id != issue.newsletter_id:
        raise Invalid("This slot belongs to another newsletter.")
    if present is not None and present.id != slot_id:
        raise AlreadyBooked(present.id)
    if present is None:
        _refuse_launched(session, issue_id)
    elif present.revision_id == revision_id and readiness.of(present) is not Readiness.NOT_READY:
        return present
    else:
        refuse_close(present)
    refuse_blocked(session, issue_id, revision_id, slot.fires_at)
    values = {"revision_id": revision_id, "problems": [], "booked_by": user_id, "booked_at": clock.now()}
    if present is not None:
        booked = change(session, slot_id, Slot.issue_id == issue_id, Slot.state == SlotState.BOOKED, **values)
    else:
        _schedule(session, issue_id, user_id)
        free = (Slot.state == SlotState.EMPTY, Slot.fires_at > clock.now())
        booked = change(session, slot_id, *free, **(EMPTIED | values | {"issue_id": issue_id, "state": SlotState.BOOKED}))
    if booked is None:
        raise taken(session, slot_id)
    ask_to_compile(session, booked)
    audit.record(session, "slot.booked", user_id=user_id, noun_id=slot_id, issue=issue_id, revision=revision_id)
    return booked


def move(session: Session, *, issue_id: int, to_slot_id: int, user_id: int | None) -> Slot:
    """Take the booking to another, empty slot; text and compiled version go along unchanged. Raises SlotTaken, Conflict."""
    present = slot_of(session, issue_id)
    if present is None:
        raise Conflict("This issue is not booked.", remedy="Book it into a slot.")
    if present.id == to_slot_id:
        return present
    carried = {name: getattr(present, name) for name in ("issue_id", "revision_id", "compiled_id", "compiled_revision_id", "problems")}
    if get(session, to_slot_id).newsletter_id != present.newsletter_id:
        raise Invalid("This slot belongs to another newsletter.")
    _vacate(session, present)
    if issues.issue(session, issue_id).state is IssueState.NEEDS_DECISION:
        workflow.move(session, issue_id, IssueState.SCHEDULED, user_id=user_id)
    values = carried | {"state": SlotState.BOOKED, "booked_by": user_id, "booked_at": clock.now()}
    moved = change(session, to_slot_id, Slot.state == SlotState.EMPTY, Slot.fires_at > clock.now(), **values)
    if moved is None:
        raise taken(session, to_slot_id)
    if readiness.of(moved) is Readiness.BEING_MADE_READY:
        ask_to_compile(session, moved)
    audit.record(session, "slot.moved", user_id=user_id, noun_id=to_slot_id, issue=issue_id)
    return moved


def release(session: Session, *, issue_id: int, user_id: int | None) -> None:
    """Take the issue out of its slot; it is a draft again. Raises Conflict once it is going out."""
    present = slot_of(session, issue_id)
    if present is None:
        raise Conflict("This issue is not booked, or it is already going out.", remedy="Load the page again to see what has changed.")
    _vacate(session, present)
    workflow.move(session, issue_id, IssueState.DRAFT, user_id=user_id, from_={IssueState.SCHEDULED, IssueState.NEEDS_DECISION})
    audit.record(session, "slot.released", user_id=user_id, noun_id=present.id, issue=issue_id)


def make_anew(session: Session, *, issue_id: int, user_id: int | None) -> Slot:
    """Compile the booked text once more, because the newsletter's settings have changed; the ready version stays until then."""
    present = slot_of(session, issue_id)
    if present is not None:
        refuse_close(present)
    values: dict[str, object] = {"problems": [], "booked_by": user_id, "booked_at": clock.now()}
    again = change(session, present.id, Slot.issue_id == issue_id, Slot.state == SlotState.BOOKED, **values) if present else None
    if again is None:
        raise Conflict("This issue is not booked, or it is already going out.", remedy="Load the page again to see what has changed.")
    ask_to_compile(session, again)
    audit.record(session, "slot.made_anew", user_id=user_id, noun_id=again.id, issue=issue_id)
    return again


def made_ready(session: Session, *, revision_id: int, compiled_id: int) -> int | None:
    """A version of this text is ready: every slot that still has this text booked gets it; gives the slot's id, or None."""
    return session.scalar(
        _update(Slot.revision_id == revision_id, Slot.state == SlotState.BOOKED)
        .values(compiled_id=compiled_id, compiled_revision_id=revision_id, problems=[], changed_at=clock.now())
        .returning(Slot.id)
    )


def could_not_be_made_ready(session: Session, *, revision_id: int, problems: list[dict[str, object]]) -> int | None:
    """The booked text has these problems; an older version that is ready stays in the slot. Gives the slot's id, or None."""
    return session.scalar(
        _update(Slot.revision_id == revision_id, Slot.state == SlotState.BOOKED)
        .values(problems=problems, changed_at=clock.now())
        .returning(Slot.id)
    )


def slot_of(session: Session, issue_id: int) -> Slot | None:
    """The slot an issue is booked into."""
    return session.scalar(
        select(Slot).where(Slot.issue_id == issue_id, Slot.state == SlotState.BOOKED).execution_options(populate_existing=True)
    )


def get(session: Session, slot_id: int) -> Slot:
    """Raises NotFound."""
    found = session.get(Slot, slot_id, populate_existing=True)
    if found is None:
        raise NotFound("There is no such slot any more.")
    return found


def change(session: Session, slot_id: int, *conditions: ColumnElement[bool], **values: object) -> Slot | None:
    """Change the slot if it is as `conditions` say; the UPDATE is the lock. None where it is not."""
    changed = session.scalar(_update(Slot.id == slot_id, *conditions).values(**values, changed_at=clock.now()).returning(Slot.id))
    return get(session, slot_id) if changed is not None else None


def taken(session: Session, slot_id: int) -> SlotTaken:
    """Why a slot that was free a moment ago is not."""
    slot = get(session, slot_id)
    if slot.state is SlotState.EMPTY:
        return SlotTaken("The time of this slot has passed.", remedy="Choose a later slot, or send now.")
    sentences = {
        SlotState.BOOKED: "Another issue has been booked into this slot.",
        SlotState.SKIPPED: "This slot is skipped.",
        SlotState.LAUNCHED: "The issue of this slot is already going out.",
        SlotState.MISSED: "This slot was missed.",
    }
    return SlotTaken(sentences[slot.state], remedy="Choose another slot.")


def refuse_blocked(session: Session, issue_id: int, revision_id: int, fires_at: datetime) -> None:
    """Raises NotBookable with everything found, where something forbids booking."""
    problems = readiness.problems(session, issue_id, revision_id, fires_at)
    if is_blocking(problems):
        raise NotBookable(problems)


def refuse_close(slot: Slot) -> None:
    """Raises Conflict in the last half hour of a slot that has an approved version: nothing takes its place by itself any more."""
    if readiness.is_close(slot, clock.now()):
        raise Conflict(
            "In the last half hour before its slot only what was approved goes out by itself.",
            remedy="Replace it on the slot's page: the newer version is made beside the approved one, and you swap it in.",
        )


def ask_to_compile(session: Session, slot: Slot) -> None:
    """Ask for the booked text's compiled version, once for each booking."""
    if slot.revision_id is not None and slot.booked_at is not None:
        key = f"{COMPILE}:{slot.revision_id}:{slot.id}:{slot.booked_at.timestamp():.6f}"
        jobs.ask(session, COMPILE, key=key, revision_id=slot.revision_id)


def _schedule(session: Session, issue_id: int, user_id: int | None) -> None:
    try:
        workflow.move(session, issue_id, IssueState.SCHEDULED, user_id=user_id, from_=workflow.BOOKABLE - {IssueState.SCHEDULED})
    except workflow.WrongState as wrong:
        booked = slot_of(session, issue_id)
        raise AlreadyBooked(booked.id) if booked is not None else wrong from None


def _refuse_launched(session: Session, issue_id: int) -> None:
    """What was begun is never begun again, whatever state it waits in: readers have it already (E13)."""
    if session.scalar(select(Slot.id).where(Slot.issue_id == issue_id, Slot.state == SlotState.LAUNCHED).limit(1)) is not None:
        raise Conflict("The sending of this issue has begun; it cannot be booked again.", remedy="Go on with it on its delivery page.")


def _vacate(session: Session, slot: Slot) -> None:
    """Empty the slot, if the same text is still in it; an extra slot goes with its booking, and one whose hour has passed is missed."""
    still = (Slot.issue_id == slot.issue_id, Slot.revision_id == slot.revision_id, Slot.state == SlotState.BOOKED)
    if slot.is_extra:
        query = delete(Slot).where(Slot.id == slot.id, *still).returning(Slot.id).execution_options(synchronize_session=False)
        has_left = session.scalar(query) is not None
        session.expunge(slot)
    else:
        planned_at = slot.planned_at or slot.fires_at
        state = SlotState.EMPTY if planned_at > clock.now() else SlotState.MISSED
        has_left = change(session, slot.id, *still, **(EMPTIED | {"state": state, "fires_at": planned_at})) is not None
        session.execute(delete(Replacement).where(Replacement.slot_id == slot.id))
    if not has_left:
        raise Conflict("This booking has just changed.", remedy="Load the page again to see what has changed.")


def _update(*conditions: ColumnElement[bool]) -> Update:
    return update(Slot).where(*conditions).execution_options(synchronize_session=False)
