"""What a person decides about an issue that waits: go on, by itself or with all that are booked. Cancelling is launch's and booking's."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.core import audit, clock
from service.core.errors import Conflict
from service.core.settings import Settings
from service.delivery import questions
from service.delivery.launching import asking_hosts, launch
from service.delivery.models import Launch, Question
from service.delivery.questions import Asked
from service.issues import workflow
from service.issues.models import Issue, IssueState
from service.schedule import booking, readiness
from service.schedule.models import Slot, SlotState
from service.schedule.readiness import Readiness


def go_on(session: Session, settings: Settings, issue_id: int, *, user_id: int | None) -> IssueState:
    """Let it go on where it stood; returns the state it is in then.

    What was started is sent to those who have not got it as far as is known; what is booked keeps its slot; what is late starts now.
    A late one that may have been sent already, before the database forgot it, is only written into the ledger, so that the hosts can mark
    whom they remember; it then needs this decision once more. Raises Conflict, NotReady, WrongState.
    """
    asked = questions.open_for(session, issue_id)
    if session.get(Launch, issue_id) is not None:
        launch.resume(session, issue_id, user_id=user_id, is_decided=True)
        return _closed(session, issue_id, IssueState.SENDING, user_id)
    slot = booking.slot_of(session, issue_id)
    if slot is None:
        raise Conflict("This issue is not booked.", remedy="Book it into a slot.")
    if slot.fires_at > clock.now():
        workflow.move(session, issue_id, IssueState.SCHEDULED, user_id=user_id, from_=(IssueState.NEEDS_DECISION,))
        return _closed(session, issue_id, IssueState.SCHEDULED, user_id)
    if readiness.of(slot) is not Readiness.READY:
        raise launch.NotReady("The issue has no finished version to send.", remedy="Open the issue and fix what is marked as an error.")
    _start(session, settings, slot, user_id)
    doubts = [one for one in asked if one.is_about_the_database]
    is_waiting = session.get_one(Issue, issue_id).state is IssueState.NEEDS_DECISION  # for the machines: asking_hosts
    if not doubts:
        return IssueState.NEEDS_DECISION if is_waiting else _closed(session, issue_id, IssueState.SENDING, user_id)
    if not is_waiting:
        workflow.move(session, issue_id, IssueState.NEEDS_DECISION, user_id=user_id, from_=(IssueState.SENDING,))
    questions.ask(session, issue_id, doubts[0].kind, was=IssueState.SENDING, **doubts[0].values)
    return IssueState.NEEDS_DECISION


def go_on_by_themselves(session: Session) -> list[int]:
    """What waited for the machines alone, and now need not, is sent to the others; returns its ids. Of two callers one does it."""
    gone = []
    for issue_id in asking_hosts.answered(session, clock.now()):
        try:
            with session.begin_nested():
                launch.resume(session, issue_id, user_id=None, with_lanes=False, is_decided=True)
        except Conflict:
            continue  # cancelled or resumed meanwhile
        gone.append(issue_id)
    return gone


def keep_slots(session: Session, *, user_id: int | None) -> list[int]:
    """Every issue that waits only because of the database, and whose slot is still to come, goes out at it; returns their ids."""
    kept = []
    for issue_id in waiting_for_their_slots(session, clock.now()):
        workflow.move(session, issue_id, IssueState.SCHEDULED, user_id=user_id, from_=(IssueState.NEEDS_DECISION,))
        _closed(session, issue_id, IssueState.SCHEDULED, user_id)
        kept.append(issue_id)
    return kept


def waiting_for_their_slots(session: Session, now: datetime) -> list[int]:
    """The issues that `keep_slots` is about."""
    kinds = [kind.value for kind in questions.ABOUT_THE_DATABASE]
    about = select(Question.issue_id).where(
        Question.answered_at.is_(None), Question.kind.in_(kinds), Question.was == IssueState.SCHEDULED.value
    )
    return list(
        session.scalars(
            select(Issue.id)
            .join(Slot, Slot.issue_id == Issue.id)
            .where(Issue.state == IssueState.NEEDS_DECISION, Slot.state == SlotState.BOOKED, Slot.fires_at > now, Issue.id.in_(about))
            .order_by(Issue.id)
        )
    )


def may_get_two(asked: Asked, unsent: int) -> int:
    """How many readers may get the issue twice at most: of those unsent, as many as the hosts know of more and have not marked."""
    if not asked.is_about_the_database:
        return 0
    most: int | None = asked.values.get("most_readers")
    recalled: dict[str, int] = asked.values.get("recalled", {})
    return unsent if most is None else min(unsent, max(0, most - sum(recalled.values())))


def _start(session: Session, settings: Settings, slot: Slot, user_id: int | None) -> None:
    launch.start(session, settings, slot.issue_id or 0, slot.compiled_id or 0, user_id=user_id)
    slot.state, slot.changed_at = SlotState.LAUNCHED, clock.now()
    session.flush()


def _closed(session: Session, issue_id: int, state: IssueState, user_id: int | None) -> IssueState:
    questions.close(session, issue_id, answer="go_on")
    audit.record(session, "issue.decided", user_id=user_id, noun_id=issue_id, answer="go_on", state=state.value)
    return state
