"""Counts that reports read instead of hits, kept up with by a job, in sets. A window that changed says which hour to count anew.

A window of labels (feedback/windows.py) is touched by each new hit and by each labelling, in the transaction that changes the hits, so that
no late hit and no relabelling is missed. Different readers are counted over the whole issue, at most a twentieth of the time.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, delete, func, literal, select, update
from sqlalchemy.orm import Session

from service.core.database import changed, insert
from service.delivery.models import Delivery, Launch
from service.delivery.states import DeliveryState
from service.feedback import human, months
from service.feedback.models import Event, EventKind, LabelWindow, Returned
from service.issues import document as documents
from service.issues.models import Issue, Revision
from service.rendering.models import CompiledIssue
from service.statistics import sections
from service.statistics.models import HitCount, ReaderCount, ReasonHits, Rollup, Scope
from service.subscribers.models import ConsentAction, ConsentEvent, Purpose, Subscriber
from service.tracking.models import Link

HOUR = timedelta(hours=1)
HOURS_AT_ONCE = 200
LEAST_PAUSE, PAUSES = timedelta(seconds=60), 20  # between two counts of an issue's readers: this, or so many times what the last one took
FINAL_AFTER = timedelta(days=60)  # readers are not counted anew once hits may have expired
LEAVING_DAYS = 7  # so long somebody's leaving is put down to the issue, at most up to the next one
BASE, LEFT = "base", "left"

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Counted:
    """The counts of an issue's readers, of its hits up to `touched`."""

    issue_id: int
    touched: int
    seconds: float
    rows: Rows


def due_hours(session: Session) -> list[tuple[int, datetime]]:
    """The (issue, hour) pairs in which something changed; index: ix_label_windows_uncounted, which holds nothing else."""
    query = select(LabelWindow.issue_id, LabelWindow.starts_at).where(~LabelWindow.is_counted)
    rows = session.execute(query.order_by(LabelWindow.issue_id, LabelWindow.starts_at).limit(HOURS_AT_ONCE)).all()
    return sorted({(issue_id, at.replace(minute=0, second=0, microsecond=0)) for issue_id, at in rows})


def count_hour(session: Session, issue_id: int, hour: datetime) -> None:
    """Count the hits of one hour anew. Its windows are held first: a hit that comes meanwhile waits, and marks its window again.

    What was counted by somebody else since the hour was found due is left: its hits may have gone meanwhile, and only its counts be left.
    Index: ix_events_time, one range. Half a million hits of one hour: seconds; a usual hour of a small issue: milliseconds.
    """
    its_windows = (LabelWindow.issue_id == issue_id, LabelWindow.starts_at >= hour, LabelWindow.starts_at < hour + HOUR)
    session.execute(select(LabelWindow.starts_at).where(*its_windows).order_by(LabelWindow.starts_at).with_for_update()).all()
    was_due = changed(session, update(LabelWindow).where(*its_windows, ~LabelWindow.is_counted).values(is_counted=True))
    if not was_due or hour < months.gone_before(session):
        return
    for table in (HitCount, ReasonHits):
        changed(session, delete(table).where(table.issue_id == issue_id, table.hour == hour))
    within = (Event.issue_id == issue_id, Event.at >= hour, Event.at < hour + HOUR)
    link, provider = func.coalesce(Event.link, 0), func.coalesce(Subscriber.provider, "")
    key = (literal(issue_id), literal(hour, HitCount.hour.type))
    hits = (
        select(*key, Event.kind, link, provider, Event.label, func.count())
        .outerjoin(Subscriber, Subscriber.id == Event.subscriber_id)
        .where(*within)
        .group_by(Event.kind, link, provider, Event.label)
    )
    session.execute(insert(session, HitCount).from_select(["issue_id", "hour", "kind", "link", "provider", "label", "hits"], hits))
    reasons = select(*key, Event.kind, Event.label, Event.reason, func.count()).where(*within)
    reasons = reasons.group_by(Event.kind, Event.label, Event.reason)
    session.execute(insert(session, ReasonHits).from_select(["issue_id", "hour", "kind", "label", "reason", "hits"], reasons))
    _touch(session, issue_id)


def due_readers(session: Session, now: datetime) -> list[int]:
    """The issues whose readers are to be counted anew."""
    query = (
        select(Rollup)
        .join(Launch, Launch.issue_id == Rollup.issue_id)
        .where(Rollup.touched != Rollup.counted, Launch.started_at > now - FINAL_AFTER)
    )
    return [row.issue_id for row in session.scalars(query.order_by(Rollup.issue_id)) if _is_time(row, now)]


