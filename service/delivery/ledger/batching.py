"""Batches: cut at the launch, claimed by one sender at a time under a lease. The token rises with each claim and fences stale writers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Row, Update, bindparam, case, delete, func, insert, literal, or_, select, tuple_, update
from sqlalchemy.orm import Session

from service.core.database import among, changed
from service.core.settings import Settings
from service.delivery.identity import instance
from service.delivery.ledger import audience, tallies
from service.delivery.ledger.audience import Recipient, Terms
from service.delivery.models import Batch, BatchState, Delivery, Launch, Retry
from service.delivery.pacing import backoff, lanes, pace, relays
from service.delivery.states import DeliveryState
from service.issues.models import Issue, IssueState
from service.newsletters.models import Newsletter
from service.subscribers.models import Subscriber

RECENT_SECONDS = 60.0
"""What was accepted within it makes the rate that pages show (queries.py)."""
SOON_SECONDS = 20.0
"""So far ahead a pace may lie for which a sender is still called: as long as one drain."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A batch held under a lease: what to send, and the token with which its outcomes have to be written.

    Where a pace is kept, `recipients` are only as many of its readers as may go now.
    """

    issue: Terms
    no: int
    lane: str
    token: int
    compiled_id: int
    give_up_at: datetime
    next_at: datetime
    is_probe: bool  # the place was in trouble: this one mail tries it
    is_paced: bool  # only some of its readers may go now: the others stay for a later claim
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
    row = session.execute(_NEXT, {"lane": lane, "now": now, "after_issue": after_issue, "too_old": now - backoff.MAX_AGE}).first()
    if row is None:
        return None
    most = pace.room(session, settings, lane, now)
    is_probe = lanes.admit_probe(session, lane, now, settings.lease_seconds) if most != 0 else False
    if is_probe is False:
        return None
    most = 1 if is_probe else most
    values: tuple[Any, ...] = tuple(row)
    terms = Terms(*values[_OF_BATCH:])
    readers = tuple(audience.recipients(session, terms, terms.issue_id, row.no, most=most))
    lease = {"lease_until": now + timedelta(seconds=settings.lease_seconds), "host": host, "journal": journal}
    grant = {"of_issue": terms.issue_id, "of_no": row.no, "version": terms.compiled_id, "granted": None if most is None else len(readers)}
    token = session.execute(_CLAIM, {**grant, **lease}).scalar_one()
    pace.spend(session, settings, lane, sum(reader.barrier is None for reader in readers), now)
    instance.count(session, settings)
    return Claim(terms, row.no, lane, token, row.compiled_id, row.give_up_at, row.next_at, is_probe is True, most is not None, readers)


# written once: for a batch of a few hundred readers, building these anew costs more than running them
_OF_BATCH = 3  # columns, before those of the terms
_NEXT = (
    select(Batch.no, Batch.next_at, Launch.give_up_at, *audience.TERMS)
    .join(Issue, Issue.id == Batch.issue_id)
    .join(Newsletter, Newsletter.id == Issue.newsletter_id)
    .join(Launch, Launch.issue_id == Batch.issue_id)
    .where(
        Batch.state == BatchState.OPEN,
        Batch.lane == bindparam("lane"),
        Batch.next_at <= bindparam("now"),
        Issue.state == IssueState.SENDING,
        or_(Launch.give_up_at > bindparam("now"), Launch.started_at > bindparam("too_old")),  # else the sweep skips it (E7)
    )
    .order_by(Batch.is_first.desc(), case((Batch.issue_id > bindparam("after_issue"), 0), else_=1), Batch.issue_id, Batch.next_at, Batch.no)
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
    .returning(Batch.token)
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
    values = {"lease_until": None, "host": None, "journal": None, "granted": None, "next_at": now, "recorded_at": now} | values
    key = {"of_issue": issue_id, "of_no": no, "of_token": token, "recent_at": now - timedelta(seconds=RECENT_SECONDS)}
    return bool(changed(session, _releasing(tuple(values)), {**key, **values}))


def hold(session: Session, issue_id: int, no: int, token: int) -> bool:
    """Lock the batch's row for this transaction; False where the token is stale, so that nothing may be written."""
    row = session.execute(_HOLD, {"of_issue": issue_id, "of_no": no, "of_token": token}).first()
    return row is not None


def cut_retries(session: Session, settings: Settings, now: datetime) -> set[str]:
    """Make batches of the deferred deliveries that are due again: queued, in a new batch of their lane. Returns the lanes.

    Some hundreds at a time, so that the transaction stays short; the sweep calls again. An issue whose deliveries somebody else is just
    moving is left to the next sweep.
    """
    groups: dict[tuple[int, str, bool], list[int]] = {}
    for issue_id, lane, is_first, subscriber_id in _due_retries(session, now, 10 * settings.batch_size):
        groups.setdefault((issue_id, lane, is_first), []).append(subscriber_id)
    for (issue_id, lane, is_first), subscribers in groups.items():
        requeue(session, settings, issue_id, lane, subscribers, now, is_first=is_first)
    return {lane for _, lane, _ in groups}


