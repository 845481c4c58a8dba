"""What is still to be sent of an issue goes to nobody any more: skipped or given up, in slices, so that no transaction lasts long.

Open batches and retries say what is left, so nothing is scanned. Whoever is in a batch that a sender holds is that sender's.
"""

from collections import defaultdict
from collections.abc import Callable, Collection
from itertools import accumulate, takewhile

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from service.core import clock
from service.core.database import among, changed
from service.delivery.ledger import locking, tallies
from service.delivery.models import Batch, BatchState, Delivery, Retry
from service.delivery.reasons import Reason
from service.delivery.states import DeliveryState, SkipReason

SLICE = 20_000
"""Readers, about, whom one transaction of the sweep leaves out: some tenths of a second, for which other writers wait on SQLite."""
MOST_BATCHES = 1000
"""Likewise, where a lane's pace makes small batches."""

Ending = tuple[DeliveryState, str]


def is_left(session: Session, issue_id: int) -> bool:
    """Whether anybody is still to be sent to whom no sender holds."""
    return session.scalar(_open(issue_id).limit(1)) is not None or has_retries(session, issue_id)


def has_retries(session: Session, issue_id: int) -> bool:
    """Whether a delivery of this issue is deferred."""
    return session.scalar(select(Retry.issue_id).where(Retry.issue_id == issue_id).limit(1)) is not None


def skip(session: Session, issue_id: int, reason: SkipReason, *, most: int | None = None) -> int:
    """Skip about `most` (None: all) of those still to be sent to; returns how many. With `is_left` after it, until nobody is.

    Those whom a sender holds come back when their batch is recorded. A claim under way is waited for and then counts as held, so that
    nobody who is being handed over is called skipped.
    """
    locking.hold(session, issue_id)
    count, nos = 0, _close_batches(session, issue_id, most)
    if nos:
        queued = (Delivery.issue_id == issue_id, among(session, Delivery.batch_no, nos), Delivery.state == DeliveryState.QUEUED)
        values = {"state": DeliveryState.SKIPPED, "reason": reason.value, "changed_at": clock.now()}
        count = changed(session, update(Delivery).where(*queued).values(**values))
        tallies.forget(session, issue_id, nos)
    if most is None or not nos:
        count += _end_retries(session, issue_id, most, lambda _waits_for_us: (DeliveryState.SKIPPED, reason.value))
    return count


def give_up(session: Session, issue_id: int, *, most: int | None = None) -> int:
    """End about `most` of the issue's deferred deliveries; returns how many. With `has_retries` after it, until none is left.

    A server that kept deferring has had its chances: refused as expired. What waited for us is skipped, and no address is blamed (A12).
    """
    locking.hold(session, issue_id)
    return _end_retries(session, issue_id, most, _ending_of_old)


def _ending_of_old(waits_for_us: bool) -> Ending:
    if waits_for_us:
        return DeliveryState.SKIPPED, SkipReason.TOO_OLD.value
    return DeliveryState.REFUSED, Reason.EXPIRED.value


def _close_batches(session: Session, issue_id: int, most: int | None) -> list[int]:
    """The next open batches are done; their numbers."""
    limit = None if most is None else MOST_BATCHES
    rows = session.execute(_open(issue_id).add_columns(Batch.size).order_by(Batch.no).limit(limit).with_for_update()).all()
    before = accumulate((size for _, size in rows), initial=0)
    nos = [no for (no, _), _ in takewhile(lambda each: most is None or each[1] < most, zip(rows, before, strict=False))]
    changed(session, update(Batch).where(Batch.issue_id == issue_id, among(session, Batch.no, nos)).values(state=BatchState.DONE))
    return nos


def _end_retries(session: Session, issue_id: int, most: int | None, ending: Callable[[bool], Ending]) -> int:
    waiting = select(Retry.subscriber_id, Retry.next_at.is_(None)).where(Retry.issue_id == issue_id).order_by(Retry.subscriber_id)
    by_ending: dict[Ending, list[int]] = defaultdict(list)
    for subscriber_id, waits_for_us in session.execute(waiting.limit(most)):
        by_ending[ending(waits_for_us)].append(subscriber_id)
    count = sum(_end(session, issue_id, ids, *end) for end, ids in by_ending.items())
    ended = [subscriber_id for ids in by_ending.values() for subscriber_id in ids]
    changed(session, delete(Retry).where(Retry.issue_id == issue_id, among(session, Retry.subscriber_id, ended)))
    return count


def _end(session: Session, issue_id: int, who: Collection[int], state: DeliveryState, reason: str) -> int:
    deferred = (Delivery.issue_id == issue_id, among(session, Delivery.subscriber_id, who), Delivery.state == DeliveryState.DEFERRED)
    statement = update(Delivery).where(*deferred).values(state=state, reason=reason, changed_at=clock.now()).returning(Delivery.batch_no)
    nos = session.scalars(statement, execution_options={"synchronize_session": False}).all()
    tallies.forget(session, issue_id, set(nos))
    return len(nos)


def _open(issue_id: int) -> Select[int]:
    return select(Batch.no).where(Batch.issue_id == issue_id, Batch.state == BatchState.OPEN)
