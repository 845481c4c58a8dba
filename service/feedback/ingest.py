"""Hits become events, in sets and idempotently: the hit's id is unique, so a replayed entry changes nothing.

What a reader has not agreed to is not written: an open without consent leaves no row, a click only counts in its link's total (B15).
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from service.core.database import insert
from service.delivery import settling
from service.delivery.models import Delivery
from service.feedback import labels, windows
from service.feedback.hits import Hit
from service.feedback.labels_log import Seen
from service.feedback.models import Event, EventKind, Label
from service.issues.models import Issue
from service.newsletters.models import Newsletter, OpenMeasurement
from service.subscribers.models import Subscription

ROWS = 1000  # in one statement: 13 values each stay below SQLite's 32,766
PAIRS = 500  # (issue, subscriber) looked up at once


def ingest(session: Session, hits: Iterable[Hit]) -> int:
    """Write the events of these hits that are ours to keep and not yet there; how many rows were new."""
    unique = list({hit.id: hit for hit in hits}.values())
    measured = _measured(session, {(hit.issue, hit.subscriber) for hit in unique if hit.subscriber})
    known = _known_issues(session, {hit.issue for hit in unique})
    # whatever is kept of it, a hit bears its delivery's token: that mail has arrived
    settling.responded(session, {(hit.issue, hit.subscriber) for hit in unique if hit.subscriber and hit.issue in known})
    rows = [row for hit in unique if hit.issue in known for row in _rows(hit, is_measured=(hit.issue, hit.subscriber) in measured)]
    written = 0
    for start in range(0, len(rows), ROWS):
        statement = insert(session, Event).values(rows[start : start + ROWS]).on_conflict_do_nothing(index_elements=["hit_id"])
        new = session.execute(statement.returning(Event.issue_id, Event.at)).all()
        windows.touch(session, ((issue_id, at) for issue_id, at in new))
        written += len(new)
    return written


def _rows(hit: Hit, *, is_measured: bool) -> list[dict[str, Any]]:
    kind = EventKind.OPENED if hit.link is None else EventKind.CLICKED
    if kind is EventKind.OPENED and not is_measured:
        return []
    verdict = labels.provisional(seen(hit))
    return [
        {
            "hit_id": hit.id,
            "issue_id": hit.issue,
            "subscriber_id": hit.subscriber if is_measured else None,
            "kind": kind,
            "link": hit.link,
            "at": datetime.fromtimestamp(hit.at, UTC),
            "ip": hit.ip if is_measured else "",
            "user_agent": hit.user_agent if is_measured else "",
            "headers": hit.headers if is_measured else "",
            "label": Label(verdict.label),
            "reason": verdict.reason,
            "rules": labels.RULES_VERSION,
        }
    ]


def seen(hit: Hit) -> Seen:
    """The hit as the rules see it, by itself."""
    return Seen(hit.link is not None, hit.at, (hit.issue, hit.subscriber), hit.link, None, hit.ip, hit.user_agent, hit.headers)


def _known_issues(session: Session, issue_ids: set[int]) -> set[int]:
    return set(session.scalars(select(Issue.id).where(Issue.id.in_(issue_ids))))


def _measured(session: Session, pairs: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """The (issue, subscriber) pairs whose hits may be kept under the reader's name today; a withdrawn consent counts at once."""
    found: set[tuple[int, int]] = set()
    ordered: Sequence[tuple[int, int]] = sorted(pairs)
    for start in range(0, len(ordered), PAIRS):
        query = (
            select(Delivery.issue_id, Delivery.subscriber_id)
            .join(Issue, Issue.id == Delivery.issue_id)
            .join(Newsletter, Newsletter.id == Issue.newsletter_id)
            .outerjoin(
                Subscription,
                (Subscription.newsletter_id == Issue.newsletter_id) & (Subscription.subscriber_id == Delivery.subscriber_id),
            )
            .where(
                tuple_(Delivery.issue_id, Delivery.subscriber_id).in_(ordered[start : start + PAIRS]),
                (Newsletter.open_measurement == OpenMeasurement.NOTICE)
                | ((Newsletter.open_measurement == OpenMeasurement.CONSENT) & Subscription.may_track_opens),
            )
        )
        found.update((issue, subscriber) for issue, subscriber in session.execute(query))
    return found