def _due_retries(session: Session, now: datetime, most: int) -> Sequence[Row[int, str, bool, int]]:
    """Of the issues whose launches could be locked (locking.py); index (next_at)."""
    is_due = Retry.next_at <= now
    held = session.scalars(
        select(Launch.issue_id)
        .join(Issue, Issue.id == Launch.issue_id)
        .where(Launch.issue_id.in_(select(Retry.issue_id).where(is_due)), Issue.state == IssueState.SENDING)
        .order_by(Launch.issue_id)
        .with_for_update(of=Launch, skip_locked=True)
    ).all()
    return session.execute(
        select(Retry.issue_id, Retry.lane, Retry.is_first, Retry.subscriber_id)
        .where(is_due, Retry.issue_id.in_(held))
        .order_by(Retry.is_first.desc(), Retry.issue_id, Retry.lane, Retry.subscriber_id)
        .limit(most)
    ).all()


def requeue(
    session: Session,
    settings: Settings,
    issue_id: int,
    lane: str,
    subscribers: Sequence[int],
    now: datetime,
    *,
    is_first: bool,
    from_: Collection[DeliveryState] = (DeliveryState.DEFERRED,),
) -> None:
    """Queue these deliveries of one lane again, in new batches; those that are in none of the states `from_` are left alone."""
    size = lanes.batch_size(settings, lane)
    for start in range(0, len(subscribers), size):
        _new_batch(session, issue_id, lane, subscribers[start : start + size], now, is_first=is_first, from_=from_)


def _new_batch(
    session: Session,
    issue_id: int,
    lane: str,
    subscribers: Sequence[int],
    now: datetime,
    *,
    is_first: bool,
    from_: Collection[DeliveryState],
) -> None:
    no = session.scalars(
        update(Launch)
        .where(Launch.issue_id == issue_id)
        .values(batches=Launch.batches + 1)
        .returning(Launch.batches)
        .execution_options(synchronize_session=False)
    ).one()
    these = (Delivery.issue_id == issue_id, among(session, Delivery.subscriber_id, subscribers), Delivery.state.in_(from_))
    tallies.forget(session, issue_id, session.scalars(select(Delivery.batch_no).where(*these).distinct()).all())
    count = changed(session, update(Delivery).where(*these).values(state=DeliveryState.QUEUED, reason=None, batch_no=no, changed_at=now))
    session.execute(delete(Retry).where(Retry.issue_id == issue_id, among(session, Retry.subscriber_id, subscribers)))
    if count:
        session.add(Batch(issue_id=issue_id, no=no, lane=lane, size=count, next_at=now, is_first=is_first))
        session.flush()


def wanted(session: Session, settings: Settings, now: datetime) -> list[str]:
    """The lanes that want a sender, each as often as it wants one: for its due batches, less the senders already at work there.

    A lane with a pace of its own wants one, and only where its pace allows something soon: whoever sends looks at every lane.
    """
    held = select(Batch.lane, func.count()).where(Batch.state == BatchState.CLAIMED, Batch.lease_until > now).group_by(Batch.lane)
    at_work: dict[str, int] = dict(session.execute(held).all())
    found = []
    for lane, count in _due(session, now):
        if pace.ready_at(session, settings, lane, now) <= now + timedelta(seconds=SOON_SECONDS):
            most = settings.worker_processes if relays.of_lane(settings, lane).is_none else 1
            found += [lane] * max(0, min(count, most - at_work.get(lane, 0)))
    return found


def ready(session: Session, settings: Settings, now: datetime) -> list[tuple[datetime, str]]:
    """The lanes with due batches and from when each is granted something, those with a pace of their own first, then the longest ready."""
    found = [(pace.ready_at(session, settings, lane, now), lane) for lane, _ in _due(session, now)]
    return sorted(found, key=lambda each: (each[0], relays.of_lane(settings, each[1]).is_none, each[1]))


def _due(session: Session, now: datetime) -> list[tuple[str, int]]:
    """Lanes that are open and have batches whose time has come, and how many; index (state, lane, next_at)."""
    closed = lanes.closed(session, now)
    if lanes.EVERY in closed:
        return []
    return [(lane, count) for lane, count in session.execute(_DUE, {"now": now}) if lane not in closed]


_DUE = (
    select(Batch.lane, func.count())
    .join(Issue, Issue.id == Batch.issue_id)
    .where(Batch.state == BatchState.OPEN, Batch.next_at <= bindparam("now"), Issue.state == IssueState.SENDING)
    .group_by(Batch.lane)
    .order_by(Batch.lane)
)


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
    values: dict[str, Any] = {name: bindparam(name) for name in names}
    if "accepted" in values:  # a pace takes a batch in parts: those of the last minute count together
        is_recent = Batch.recorded_at > bindparam("recent_at", type_=Batch.recorded_at.type)
        values["accepted"] = case((is_recent, Batch.accepted + bindparam("accepted")), else_=bindparam("accepted"))
    return update(Batch).where(*_HELD).values(state=state, **values)
