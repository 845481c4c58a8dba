"""The states of an issue and what may follow what. A state changes only here, by an UPDATE that names the states it may come from."""

from collections.abc import Iterable

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.core import audit, clock
from service.core.errors import Conflict, NotFound
from service.issues.models import Issue, IssueState

# what an issue may become, from each state; `missed` and `needs_decision` lead back to the desk only while nothing was handed over,
# which the slot knows and booking.py looks at
MOVES: dict[IssueState, frozenset[IssueState]] = {
    IssueState.DRAFT: frozenset(
        {IssueState.IN_REVIEW, IssueState.SCHEDULED, IssueState.CANCELLED}  # without an approval step: booked at once
    ),
    IssueState.IN_REVIEW: frozenset({IssueState.APPROVED, IssueState.DRAFT}),
    IssueState.APPROVED: frozenset({IssueState.SCHEDULED, IssueState.DRAFT}),
    IssueState.SCHEDULED: frozenset(
        {IssueState.SENDING, IssueState.NEEDS_DECISION, IssueState.DRAFT, IssueState.CANCELLED, IssueState.MISSED}
    ),
    IssueState.SENDING: frozenset({IssueState.PAUSED, IssueState.SENT, IssueState.CANCELLED, IssueState.NEEDS_DECISION}),
    IssueState.PAUSED: frozenset({IssueState.SENDING, IssueState.SENT, IssueState.CANCELLED, IssueState.NEEDS_DECISION}),
    IssueState.NEEDS_DECISION: frozenset(
        {IssueState.SCHEDULED, IssueState.SENDING, IssueState.MISSED, IssueState.CANCELLED, IssueState.DRAFT}
    ),
    IssueState.MISSED: frozenset({IssueState.DRAFT, IssueState.SCHEDULED, IssueState.CANCELLED}),
    IssueState.SENT: frozenset({IssueState.SENDING}),  # again, to readers whom an operator names
    IssueState.CANCELLED: frozenset(),
}

EDITABLE = frozenset(
    {
        IssueState.DRAFT,
        IssueState.IN_REVIEW,
        IssueState.APPROVED,
        IssueState.SCHEDULED,
        IssueState.PAUSED,  # to correct it for those who have not got it yet (E12)
        IssueState.NEEDS_DECISION,
        IssueState.MISSED,
    }
)
BOOKABLE = frozenset({IssueState.DRAFT, IssueState.APPROVED, IssueState.SCHEDULED, IssueState.NEEDS_DECISION, IssueState.MISSED})


NOW = {
    IssueState.DRAFT: "The issue is a draft.",
    IssueState.IN_REVIEW: "The issue is in review.",
    IssueState.APPROVED: "The issue is approved and not booked.",
    IssueState.SCHEDULED: "The issue is booked and has not been started.",
    IssueState.SENDING: "The issue is being sent.",
    IssueState.PAUSED: "The issue is paused.",
    IssueState.NEEDS_DECISION: "The issue waits for a decision.",
    IssueState.SENT: "The issue was sent.",
    IssueState.CANCELLED: "The issue was cancelled.",
    IssueState.MISSED: "The issue has missed its slot.",
}
"""What is said where an issue is in another state than it would have to be."""


class WrongState(Conflict):
    """The issue is not in a state from which this can be done."""


def predecessors(to: IssueState) -> frozenset[IssueState]:
    """The states from which an issue may become `to`."""
    return frozenset(state for state, following in MOVES.items() if to in following)


def move(
    session: Session,
    issue_id: int,
    to: IssueState,
    *,
    user_id: int | None = None,
    from_: Iterable[IssueState] | None = None,
    is_told: bool = True,
) -> None:
    """Change the state if it is one of `from_` (default: every legal predecessor); the UPDATE itself is the lock.

    The audit log tells of it, unless the caller writes a line of its own (`is_told` False).
    Raises WrongState, which says the state it is in, NotFound where there is no such issue; ValueError for a move that is never legal.
    """
    allowed = predecessors(to)
    wanted = allowed if from_ is None else frozenset(from_)
    if not wanted or not wanted <= allowed:
        raise ValueError(f"no issue becomes {to} from {sorted(wanted - allowed) or 'anything'}")
    moved = session.scalar(
        update(Issue)
        .where(Issue.id == issue_id, Issue.state.in_(wanted))
        .values(state=to, changed_at=clock.now())
        .returning(Issue.id)
        .execution_options(synchronize_session=False)
    )
    if moved is None:
        raise _refusal(session, issue_id)
    issue = session.get(Issue, issue_id)
    if issue is not None:
        session.refresh(issue)
    if is_told:
        audit.record(session, f"issue.{to.value}", user_id=user_id, noun_id=issue_id)


def _refusal(session: Session, issue_id: int) -> Conflict | NotFound:
    state = session.scalar(select(Issue.state).where(Issue.id == issue_id))
    if state is None:
        return NotFound("There is no issue {id}.", id=issue_id)
    return WrongState(NOW[state], remedy="So this cannot be done. Look at where it stands: somebody may have been quicker.")
