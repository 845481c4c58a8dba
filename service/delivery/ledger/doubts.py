"""Uncertain deliveries as rows of their own, few and indexed: noted when they are recorded, read by whoever may settle or show them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy import insert as plain_insert
from sqlalchemy.orm import Session

from service.core import logs
from service.core.database import among
from service.core.settings import Settings
from service.delivery.models import Attempt, Batch, Delivery, Doubt, Known
from service.delivery.states import DeliveryState
from service.delivery.transports.protocol import Result
from service.subscribers.models import Subscriber

DRAIN_SECONDS = 60.0
"""Longest from a claim to its last hand-over (a drain ends after 20 s), generously."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One open doubt as a page shows it; the address is masked, and empty where the reader was erased."""

    subscriber_id: int
    address: str
    lane: str
    cause: str
    known: Known
    since: datetime
    is_left: bool
    maybe_duplicate: bool


def note(
    session: Session, settings: Settings, issue_id: int, no: int, lane: str, uncertain: Collection[tuple[int, Result]], now: datetime
) -> None:
    """Open a doubt for each of these readers whose delivery has just become uncertain; call it before their attempts are written."""
    if not uncertain:
        return
    ids = [subscriber_id for subscriber_id, _ in uncertain]
    theirs = (Delivery.issue_id == issue_id, among(session, Delivery.subscriber_id, ids), Delivery.state == DeliveryState.UNCERTAIN)
    already = select(Doubt.subscriber_id).where(Doubt.issue_id == issue_id, Doubt.settled_at.is_(None))
    new = set(session.scalars(select(Delivery.subscriber_id).where(*theirs, Delivery.subscriber_id.not_in(already))))
    after = _handed_after(session, settings, issue_id, no, ids, now)
    rows = [
        {
            "issue_id": issue_id,
            "subscriber_id": subscriber_id,
            "lane": lane,
            "reason": result.reason.value,
            "cause": logs.mask_text(result.text),
            "since": now,
            "handed_after": after[subscriber_id],
            "known": Known.NOTHING,
            "words": "",
        }
        for subscriber_id, result in uncertain
        if subscriber_id in new
    ]
    if rows:
        session.execute(plain_insert(Doubt), rows)


def is_open() -> ColumnElement[bool]:
    """Nothing has settled it yet."""
    return Doubt.settled_at.is_(None)


def is_pending() -> ColumnElement[bool]:
    """Somebody, or the newsletter's policy, may still send it again, so its issue is not closed."""
    return Doubt.settled_at.is_(None) & Doubt.left_at.is_(None)


def pending(session: Session, issue_id: int) -> int:
    """How many of an issue wait for a decision; the partial index of open doubts."""
    return session.scalar(select(func.count()).select_from(Doubt).where(Doubt.issue_id == issue_id, is_pending())) or 0


def pending_by_issue(session: Session) -> dict[int, int]:
    """The issues about which somebody may decide, each with how many."""
    rows = session.execute(select(Doubt.issue_id, func.count()).where(is_pending()).group_by(Doubt.issue_id).order_by(Doubt.issue_id))
    return dict(rows.all())


def pending_among(session: Session, issue_id: int, who: Collection[int] | None) -> list[int]:
    """Those of these readers (None: of all) about whom somebody may still decide."""
    these = [] if who is None else [among(session, Doubt.subscriber_id, who)]
    return list(session.scalars(select(Doubt.subscriber_id).where(Doubt.issue_id == issue_id, is_pending(), *these)))


def open_among(session: Session, issue_id: int, who: Collection[int]) -> list[int]:
    """Those of these readers whose delivery is in doubt."""
    these = (Doubt.issue_id == issue_id, is_open(), among(session, Doubt.subscriber_id, list(who)))
    return list(session.scalars(select(Doubt.subscriber_id).where(*these)))


def open_ones(session: Session, issue_id: int, *, limit: int = 50) -> list[Waiting]:
    """The oldest open doubts of an issue, those that wait for a decision first."""
    rows = session.execute(
        select(Doubt, Subscriber.email, Delivery.maybe_duplicate)
        .join(Delivery, (Delivery.issue_id == Doubt.issue_id) & (Delivery.subscriber_id == Doubt.subscriber_id))
        .outerjoin(Subscriber, Subscriber.id == Doubt.subscriber_id)
        .where(Doubt.issue_id == issue_id, is_open())
        .order_by(Doubt.left_at.is_not(None), Doubt.since, Doubt.subscriber_id)
        .limit(limit)
    )
    return [
        Waiting(
            doubt.subscriber_id,
            logs.mask(email) if email else "",
            doubt.lane,
            doubt.cause,
            doubt.known,
            doubt.since,
            doubt.left_at is not None,
            maybe_duplicate,
        )
        for doubt, email, maybe_duplicate in rows
    ]


def of_reader(session: Session, issue_id: int, subscriber_id: int) -> list[Doubt]:
    """Every doubt there was about one delivery, the oldest first."""
    own = (Doubt.issue_id == issue_id, Doubt.subscriber_id == subscriber_id)
    return list(session.scalars(select(Doubt).where(*own).order_by(Doubt.id)))


def _handed_after(session: Session, settings: Settings, issue_id: int, no: int, ids: Collection[int], now: datetime) -> dict[int, datetime]:
    """A moment before which this try cannot have begun: its claim's, at the earliest, and after the answer to the try before."""
    lease_until = session.scalar(select(Batch.lease_until).where(Batch.issue_id == issue_id, Batch.no == no))
    claimed = min(now, lease_until or now) - timedelta(seconds=settings.lease_seconds + settings.reply_timeout_seconds + DRAIN_SECONDS)
    earlier = session.execute(
        select(Attempt.subscriber_id, func.max(Attempt.at))
        .where(Attempt.issue_id == issue_id, among(session, Attempt.subscriber_id, ids))
        .group_by(Attempt.subscriber_id)
    )
    answered = {subscriber_id: at for subscriber_id, at in earlier}  # noqa: C416 - rows are not pairs to the type checker
    return {subscriber_id: max(claimed, answered.get(subscriber_id, claimed)) for subscriber_id in ids}
