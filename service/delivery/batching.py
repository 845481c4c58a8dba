"""Batches: cut at the launch, claimed by one sender at a time under a lease. The token rises with each claim and fences stale writers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Update, bindparam, case, delete, func, insert, literal, select, tuple_, update
from sqlalchemy.orm import Session

from service.core.database import changed
from service.core.settings import Settings
from service.delivery import audience, instance, lanes, tallies
from service.delivery.audience import Recipient, Terms
from service.delivery.models import Batch, BatchState, Delivery, Launch, Retry
from service.delivery.states import DeliveryState
from service.issues.models import Issue, IssueState
from service.subscribers.models import Subscriber


@dataclass(frozen=True, slots=True)
class Claim:
    """A batch held under a lease: what to send, and the token with which its outcomes have to be written."""

    issue: Terms
    no: int
    lane: str
    token: int
    compiled_id: int
    give_up_at: datetime
    recipients: tuple[Recipient, ...]


def cut(session: Session, issue_id: int, now: datetime) -> None:
    """One open batch for each number that the freeze gave; a set, by the index (issue_id, batch_no)."""
    rows = (
        select(
            literal(issue_id),
            Delivery.batch_no,
            func.min(Subscriber.provider),  # the same for all of a batch
            func.count(),
            literal(BatchState.OPEN, Batch.state.type),
            literal(0),
            literal(now, Batch.next_at.type),
            literal(0),
        )
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(Delivery.issue_id == issue_id)
        .group_by(Delivery.batch_no)
    )
    columns = ["issue_id", "no", "lane", "size", "state", "token", "next_at", "accepted"]
    session.execute(insert(Batch).from_select(columns, rows, include_defaults=False))


def claim(session: Session, settings: Settings, lane: str, now: datetime, *, host: str, journal: str, after_issue: int = 0) -> Claim | None:
    """Take an open batch of the lane whose time has come, of the issue that follows `after_issue` (round robin); None where there is none.

    Row lock with SKIP LOCKED on PostgreSQL, the one write lock on SQLite: two claimers never meet on a batch. Index (state, lane, next_at).
    """
    if lanes.is_closed(session, lane, now) or _is_busy(session, settings, lane):
        return None
    row = session.execute(_NEXT, {"lane": lane, "now": now, "after_issue": after_issue}).first()
    if row is None or not lanes.admit_probe(session, lane, now, settings.lease_seconds):
        return None
    lease = {"lease_until": now + timedelta(seconds=settings.lease_seconds), "host": host, "journal": journal}
    batch = session.execute(_CLAIM, {"of_issue": row.issue_id, "of_no": row.no, "version": row.compiled_id, **lease}).one()
    terms = audience.terms(session, batch.issue_id)
    readers = tuple(audience.recipients(session, terms, batch.issue_id, batch.no))
    instance.count(session, settings)
    return Claim(terms, batch.no, lane, batch.token, row.compiled_id, row.give_up_at, readers)


# written once: for a batch of a few hundred readers, building these anew costs more than running them
_NEXT = (
    select(Batch.issue_id, Batch.no, Launch.compiled_id, Launch.give_up_at)
    .join(Issue, Issue.id == Batch.issue_id)
    .join(Launch, Launch.issue_id == Batch.issue_id)
    .where(
        Batch.state == BatchState.OPEN,
        Batch.lane == bindparam("lane"),
        Batch.next_at <= bindparam("now"),
        Issue.state == IssueState.SENDING,
    )
    .order_by(case((Batch.issue_id > bindparam("after_issue"), 0), else_=1), Batch.issue_id, Batch.next_at, Batch.no)
    .limit(1)
    .with_for_update(of=Batch, skip_locked=True)
)
_CLAIM = (
    update(Batch)
    .where(Batch.issue_id == bindparam("of_issue"), Batch.no == bindparam("of_no"), Batch.state == BatchState.OPEN)
    .values(
        state=BatchState.CLAIMED,
        token=Batch.token + 1,
        lease_until=bindparam("lease_until"),
        host=bindparam("host"),
        journal=bindparam("journal"),
        compiled_id=bindparam("version"),
    )
    .returning(Batch.issue_id, Batch.no, Batch.token)
    .execution_options(synchronize_session=False)
)


def renew(session: Session, claims: list[tuple[int, int, int]], lease_until: datetime) -> set[tuple[int, int, int]]:
    """Prolong the leases of these (issue, batch, token); returns those that are still held."""
    key = tuple_(Batch.issue_id, Batch.no, Batch.token)
    rows = session.execute(
        update(Batch)
        .where(key.in_(claims), Batch.state == BatchState.CLAIMED)
        .values(lease_until=lease_until)
        .returning(Batch.issue_id, Batch.no, Batch.token)
        .execution_options(synchronize_session=False)
    )
    return {(issue_id, no, token) for issue_id, no, token in rows}


def release(session: Session, issue_id: int, no: int, token: int, now: datetime, **values: Any) -> bool:
    """Give a claim back, with what is left of it; False, and nothing written, where the token is not the batch's any more.

    The batch is open again from `next_at` (in `values`, default now) while rows of it are queued, else done. Call it last in the
    transaction that records the outcomes, after `hold`.
    """
    values = {"lease_until": None, "host": None, "journal": None, "next_at": now, "recorded_at": now} | values
    key = {"of_issue": issue_id, "of_no": no, "of_token": token}
    return bool(changed(session, _releasing(tuple(values)), {**key, **values}))


def hold(session: Session, issue_id: int, no: int, token: int) -> bool:
    """Lock the batch's row for this transaction; False where the token is stale, so that nothing may be written."""
    row = session.execute(_HOLD, {"of_issue": issue_id, "of_no": no, "of_token": token}).first()
    return row is not None


