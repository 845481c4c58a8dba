"""Journals that turn up after their batch was given up: what they know still counts, and settles what was uncertain."""

from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.core import clock, logs
from service.core.database import Database, changed, insert
from service.delivery import evidence
from service.delivery.evidence import Evidence, Journal, JournalHeld, Subject
from service.delivery.models import Batch, BatchState, Delivery, Retry
from service.delivery.replies import Outcome
from service.delivery.states import DeliveryState, sources
from service.delivery.transports.protocol import Result

log = logs.get(__name__)


def apply(database: Database, folder: Path) -> int:
    """Read every journal that nobody writes and no claim needs, settle what it settles, and remove it; returns how many."""
    applied = 0
    for path in sorted(folder.glob(f"*{evidence.SUFFIX}")):
        try:
            journal = Journal.take(path)
        except (JournalHeld, FileNotFoundError):
            continue
        try:
            applied += _apply(database, journal)
        finally:
            journal.close()
    return applied


def _apply(database: Database, journal: Journal) -> bool:
    with database.writing() as session:
        if session.scalar(select(Batch.no).where(Batch.journal == journal.name, Batch.state == BatchState.CLAIMED)) is not None:
            return False  # its sender has just died: the next sweep takes the batch over
        found = journal.read()
        if found.subject is not None:
            _settle(session, found.subject, found)
    journal.remove()
    return True


def _settle(session: Session, subject: Subject, found: Evidence) -> None:
    """Acceptance is true whenever it happened; any other outcome only where the batch was not claimed again since.

    Nothing follows from a reader's absence here: one left uncertain by an earlier claim of the same batch is absent as well.
    """
    accepted = [who for who, result in found.settled.items() if result.outcome is Outcome.ACCEPTED]
    count = _move(session, subject, accepted, DeliveryState.ACCEPTED)
    batch = session.get(Batch, (subject.issue_id, subject.no))
    if batch is not None and batch.token == subject.token:
        refused = {who: result for who, result in found.settled.items() if result.outcome is Outcome.REFUSED}
        for who, result in refused.items():
            count += _move(session, subject, [who], DeliveryState.REFUSED, reason=result.reason.value)
        back = [who for who, result in found.settled.items() if _goes_again(result)]
        count += _try_again(session, subject, batch.lane, back)
    if count:
        log.info("a late journal settled deliveries", issue=subject.issue_id, batch=subject.no, settled=count)


def _goes_again(result: Result) -> bool:
    return result.outcome in (Outcome.DEFERRED, Outcome.UNSENT)


def _try_again(session: Session, subject: Subject, lane: str, who: list[int]) -> int:
    uncertain = set(
        session.scalars(
            select(Delivery.subscriber_id).where(
                Delivery.issue_id == subject.issue_id,
                Delivery.batch_no == subject.no,
                Delivery.subscriber_id.in_(who),
                Delivery.state == DeliveryState.UNCERTAIN,
            )
        )
    )
    if uncertain:
        rows = [{"issue_id": subject.issue_id, "subscriber_id": one, "lane": lane, "next_at": clock.now()} for one in sorted(uncertain)]
        session.execute(insert(session, Retry).on_conflict_do_nothing(index_elements=["issue_id", "subscriber_id"]), rows)
    return _move(session, subject, sorted(uncertain), DeliveryState.DEFERRED)


def _move(session: Session, subject: Subject, who: list[int], state: DeliveryState, *, reason: str | None = None) -> int:
    if not who or DeliveryState.UNCERTAIN not in sources(state):
        return 0
    rows = (
        Delivery.issue_id == subject.issue_id,
        Delivery.subscriber_id.in_(who),
        Delivery.state == DeliveryState.UNCERTAIN,
    )
    return changed(session, update(Delivery).where(*rows).values(state=state, reason=reason, changed_at=clock.now()))
