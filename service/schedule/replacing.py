"""A newer text for a slot in its last half hour: made ready beside the approved one, shown, and swapped in by a person.

The slot itself is never changed before that: at the hour, what is approved then is what goes out.
"""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.core import audit, clock, jobs
from service.core.errors import Conflict, NotFound
from service.issues import queries as issues
from service.schedule import booking, readiness
from service.schedule.models import Replacement, Slot, SlotState

JOB = "compile_replacement"  # argument replacement_id


def ask(session: Session, slot_id: int, revision_id: int, *, user_id: int | None) -> Replacement:
    """Ask for this text's version beside the approved one; one that was asked for before is dropped.

    Raises Conflict where nothing is approved in the slot (then the text is simply booked), NotBookable.
    """
    slot = _approved(session, slot_id)
    issues.revision(session, slot.issue_id or 0, revision_id)
    booking.refuse_blocked(session, slot.issue_id or 0, revision_id, slot.fires_at)
    session.execute(delete(Replacement).where(Replacement.slot_id == slot_id))
    wanted = Replacement(slot_id=slot_id, revision_id=revision_id, problems=[], asked_by=user_id, asked_at=clock.now())
    session.add(wanted)
    session.flush()
    jobs.ask(session, JOB, key=f"{JOB}:{slot_id}:{wanted.asked_at.timestamp():.6f}:{revision_id}", replacement_id=wanted.id)
    audit.record(session, "slot.replacement_asked", user_id=user_id, noun_id=slot_id, issue=slot.issue_id, revision=revision_id)
    return wanted


def made_ready(session: Session, replacement_id: int, compiled_id: int) -> bool:
    """The newer version is ready to be swapped in; False where nobody waits for it any more."""
    wanted = session.get(Replacement, replacement_id, populate_existing=True)
    if wanted is None:
        return False
    wanted.compiled_id, wanted.problems = compiled_id, []
    session.flush()
    return True


def could_not_be_made_ready(session: Session, replacement_id: int, problems: list[dict[str, object]]) -> None:
    """Why there is no newer version; the approved one stays."""
    wanted = session.get(Replacement, replacement_id, populate_existing=True)
    if wanted is not None:
        wanted.compiled_id, wanted.problems = None, problems
        session.flush()


def swap(session: Session, slot_id: int, *, compiled_id: int | None = None, user_id: int | None) -> Slot:
    """The newer version becomes the approved one; `compiled_id` is the one the person has seen.

    Raises NotFound where none is ready, Conflict where another is, or where the slot has gone out: the UPDATE is the lock.
    """
    wanted, slot = of(session, slot_id), booking.get(session, slot_id)
    if wanted is None or wanted.compiled_id is None:
        raise NotFound("There is no newer version that is ready.", remedy="Have it made first; until then the approved one goes out.")
    if compiled_id not in (None, wanted.compiled_id):
        raise Conflict("Another version has been made meanwhile.", remedy="Look at it, then swap it in.")
    values: dict[str, object] = {
        "revision_id": wanted.revision_id,
        "compiled_id": wanted.compiled_id,
        "compiled_revision_id": wanted.revision_id,
        "problems": [],
        "booked_by": user_id,
        "booked_at": clock.now(),
    }
    swapped = booking.change(session, slot_id, Slot.state == SlotState.BOOKED, Slot.issue_id == slot.issue_id, **values)
    if swapped is None:
        raise booking.taken(session, slot_id)
    session.execute(delete(Replacement).where(Replacement.slot_id == slot_id))
    audit.record(session, "slot.replaced", user_id=user_id, noun_id=slot_id, issue=swapped.issue_id)
    return swapped


def drop(session: Session, slot_id: int, *, user_id: int | None) -> None:
    """Keep what is approved. Raises NotFound where nothing was to take its place."""
    if of(session, slot_id) is None:
        raise NotFound("Nothing is to take the place of what is approved.")
    session.execute(delete(Replacement).where(Replacement.slot_id == slot_id))
    audit.record(session, "slot.replacement_dropped", user_id=user_id, noun_id=slot_id)


def of(session: Session, slot_id: int) -> Replacement | None:
    """What is being made, or is ready, to take the place of the approved version."""
    return session.scalar(select(Replacement).where(Replacement.slot_id == slot_id).execution_options(populate_existing=True))


def _approved(session: Session, slot_id: int) -> Slot:
    slot = booking.get(session, slot_id)
    if slot.state is SlotState.BOOKED and readiness.is_approved(slot):
        return slot
    if slot.state is SlotState.BOOKED:
        raise Conflict("Nothing is ready in this slot yet, so nothing can be replaced.", remedy="Book the newer text on the issue's page.")
    raise booking.taken(session, slot_id)
