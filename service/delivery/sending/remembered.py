"""Whom this host's mail server has taken an issue for: kept beside the database, for a database that is restored and has forgotten it.

16 octets a reader, appended before the outcomes are recorded: the reader's number and a keyed digest of the address, because after a
restore the same number may come to mean somebody else (no address is kept). It only ever tells that somebody *has* got a mail.
"""

import hashlib
import os
import struct
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from service.core import audit, clock, logs
from service.core.database import Database, among, changed
from service.core.errors import Conflict
from service.core.settings import Settings
from service.core.signing import Signer
from service.delivery import evidence, questions
from service.delivery.identity import instance_file
from service.delivery.ledger import tallies
from service.delivery.ledger.batching import Claim
from service.delivery.ledger.recording import Settled
from service.delivery.models import Delivery, Launch, Proof, Question, Retry
from service.delivery.replies import Outcome
from service.delivery.states import DeliveryState
from service.delivery.uncertain import settling, settling_by_log
from service.delivery.uncertain.settling import Settlement
from service.issues.models import Issue, IssueState
from service.subscribers.models import Subscriber

log = logs.get(__name__)

FOLDER = "accepted"
ENTRY = struct.Struct(">Q8s")
KEEP_SECONDS = 30 * 86_400.0
MARKED_AT_ONCE = 5000
"""In one transaction; the sweep of other issues, and on SQLite every writer, waits for it."""
OPEN = (DeliveryState.QUEUED, DeliveryState.DEFERRED, DeliveryState.UNCERTAIN)
BY_OURSELVES = Settlement(DeliveryState.ACCEPTED, Proof.JOURNAL)
BY_THE_LOG = Settlement(DeliveryState.ACCEPTED, Proof.RELAY_LOG)


def keep(settings: Settings, claim: Claim, outcomes: Iterable[Settled]) -> None:
    """Remember whose mails of this claim were accepted; one append. A disk that is full costs the memory, not the sending."""
    known = instance_file.read(settings.var_dir)
    accepted = {settled.subscriber_id for settled in outcomes if settled.result.outcome is Outcome.ACCEPTED}
    readers = [reader for reader in claim.recipients if reader.subscriber_id in accepted] if known is not None else []
    entries = b"".join(_entry(known.host_key if known else "", reader.subscriber_id, reader.email) for reader in readers)
    if not entries:
        return
    try:
        path = _path(settings, claim.issue.issue_id, claim.issue.created_at)
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.write(descriptor, entries)
        finally:
            os.close(descriptor)
    except OSError as failure:
        log.warning("whom the mail server has taken it for is not remembered here", issue=claim.issue.issue_id, reason=failure.strerror)


def answer_questions(database: Database, settings: Settings) -> int:
    """Mark what this host remembers of each started issue that waits because of the database, once each; returns how many readers."""
    host = evidence.host_name(settings)
    with database.reading() as session:
        asked = [row for row in _open(session) if host not in row.values.get("recalled", {})]
    return sum(_answer(database, settings, row.id, row.issue_id, host) for row in asked)


def forget_old(settings: Settings) -> None:
    """What was sent a month ago is not sent again by anybody."""
    for path in (settings.var_dir / FOLDER).glob("*"):
        if path.stat().st_mtime < time.time() - KEEP_SECONDS:
            path.unlink(missing_ok=True)


def _open(session: Session) -> list[Question]:
    kinds = [kind.value for kind in questions.ABOUT_THE_DATABASE]
    return list(
        session.scalars(
            select(Question)
            .join(Issue, Issue.id == Question.issue_id)
            .join(Launch, Launch.issue_id == Question.issue_id)
            .where(Question.answered_at.is_(None), Question.kind.in_(kinds), Issue.state == IssueState.NEEDS_DECISION)
            .order_by(Question.id)
        )
    )


def by_relay_log(database: Database, signer: Signer, issue_id: int, path: Path) -> int:
    """Mark those whom a log of the mail server names as taken since the database's newest knowledge; returns how many.

    Raises Conflict where the issue does not wait because of the database, NoMailLog for another kind of file.
    """
    with database.reading() as session:
        asked = next((row for row in _open(session) if row.issue_id == issue_id), None)
        if asked is None:
            raise Conflict(
                "This issue does not wait because of the database.", remedy="pressrun deliveries settle reads logs for uncertain mails."
            )
        since = datetime.fromisoformat(asked.values["database_at"])
        waiting = select(Delivery.subscriber_id).where(Delivery.issue_id == issue_id, Delivery.state.in_(OPEN))
        wanted = {(issue_id, one): since for one in session.scalars(waiting)}
    said = settling_by_log.whole_file(signer, path, wanted)
    taken = sorted(who for (_, who), words in said.items() if words.outcome is Outcome.ACCEPTED)
    return _mark_all(database, asked.id, issue_id, path.name, taken, BY_THE_LOG)


