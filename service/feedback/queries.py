"""What came back, for people to see: of one reader, of one issue, and what could not be tied to any letter."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import case, distinct, func, select
from sqlalchemy.orm import Session

from service.core import pages
from service.core.errors import NotFound
from service.core.pages import Page
from service.feedback.consequences import Effect
from service.feedback.models import Event, EventKind, Returned
from service.feedback.policy import Action

SHOWN = ("bounce", "complaint", "unsubscribe")  # auto-replies and letters of people are nobody's figures
OF_READER = 30


@dataclass(frozen=True)
class ReasonFigures:
    """How many readers of an issue something came back of, for one reason; `suppressed` of them are not mailed any more because of it.

    `words` are the newest ones of a mail system that turned us away for a fault of ours (D4, D5), a stranger's text; else empty.
    """

    kind: str
    reason: str
    readers: int
    suppressed: int
    words: str = ""


class Which(StrEnum):
    """Which returned mail a list shows."""

    UNKNOWN = ""  # what could not be tied to a letter of ours; it changed nothing (D10)
    ALL = "all"
    OURS = "ours"  # turned away for a fault of ours, no address is blamed (D4, D5)


def of_reader(session: Session, subscriber_id: int) -> list[Returned]:
    """The last OF_READER that came back of one reader, newest first; without their raw payload's weight this is one index range."""
    query = select(Returned).where(Returned.subscriber_id == subscriber_id, Returned.kind.in_(SHOWN))
    return list(session.scalars(query.order_by(Returned.at.desc(), Returned.id.desc()).limit(OF_READER)))


def of_issue(session: Session, issue_id: int) -> list[ReasonFigures]:
    """By kind and reason, the most frequent first; a reader counts once for each."""
    readers = func.count(distinct(Returned.subscriber_id))
    suppressed = func.count(distinct(case((Returned.effect == Effect.SUPPRESSED.value, Returned.subscriber_id))))
    query = (
        select(Returned.kind, Returned.reason, readers, suppressed)
        .where(Returned.issue_id == issue_id, Returned.kind.in_(SHOWN))
        .group_by(Returned.kind, Returned.reason)
        .order_by(Returned.kind, readers.desc(), Returned.reason)
    )
    said = _words(session, issue_id)
    return [ReasonFigures(kind, reason, all_, gone, said.get((kind, reason), "")) for kind, reason, all_, gone in session.execute(query)]


def listing(session: Session, number: int, which: Which, issue_id: int | None = None) -> Page[Returned]:
    """Bounces, complaints and wishes to leave, the newest first; of one issue where one is named."""
    query = select(Returned).where(Returned.kind.in_(SHOWN))
    if which is Which.UNKNOWN:
        query = query.where(Returned.subscriber_id.is_(None))
    if which is Which.OURS:
        query = query.where(Returned.action == Action.ALARM.value)
    if issue_id is not None:
        query = query.where(Returned.issue_id == issue_id)
    return pages.paginate(session, query.order_by(Returned.id.desc()), number)


def one(session: Session, returned_id: int) -> Returned:
    """Raises NotFound."""
    row = session.get(Returned, returned_id)
    if row is None or row.kind not in SHOWN:
        raise NotFound("There is no such returned mail.")
    return row


def clicks_on(session: Session, issue_id: int, number: int) -> int:
    """How many clicks are kept of one link; index: ix_events_issue."""
    query = select(func.count()).select_from(Event)
    return session.scalar(query.where(Event.issue_id == issue_id, Event.kind == EventKind.CLICKED, Event.link == number)) or 0


def _words(session: Session, issue_id: int) -> dict[tuple[str, str], str]:
    """By kind and reason what a mail system said last, of what is our own fault; index: ix_returned_issue."""
    ours = (Returned.issue_id == issue_id, Returned.kind.in_(SHOWN), Returned.action == Action.ALARM.value)
    newest = select(func.max(Returned.id)).where(*ours).group_by(Returned.kind, Returned.reason)
    rows = session.execute(select(Returned.kind, Returned.reason, Returned.text).where(Returned.id.in_(newest)))
    return {(kind, reason): text for kind, reason, text in rows}