def readers(session: Session, issue_id: int) -> Counted:
    """Count the issue's readers; only reads. Four passes over its hits (ix_events_issue), one over its deliveries (primary key)."""
    begin = time.perf_counter()
    touched = session.scalar(select(Rollup.touched).where(Rollup.issue_id == issue_id)) or 0
    rows = [
        *_rows(session, issue_id, Scope.PROVIDER, _by_provider(issue_id)),
        *_rows(session, issue_id, Scope.LINK, _clicks_by(issue_id, Event.link)),
        *_rows(session, issue_id, Scope.SECTION, _by_section(session, issue_id)),
        *_rows(session, issue_id, Scope.PROVIDER, _base(issue_id)),
    ]
    return Counted(issue_id, touched, time.perf_counter() - begin, rows)


def keep_readers(session: Session, counted: Counted, now: datetime) -> None:
    """Put the counts in place of the earlier ones; what was touched meanwhile is counted again."""
    _replace(session, counted.issue_id, (Scope.PROVIDER, Scope.LINK, Scope.SECTION), counted.rows)
    values = {"counted": counted.touched, "counted_at": now, "seconds": counted.seconds}
    changed(session, update(Rollup).where(Rollup.issue_id == counted.issue_id).values(**values))


def recent(session: Session, now: datetime) -> list[int]:
    """The issues of which readers may be leaving, or mails coming back."""
    fresh = select(Launch.issue_id).where(Launch.started_at > now - timedelta(days=2 * LEAVING_DAYS))
    returned = select(Returned.issue_id).where(Returned.at > now - timedelta(minutes=15), Returned.issue_id.is_not(None)).distinct()
    return sorted({*session.scalars(fresh), *(found for found in session.scalars(returned) if found is not None)})


def count_leaving(session: Session, issue_id: int) -> None:
    """Count what came back of an issue, and who left after it; indexes: ix_returned_issue, ix_consent_events_withdrawn."""
    returned = select(
        Returned.kind,
        Returned.kind,
        func.count(case((Returned.is_hard, Returned.subscriber_id)).distinct()),
        func.count(Returned.subscriber_id.distinct()),
    )
    counted = (Returned.issue_id == issue_id, Returned.action.not_in(("log", "alarm")))
    rows = _rows(session, issue_id, Scope.RETURNED, returned.where(*counted).group_by(Returned.kind))
    launch = session.get(Launch, issue_id)
    if launch is not None:
        rows += _rows(session, issue_id, Scope.DOOR, _left(session, issue_id, launch.started_at))
    _replace(session, issue_id, (Scope.RETURNED, Scope.DOOR), rows)


def mark_launched(session: Session) -> None:
    """An issue that was launched and has no hits yet gets its place, so that its base is counted; and once more when it is finished."""
    query = select(Launch.issue_id).outerjoin(Rollup, Rollup.issue_id == Launch.issue_id)
    changes = (Rollup.issue_id.is_(None)) | (
        Rollup.counted_at.is_not(None) & ((Launch.finished_at.is_(None)) | (Launch.finished_at > Rollup.counted_at))
    )
    for issue_id in session.scalars(query.where(changes)).all():
        _touch(session, issue_id)


def _touch(session: Session, issue_id: int) -> None:
    statement = insert(session, Rollup).values(issue_id=issue_id, touched=1, counted=0, seconds=0.0)
    session.execute(statement.on_conflict_do_update(index_elements=["issue_id"], set_={"touched": Rollup.touched + 1}))


def _is_time(row: Rollup, now: datetime) -> bool:
    return row.counted_at is None or now - row.counted_at >= max(LEAST_PAUSE, timedelta(seconds=PAUSES * row.seconds))


def _by_provider(issue_id: int) -> Select[*tuple[Any, ...]]:
    each = (
        select(Event.kind, Event.subscriber_id, func.max(_one_if_human()).label("human"))
        .where(Event.issue_id == issue_id, Event.subscriber_id.is_not(None))
        .group_by(Event.kind, Event.subscriber_id)
        .subquery()
    )
    query = select(each.c.kind, Subscriber.provider, func.sum(each.c.human), func.count())
    return query.join(Subscriber, Subscriber.id == each.c.subscriber_id).group_by(each.c.kind, Subscriber.provider)


