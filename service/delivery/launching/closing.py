"""The end of an issue: cancelled ones are emptied, what has waited too long is given up, and what is through is closed with its counts.

The sweep's: what may concern a million readers takes the database, not a session, and works in transactions of its own.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from service.core import audit, clock
from service.core.database import Database
from service.delivery.launching import emptying
from service.delivery.ledger import doubts, tallies
from service.delivery.models import Batch, BatchState, Delivery, Launch
from service.delivery.pacing import backoff
from service.delivery.states import OVER, DeliveryState, SkipReason
from service.issues import workflow
from service.issues.models import Issue, IssueState


def skip_cancelled(database: Database) -> None:
    """Readers of cancelled issues, of large ones nearly all, and those who came back from a batch that a sender held (E12); in slices."""
    with database.reading() as session:
        cancelled = _unfinished(session, (IssueState.CANCELLED,))
    for issue_id in cancelled:
        while _is_left(database, issue_id):
            with database.writing() as session:
                emptying.skip(session, issue_id, SkipReason.CANCELLED, most=emptying.SLICE)


def give_up_old(database: Database) -> int:
    """What a sending issue still has to send past its age limit is not sent any more (E7), in slices; returns how many readers that ends.

    What is deferred is given up; what never had its turn within MAX_AGE is skipped, and no address is blamed for it. A paused issue waits
    for its operator, however long.
    """
    now, count = clock.now(), 0
    with database.reading() as session:
        old = session.execute(_old(now).order_by(Launch.issue_id)).all()
    for issue_id, started_at in old:
        is_left = True
        while is_left:
            with database.writing() as session:
                ended, is_left = _give_up_slice(session, issue_id, now, is_over=started_at + backoff.MAX_AGE <= now)
            count += ended
    return count


def _give_up_slice(session: Session, issue_id: int, now: datetime, *, is_over: bool) -> tuple[int, bool]:
    """How many readers that ends, and whether more are left; nobody, where somebody has meanwhile given the issue more time."""
    if session.execute(_old(now).where(Launch.issue_id == issue_id).with_for_update(of=Launch)).first() is None:
        return 0, False
    if emptying.has_retries(session, issue_id):
        return emptying.give_up(session, issue_id, most=emptying.SLICE), True
    if is_over and emptying.is_left(session, issue_id):
        return emptying.skip(session, issue_id, SkipReason.TOO_OLD, most=emptying.SLICE), True
    return 0, False


def _old(now: datetime) -> Select[int, datetime]:
    return (
        select(Launch.issue_id, Launch.started_at)
        .join(Issue, Issue.id == Launch.issue_id)
        .where(Launch.finished_at.is_(None), Issue.state == IssueState.SENDING, Launch.give_up_at <= now)
    )


def _is_left(database: Database, issue_id: int) -> bool:
    with database.reading() as session:
        return emptying.is_left(session, issue_id)


def close_finished(session: Session) -> list[int]:
    """Issues all of whose deliveries are final become sent, and keep their counts; returns their ids.

    Uncertain ones keep an issue open only as long as somebody may decide about them; it is then closed with as many `uncertain`, which
    late evidence may still settle. The cheap questions come first: deliveries are counted only once no batch, retry or doubt is left.
    """
    return [issue_id for issue_id in _unfinished(session, _RUNNING) if _close(session, issue_id)]


_RUNNING = (IssueState.SENDING, IssueState.PAUSED, IssueState.CANCELLED)


def counts(session: Session, issue_id: int) -> dict[str, int]:
    """How many deliveries of an issue are in each state."""
    rows = session.execute(select(Delivery.state, func.count()).where(Delivery.issue_id == issue_id).group_by(Delivery.state))
    return {state.value: count for state, count in rows}


def _close(session: Session, issue_id: int) -> bool:
    is_left = select(Batch.no).where(Batch.issue_id == issue_id, Batch.state != BatchState.DONE).limit(1)
    if session.scalar(is_left) is not None or emptying.has_retries(session, issue_id):
        return False
    if doubts.pending(session, issue_id):
        return False
    issue = session.execute(select(Issue.state).where(Issue.id == issue_id).with_for_update()).scalar_one()
    row = session.get_one(Launch, issue_id, with_for_update=True, populate_existing=True)
    found = counts(session, issue_id)  # after the lock: evidence that comes meanwhile waits for it, and corrects the stored counts
    if issue not in _RUNNING or row.finished_at is not None or any(DeliveryState(state) not in OVER for state in found):
        return False
    if tallies.refill(session, issue_id) == tallies.REFILLED:
        return False  # the next sweep counts the rest, in slices
    row.finished_at, row.counts = clock.now(), found
    session.flush()
    if issue is not IssueState.CANCELLED:
        workflow.move(session, issue_id, IssueState.SENT, from_=(issue,))
    audit.record(session, "issue.finished", user_id=None, noun_id=issue_id, **found)
    return True


def _unfinished(session: Session, states: Sequence[IssueState]) -> list[int]:
    return list(
        session.scalars(
            select(Launch.issue_id)
            .join(Issue, Issue.id == Launch.issue_id)
            .where(Launch.finished_at.is_(None), Issue.state.in_(states))
            .order_by(Launch.issue_id)
        )
    )