def _answer(database: Database, settings: Settings, question_id: int, issue_id: int, host: str) -> int:
    known = instance_file.read(settings.var_dir)
    with database.reading() as session:
        path = _path(settings, issue_id, session.get_one(Issue, issue_id).created_at)
        found = list(_recognised(session, issue_id, _entries(path), known.host_key)) if known is not None and path.exists() else []
    return _mark_all(database, question_id, issue_id, host, found, BY_OURSELVES)


def _mark_all(database: Database, question_id: int, issue_id: int, source: str, who: list[int], settlement: Settlement) -> int:
    """A slice after the other, each counted in its own transaction; what a killed process left is marked by the next.

    Only with the last one has this source answered (`recalled`): nobody goes on before that.
    """
    count = 0
    for start in range(0, len(who), MARKED_AT_ONCE):
        with database.writing() as session:
            marked = _mark(session, issue_id, who[start : start + MARKED_AT_ONCE], settlement)
            question = session.get_one(Question, question_id, with_for_update=True)
            question.values = question.values | {"recalling": _more(question, "recalling", source, marked)}
        count += marked
    with database.writing() as session:
        question = session.get_one(Question, question_id, with_for_update=True)
        readers = question.values.get("recalling", {}).get(source, 0)
        so_far = {name: number for name, number in question.values.get("recalling", {}).items() if name != source}
        question.values = question.values | {"recalling": so_far, "recalled": _more(question, "recalled", source, readers)}
        audit.record(session, "issue.remembered", user_id=None, noun_id=issue_id, source=source, readers=readers)
    return count


def _more(question: Question, name: str, source: str, marked: int) -> dict[str, int]:
    counts: dict[str, int] = question.values.get(name, {})
    return counts | {source: counts.get(source, 0) + marked}


def _recognised(session: Session, issue_id: int, entries: set[bytes], key: str) -> Iterator[int]:
    """Of the readers who are still to be sent to, those whose number and address are among the entries."""
    rows = session.execute(
        select(Subscriber.id, Subscriber.email)
        .join(Delivery, Delivery.subscriber_id == Subscriber.id)
        .where(Delivery.issue_id == issue_id, Delivery.state.in_(OPEN), Subscriber.email.is_not(None))
        .order_by(Subscriber.id)  # so that a slice touches few batches
        .execution_options(yield_per=10_000)
    )
    return (subscriber_id for subscriber_id, email in rows if _entry(key, subscriber_id, email or "") in entries)


def _mark(session: Session, issue_id: int, who: list[int], settlement: Settlement) -> int:
    these = (Delivery.issue_id == issue_id, among(session, Delivery.subscriber_id, who))
    count = settling.settle(session, issue_id, settlement, who)
    changed(session, update(Delivery).where(*these, Delivery.state == DeliveryState.DEFERRED).values(state=DeliveryState.QUEUED))
    changed(session, delete(Retry).where(Retry.issue_id == issue_id, among(session, Retry.subscriber_id, who)))
    accepted = {"state": DeliveryState.ACCEPTED, "reason": None, "changed_at": clock.now(), "tries": Delivery.tries + 1}
    count += changed(session, update(Delivery).where(*these, Delivery.state == DeliveryState.QUEUED).values(**accepted))
    tallies.recount(session, issue_id, session.scalars(select(Delivery.batch_no).where(*these).distinct()).all())
    return count


def _entries(path: Path) -> set[bytes]:
    content = path.read_bytes()
    return {content[start : start + ENTRY.size] for start in range(0, len(content) - ENTRY.size + 1, ENTRY.size)}


def _entry(key: str, subscriber_id: int, email: str) -> bytes:
    return ENTRY.pack(subscriber_id, hashlib.blake2b(email.encode(), digest_size=8, key=key.encode()).digest())


def _path(settings: Settings, issue_id: int, created_at: datetime) -> Path:
    """One file for each issue; an issue that gets the number anew after a restore is another one."""
    return settings.var_dir / FOLDER / f"{issue_id}-{created_at:%Y%m%d%H%M%S%f}"