def _clicks_by(issue_id: int, key: Any) -> Select[*tuple[Any, ...]]:
    each = (
        select(key.label("key"), Event.subscriber_id, func.max(_one_if_human()).label("human"))
        .where(Event.issue_id == issue_id, Event.kind == EventKind.CLICKED, Event.subscriber_id.is_not(None))
        .group_by(key, Event.subscriber_id)
        .subquery()
    )
    return select(literal(EventKind.CLICKED.value), each.c.key, func.sum(each.c.human), func.count()).group_by(each.c.key)


def _by_section(session: Session, issue_id: int) -> Select[*tuple[Any, ...]]:
    its = section_of_links(session, issue_id)
    whens = [(Event.link == number, literal(key)) for number, key in its.items()]
    return _clicks_by(issue_id, case(*whens, else_=sections.ELSEWHERE) if whens else literal(sections.ELSEWHERE))


def section_of_links(session: Session, issue_id: int) -> dict[int, str]:
    """The key of the section that each link of an issue stands in."""
    known = sections.by_block(letter_sections(session, issue_id))
    links = session.execute(select(Link.number, Link.block).where(Link.issue_id == issue_id))
    return {number: known.get(block, sections.ELSEWHERE) for number, block in links}


def letter_sections(session: Session, issue_id: int) -> list[sections.Section]:
    """The sections of the version that is being sent or was sent last."""
    document = session.scalar(
        select(Revision.document)
        .join(CompiledIssue, CompiledIssue.revision_id == Revision.id)
        .join(Launch, Launch.compiled_id == CompiledIssue.id)
        .where(Launch.issue_id == issue_id)
    )
    try:
        return sections.of(documents.from_json(document)) if document else []
    except documents.InvalidDocument:  # of a version of Pressrun that wrote it otherwise: figures without sections
        return []


def _base(issue_id: int) -> Select[*tuple[Any, ...]]:
    counted = (Delivery.issue_id == issue_id, Delivery.is_tracked, Delivery.state == DeliveryState.ACCEPTED)
    query = select(literal(BASE), Subscriber.provider, func.count(), func.count())
    return (
        query.select_from(Delivery).join(Subscriber, Subscriber.id == Delivery.subscriber_id).where(*counted).group_by(Subscriber.provider)
    )


def _left(session: Session, issue_id: int, start: datetime) -> Select[*tuple[Any, ...]]:
    newsletter_id = session.scalar(select(Issue.newsletter_id).where(Issue.id == issue_id))
    following = select(func.min(Launch.started_at)).join(Issue, Issue.id == Launch.issue_id)
    after = session.scalar(following.where(Issue.newsletter_id == newsletter_id, Launch.started_at > start))
    until = min(filter(None, (start + timedelta(days=LEAVING_DAYS), after)))
    readers = func.count(ConsentEvent.subscriber_id.distinct())
    return (
        select(literal(LEFT), ConsentEvent.source, readers, readers)
        .join(Delivery, (Delivery.issue_id == issue_id) & (Delivery.subscriber_id == ConsentEvent.subscriber_id))
        .where(
            ConsentEvent.newsletter_id == newsletter_id,
            ConsentEvent.purpose == Purpose.NEWSLETTER,
            ConsentEvent.action == ConsentAction.WITHDRAWN,
            ConsentEvent.at >= start,
            ConsentEvent.at < until,
        )
        .group_by(ConsentEvent.source)
    )


def _one_if_human() -> Any:
    return case((human.is_human(), 1), else_=0)


def _rows(session: Session, issue_id: int, scope: Scope, query: Any) -> Rows:
    return [
        {
            "issue_id": issue_id,
            "what": str(getattr(what, "value", what)),
            "scope": scope,
            "key": str(key)[:120],
            "human": people,
            "every": all_,
        }
        for what, key, people, all_ in session.execute(query)
    ]


def _replace(session: Session, issue_id: int, scopes: Sequence[Scope], rows: Iterable[dict[str, Any]]) -> None:
    changed(session, delete(ReaderCount).where(ReaderCount.issue_id == issue_id, ReaderCount.scope.in_(scopes)))
    values = list(rows)
    if values:
        session.execute(insert(session, ReaderCount), values)


def hour_of(at: datetime) -> datetime:
    """The full hour that holds a moment, in UTC."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
