"""Who gets an issue: the audience as one frozen set, and whether a reader of it may still be sent to.

Launch and hand-over ask the same question (`_barrier`): what keeps a reader out of the audience also stops a mail just before it leaves.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Case, ColumnElement, Integer, Select, and_, bindparam, case, cast, false, func, insert, literal, null, select, true
from sqlalchemy.orm import Session

from service.core.database import among
from service.core.errors import NotFound
from service.delivery.models import Delivery, Launch
from service.delivery.states import DeliveryState, SkipReason
from service.issues.models import Issue, IssueState
from service.newsletters.models import Newsletter, OpenMeasurement
from service.subscribers.models import Standing, Subscriber, Subscription, Suppression


@dataclass(frozen=True, slots=True)
class Terms:
    """What of an issue decides on its readers."""

    issue_id: int
    newsletter_id: int
    is_advertising: bool
    open_measurement: OpenMeasurement
    state: IssueState
    created_at: datetime
    compiled_id: int | None = None  # the version its readers get now; None while it is not launched


class Recipient(NamedTuple):
    """One reader of a claimed batch. `barrier` says why nothing is to be sent after all."""

    subscriber_id: int
    email: str
    name: str
    language: str
    is_tracked: bool  # at the launch and still
    was_tracked: bool  # at the launch
    tries: int
    barrier: SkipReason | None = None


def terms(session: Session, issue_id: int) -> Terms:
    """The terms of an issue. Raises NotFound."""
    row = session.execute(_TERMS, {"issue": issue_id}).one_or_none()
    if row is None:
        raise NotFound("There is no issue {id}.", id=issue_id)
    return Terms(*row)


TERMS = (
    Issue.id,
    Issue.newsletter_id,
    Issue.is_advertising,
    Newsletter.open_measurement,
    Issue.state,
    Issue.created_at,
    Launch.compiled_id,
)
"""The columns of `Terms`, in its order, for a query that has these tables at hand."""
_TERMS = (
    select(*TERMS)
    .join(Newsletter, Newsletter.id == Issue.newsletter_id)
    .outerjoin(Launch, Launch.issue_id == Issue.id)
    .where(Issue.id == bindparam("issue"))
)


def count(session: Session, issue_id: int) -> int:
    """How many readers an issue would go to if it were launched now. Raises NotFound."""
    return session.scalar(select(func.count()).select_from(_entitled(terms(session, issue_id)).subquery())) or 0


def count_by_lane(session: Session, newsletter_id: int, *, is_advertising: bool = False) -> dict[str, int]:
    """How many readers of each lane an issue of this newsletter would go to if it were launched now."""
    rows = session.execute(
        select(Subscriber.provider, func.count())
        .join(Subscription, _ties(newsletter_id))
        .outerjoin(Suppression, Suppression.address_hash == Subscriber.address_hash)
        .where(Subscription.newsletter_id == newsletter_id, Subscription.state == Standing.ACTIVE, _barrier(is_advertising).is_(None))
        .group_by(Subscriber.provider)
    )
    return dict(rows.all())


def freeze(session: Session, issue: Terms, size: int, sizes: dict[str, int]) -> None:
    """Write one queued delivery for every reader entitled now, numbered into batches lane by lane, in one INSERT ... SELECT.

    A batch never mixes lanes and holds at most `size` readers, fewer in the lanes that `sizes` names. One snapshot: the set of
    entitled readers is materialised, counted per lane, then numbered by a window over (lane, subscriber); nothing goes row by row.
    """
    readers = _entitled(issue).cte("readers")
    batch_size = case(sizes, value=readers.c.lane, else_=size) if sizes else literal(size, Integer)
    counted = (
        select(readers.c.lane, func.min(batch_size).label("size"), func.count().label("readers")).group_by(readers.c.lane).cte("counted")
    )
    needed = (counted.c.readers + counted.c.size - 1) // counted.c.size
    before = cast(func.sum(needed).over(order_by=counted.c.lane), Integer) - needed
    lanes = select(counted.c.lane, counted.c.size, before.label("before")).cte("lanes")
    place = func.row_number().over(partition_by=readers.c.lane, order_by=readers.c.id) - 1
    rows = select(
        literal(issue.issue_id),
        readers.c.id,
        cast(lanes.c.before + 1 + place // lanes.c.size, Integer),
        literal(DeliveryState.QUEUED, Delivery.state.type),
        readers.c.is_tracked,
        literal(0),
        false(),
    ).join_from(readers, lanes, lanes.c.lane == readers.c.lane)
    columns = ["issue_id", "subscriber_id", "batch_no", "state", "is_tracked", "tries", "maybe_duplicate"]
    session.execute(insert(Delivery).from_select(columns, rows, include_defaults=False))


def recipients(session: Session, issue: Terms, issue_id: int, batch_no: int, *, most: int | None = None) -> list[Recipient]:
    """The queued readers of a batch, or `most` of them, with the fields of a letter and their present standing.

    Index (issue_id, batch_no).
    """
    values = {"newsletter": issue.newsletter_id, "issue": issue_id, "no": batch_no}
    query = _recipients(issue.is_advertising, issue.open_measurement)
    rows = session.execute(query if most is None else query.limit(most), values)
    return [
        Recipient(id_, email or "", name, language, bool(is_tracked), was_tracked, tries, SkipReason(why) if why else None)
        for id_, email, name, language, is_tracked, was_tracked, tries, why in rows
    ]


@cache
def _recipients(is_advertising: bool, open_measurement: OpenMeasurement) -> Select[Any]:
    barrier = _barrier(is_advertising).label("barrier")
    tracked = and_(Delivery.is_tracked, _is_tracked(open_measurement)).label("is_tracked")
    return (
        select(Subscriber.id, Subscriber.email, Subscriber.name, Subscriber.language, tracked, Delivery.is_tracked, Delivery.tries, barrier)
        .select_from(Delivery)
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .outerjoin(Subscription, _ties(bindparam("newsletter")))
        .outerjoin(Suppression, Suppression.address_hash == Subscriber.address_hash)
        .where(Delivery.issue_id == bindparam("issue"), Delivery.batch_no == bindparam("no"), Delivery.state == DeliveryState.QUEUED)
        .order_by(Delivery.subscriber_id)
    )


def barred(session: Session, issue: Terms, subscriber_ids: Collection[int]) -> dict[int, SkipReason]:
    """Those of these readers who may not be sent to any more, and why: the look at standing before a window of hand-overs (A6)."""
    barrier = _barrier(issue.is_advertising).label("barrier")
    rows = session.execute(
        select(Subscriber.id, barrier)
        .outerjoin(Subscription, _ties(issue.newsletter_id))
        .outerjoin(Suppression, Suppression.address_hash == Subscriber.address_hash)
        .where(among(session, Subscriber.id, subscriber_ids), barrier.is_not(None))
    )
    return {id_: SkipReason(why) for id_, why in rows}


def _entitled(issue: Terms) -> Select[int, str, bool]:
    return (
        select(Subscriber.id, Subscriber.provider.label("lane"), _is_tracked(issue.open_measurement).label("is_tracked"))
        .join(Subscription, _ties(issue.newsletter_id))
        .outerjoin(Suppression, Suppression.address_hash == Subscriber.address_hash)
        .where(
            # also said by the barrier; said plainly so that the index (newsletter, state) is used
            Subscription.newsletter_id == issue.newsletter_id,
            Subscription.state == Standing.ACTIVE,
            _barrier(issue.is_advertising).is_(None),
        )
    )


def _ties(newsletter_id: Any) -> ColumnElement[bool]:
    return and_(Subscription.subscriber_id == Subscriber.id, Subscription.newsletter_id == newsletter_id)


def _barrier(is_advertising: bool) -> Case[Any]:
    reasons: list[tuple[ColumnElement[bool], str]] = [
        (Subscriber.email.is_(None), SkipReason.ERASED.value),
        (Suppression.address_hash.is_not(None), SkipReason.SUPPRESSED.value),
        (Subscription.state == Standing.PAUSED, SkipReason.PAUSED.value),
        (Subscription.state.is_distinct_from(Standing.ACTIVE), SkipReason.UNSUBSCRIBED.value),
    ]
    if is_advertising:
        reasons.append((Subscription.wants_advertising.is_(False), SkipReason.NO_ADVERTISING.value))
    return case(*reasons, else_=null())


def _is_tracked(open_measurement: OpenMeasurement) -> ColumnElement[bool]:
    if open_measurement is OpenMeasurement.CONSENT:
        return func.coalesce(Subscription.may_track_opens, false())
    return true() if open_measurement is OpenMeasurement.NOTICE else false()