def cut_retries(session: Session, settings: Settings, now: datetime) -> set[str]:
    """Make batches of the deferred deliveries that are due again: queued, in a new batch of their lane. Returns the lanes.

    Some hundreds at a time, so that the transaction stays short; the sweep calls again.
    """
    due = session.execute(
        select(Retry.issue_id, Retry.lane, Retry.subscriber_id)
        .join(Issue, Issue.id == Retry.issue_id)
        .where(Retry.next_at <= now, Issue.state == IssueState.SENDING)
        .order_by(Retry.issue_id, Retry.lane, Retry.subscriber_id)
        .limit(10 * settings.batch_size)
        .with_for_update(of=Retry, skip_locked=True)
    ).all()
    groups: dict[tuple[int, str], list[int]] = {}
    for issue_id, lane, subscriber_id in due:
        groups.setdefault((issue_id, lane), []).append(subscriber_id)
    for (issue_id, lane), subscribers in groups.items():
        size = lanes.batch_size(settings, lane)
        for start in range(0, len(subscribers), size):
            _requeue(session, issue_id, lane, subscribers[start : start + size], now)
    return {lane for _, lane in groups}


def _requeue(session: Session, issue_id: int, lane: str, subscribers: list[int], now: datetime) -> None:
    no = session.scalars(
        update(Launch)
        .where(Launch.issue_id == issue_id)
        .values(batches=Launch.batches + 1)
        .returning(Launch.batches)
        .execution_options(synchronize_session=False)
    ).one()
    deferred = (Delivery.issue_id == issue_id, Delivery.subscriber_id.in_(subscribers), Delivery.state == DeliveryState.DEFERRED)
    tallies.forget(session, issue_id, session.scalars(select(Delivery.batch_no).where(*deferred).distinct()).all())
    changed(session, update(Delivery).where(*deferred).values(state=DeliveryState.QUEUED, batch_no=no, changed_at=now))
    session.execute(delete(Retry).where(Retry.issue_id == issue_id, Retry.subscriber_id.in_(subscribers)))
    session.add(Batch(issue_id=issue_id, no=no, lane=lane, size=len(subscribers), next_at=now))
    session.flush()


def wanted(session: Session, settings: Settings, now: datetime) -> list[str]:
    """The lanes that want a sender, each as often as it wants one: for its due batches, less the senders already at work there."""
    free = settings.worker_processes
    due = session.execute(
        select(Batch.lane, func.count())
        .join(Issue, Issue.id == Batch.issue_id)
        .where(Batch.state == BatchState.OPEN, Batch.next_at <= now, Issue.state == IssueState.SENDING)
        .group_by(Batch.lane)
        .order_by(Batch.lane)
    ).all()
    held = select(Batch.lane, func.count()).where(Batch.state == BatchState.CLAIMED, Batch.lease_until > now).group_by(Batch.lane)
    at_work: dict[str, int] = dict(session.execute(held).all())
    found = []
    for lane, count in due:
        if not lanes.is_closed(session, lane, now):
            most = lanes.most_batches(settings, lane) or free
            found += [lane] * max(0, min(count, most - at_work.get(lane, 0)))
    return found


def _is_busy(session: Session, settings: Settings, lane: str) -> bool:
    most = lanes.most_batches(settings, lane)
    if most is None:
        return False
    held = session.scalar(select(func.count()).where(Batch.state == BatchState.CLAIMED, Batch.lane == lane)) or 0
    return held >= most


_HELD = (
    Batch.issue_id == bindparam("of_issue"),
    Batch.no == bindparam("of_no"),
    Batch.token == bindparam("of_token"),
    Batch.state == BatchState.CLAIMED,
)
_HOLD = select(Batch.no).where(*_HELD).with_for_update()


@cache
def _releasing(names: tuple[str, ...]) -> Update:
    left = (
        select(Delivery.subscriber_id)
        .where(Delivery.issue_id == Batch.issue_id, Delivery.batch_no == Batch.no, Delivery.state == DeliveryState.QUEUED)
        .exists()
    )
    state = case((left, literal(BatchState.OPEN, Batch.state.type)), else_=literal(BatchState.DONE, Batch.state.type))
    return update(Batch).where(*_HELD).values(state=state, **{name: bindparam(name) for name in names})
