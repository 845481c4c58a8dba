"""The end of an issue: cancelled ones are emptied, what has waited too long is given up, and what is through is closed with its counts."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from service.core import audit, clock
from service.core.database import changed
from service.delivery.launching import launch
from service.delivery.ledger import doubts, tallies
from service.delivery.models import Batch, BatchState, Delivery, Launch, Retry
from service.delivery.pacing import backoff
from service.delivery.reasons import Reason
from service.delivery.states import OVER, DeliveryState, SkipReason
from service.issues import workflow
from service.issues.models import Issue, IssueState


def skip_cancelled(session: Session) -> None:
    """Readers of cancelled issues who came back from a batch that was held at the time of the cancelling (E12)."""
    for issue_id in _unfinished(session, (IssueState.CANCELLED,)):
        launch.skip_rest(session, issue_id)


def give_up_old(session: Session) -> int:
    """What a sending issue still has to send past its age limit is not sent any more (E7); returns how many readers that leaves out.

    A server that kept deferring has had its chances: refused as expired. What waited for us, or never had its turn within MAX_AGE, is
    skipped, and no address is blamed for it. A paused issue waits for its operator, however long.
    """
    now = clock.now()
    old = (
        select(Launch.issue_id, Launch.started_at)
        .join(Issue, Issue.id == Launch.issue_id)
        .where(Launch.finished_at.is_(None), Issue.state == IssueState.SENDING, Launch.give_up_at <= now)
    )
    count = 0
    for issue_id, started_at in session.execute(old).all():
        count += _give_up_retries(session, issue_id, now)
        if started_at + backoff.MAX_AGE <= now:
            count += launch.skip_rest(session, issue_id, SkipReason.TOO_OLD)
    return count


def _give_up_retries(session: Session, issue_id: int, now: datetime) -> int:
    waits_for_us = Retry.next_at.is_(None)
    count = 0
    for retries, values in (
        (waits_for_us, {"state": DeliveryState.SKIPPED, "reason": SkipReason.TOO_OLD.value}),
        (~waits_for_us, {"state": DeliveryState.REFUSED, "reason": Reason.EXPIRED.value}),
    ):
        who = select(Retry.subscriber_id).where(Retry.issue_id == issue_id, retries)
        deferred = (Delivery.issue_id == issue_id, Delivery.subscriber_id.in_(who), Delivery.state == DeliveryState.DEFERRED)
        count += changed(session, update(Delivery).where(*deferred).values(changed_at=now, **values))
    if count:
        tallies.forget(session, issue_id)
    still = select(Delivery.subscriber_id).where(Delivery.issue_id == issue_id, Delivery.state == DeliveryState.DEFERRED)
    session.execute(delete(Retry).where(Retry.issue_id == issue_id, Retry.subscriber_id.not_in(still)))
    return count


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
    if session.scalar(is_left) is not None or session.scalar(select(Retry.issue_id).where(Retry.issue_id == issue_id).limit(1)) is not None:
        return False
    if doubts.pending(session, issue_id):
        return False
    issue = session.execute(select(Issue.state).where(Issue.id == issue_id).with_for_update()).scalar_one()
    row = session.get_one(Launch, issue_id, with_for_update=True, populate_existing=True)
    found = counts(session, issue_id)  # after the lock: evidence that comes meanwhile waits for it, and corrects the stored counts
    if issue not in _RUNNING or row.finished_at is not None or any(DeliveryState(state) not in OVER for state in found):
        return False
    row.finished_at, row.counts = clock.now(), found
    session.flush()
    tallies.refill(session, issue_id, most=row.batches)
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
