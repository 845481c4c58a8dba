"""Final labels: the hits of closed windows judged together with what the same readers and networks did before and just after."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, func, or_, select, update
from sqlalchemy.orm import Session

from service.core.database import among, changed
from service.delivery.models import Delivery
from service.delivery.states import DeliveryState
from service.feedback import labels, windows
from service.feedback.labels_log import Log, Seen
from service.feedback.models import Event, EventKind, Label
from service.feedback.windows import Span
from service.tracking.models import Link

LOOK_BACK = timedelta(hours=24)
MOST_ROWS = 200_000  # of the span and its neighbours; the newest are kept

Verdicts = dict[tuple[Label, str], list[int]]


@dataclass(frozen=True)
class Judged:
    """The events of a span by the label and reason that they get."""

    span: Span
    verdicts: Verdicts


def judge(session: Session, now: datetime) -> Judged | None:
    """The labels of the next span that is due; None where none is. Only reads; at most MOST_ROWS hits are held."""
    span = windows.due(session, now)
    if span is None:
        return None
    log, ids, links = Log(), [], _links(session, span.issue_id)
    for row in session.execute(_neighbours(span)).yield_per(5000):
        log.add(_seen(row, links))
        ids.append(row.id if span.start <= row.at < span.end else None)
    log.forget_names()
    verdicts: Verdicts = defaultdict(list)
    for id_, verdict in zip(ids, labels.final(log), strict=True):
        if id_ is not None:
            verdicts[Label(verdict.label), verdict.reason].append(id_)
    return Judged(span, verdicts)


def settle(session: Session, judged: Judged) -> int:
    """Write the labels, close the windows; how many events were labelled. Run twice it changes nothing more."""
    count = 0
    for (label, reason), ids in judged.verdicts.items():
        values = {"label": label, "reason": reason, "rules": labels.RULES_VERSION}
        count += changed(session, update(Event).where(among(session, Event.id, ids)).values(**values))
    windows.close(session, judged.span, labels.RULES_VERSION)
    return count


def _neighbours(span: Span) -> Select[int, EventKind, int | None, int | None, datetime, str, str, str, datetime | None]:
    """The span's events and those of the same readers or networks around it; index: ix_events_time.

    Hits whose reader or origin is not (or no longer) kept say nothing more than they did; they keep the label that they have.
    """
    within = (Event.issue_id == span.issue_id, Event.at >= span.start, Event.at < span.end)
    around = (Event.issue_id == span.issue_id, Event.at >= span.start - LOOK_BACK, Event.at < span.end + windows.WAIT)
    known = (Event.subscriber_id.is_not(None), or_(Event.ip != "", Event.user_agent != ""))
    accepted = (
        (Delivery.issue_id == Event.issue_id) & (Delivery.subscriber_id == Event.subscriber_id) & (Delivery.state == DeliveryState.ACCEPTED)
    )
    return (
        select(
            Event.id,
            Event.kind,
            Event.subscriber_id,
            Event.link,
            Event.at,
            Event.ip,
            Event.user_agent,
            Event.headers,
            Delivery.changed_at,
        )
        .outerjoin(Delivery, accepted)
        .where(
            *around,
            *known,
            or_(Event.subscriber_id.in_(select(Event.subscriber_id).where(*within)), Event.ip.in_(select(Event.ip).where(*within))),
        )
        .order_by(Event.at.desc())
        .limit(MOST_ROWS)
    )


def _links(session: Session, issue_id: int) -> int:
    return session.scalar(select(func.count()).select_from(Link).where(Link.issue_id == issue_id)) or 0


def _seen(row: Row[*tuple[Any, ...]], links: int) -> Seen:
    return Seen(
        is_click=row.kind is EventKind.CLICKED,
        at=row.at.timestamp(),
        delivery=row.subscriber_id,
        link=row.link,
        links=links,
        ip=row.ip,
        user_agent=row.user_agent,
        headers=row.headers,
        accepted_at=row.changed_at.timestamp() if row.changed_at else None,
    )
