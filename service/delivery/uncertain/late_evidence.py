"""Journals that turn up after their batch was given up: what they know still counts, and settles what was uncertain."""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.core import logs
from service.core.database import Database
from service.delivery import evidence
from service.delivery.evidence import Evidence, Journal, JournalHeld, Subject
from service.delivery.models import Batch, BatchState, Proof
from service.delivery.reasons import Reason
from service.delivery.replies import Outcome
from service.delivery.states import DeliveryState
from service.delivery.transports.protocol import Result
from service.delivery.uncertain import settling
from service.delivery.uncertain.settling import Finding

log = logs.get(__name__)

COMMIT_SECONDS = 60.0
"""So long a claim's commit may still be under way at the database after its sender has died; its journal is waited with meanwhile."""


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
        if found.subject is None and journal.age_seconds < COMMIT_SECONDS:
            return False  # without it the whole batch, of which nothing left, would be uncertain
        if found.subject is not None:
            _settle(session, found.subject, found)
    journal.remove()
    return True


def _settle(session: Session, subject: Subject, found: Evidence) -> None:
    """Acceptance is true whenever it happened; any other outcome only where the batch was not claimed again since.

    Nothing follows from a reader's absence here: one left uncertain by an earlier claim of the same batch is absent as well.
    """
    batch = session.get(Batch, (subject.issue_id, subject.no))
    is_last_word = batch is not None and batch.token == subject.token
    findings = [_finding(subject, who, result) for who, result in found.settled.items()]
    count = settling.by_evidence(session, [one for one in findings if one and (is_last_word or one.state is DeliveryState.ACCEPTED)])
    if count:
        log.info("a late journal settled deliveries", issue=subject.issue_id, batch=subject.no, settled=count)


def _finding(subject: Subject, subscriber_id: int, result: Result) -> Finding | None:
    """What a noted reply says; one that was lost for the sender as well says nothing."""
    state = _STATES.get(result.outcome)
    if state is None:
        return None
    answer = " ".join(str(part) for part in (result.code, result.text) if part)
    return Finding(subject.issue_id, subscriber_id, state, Proof.JOURNAL, result.reason if result.code else Reason.NONE, answer)


_STATES = {
    Outcome.ACCEPTED: DeliveryState.ACCEPTED,
    Outcome.REFUSED: DeliveryState.REFUSED,
    Outcome.DEFERRED: DeliveryState.DEFERRED,
    Outcome.UNSENT: DeliveryState.DEFERRED,  # it never left, so that it may go
}
