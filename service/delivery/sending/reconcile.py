"""The sweep: takes over what dead senders left, makes due retries due, closes issues that are through, and says which lanes have work.

Every step is a short transaction of its own and safe to repeat; ten sweepers change no more than one. It takes the database, not a
session, because files and locks are looked at between its transactions.
"""

import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from service.core import clock, logs
from service.core.database import Database
from service.core.settings import Settings
from service.delivery import evidence
from service.delivery.evidence import Evidence, Journal, JournalHeld
from service.delivery.launching import closing
from service.delivery.ledger import batching, recording, tallies
from service.delivery.ledger.recording import Holding, Settled
from service.delivery.models import Batch, BatchState, Delivery, Launch
from service.delivery.reasons import Reason
from service.delivery.replies import Outcome, Phase
from service.delivery.sending import alarms, silence
from service.delivery.states import DeliveryState
from service.delivery.telling import settling_notices
from service.delivery.transports.protocol import Result
from service.delivery.uncertain import late_evidence, settling_policy

log = logs.get(__name__)

END_SECONDS = 2.0
RETRY_ROUNDS = 20
"""So many times ten batches of due retries one sweep makes: where a provider puts off a whole lane, more are due than one round takes."""
NO_REPLY = Result(Outcome.UNCERTAIN, Reason.SYSTEM, Phase.FINAL, text="the sender ended before the reply came")
NO_EVIDENCE = Result(Outcome.UNCERTAIN, Reason.SYSTEM, Phase.FINAL, text="the sender ended and its journal is not to be had")
_LOST = Evidence(None, None, is_torn=True)


@dataclass
class Swept:
    """What one sweep did."""

    taken_over: int = 0
    closed: list[int] = field(default_factory=list)
    lanes: list[str] = field(default_factory=list)  # that want a sender, each as often as it wants one


def sweep(database: Database, settings: Settings) -> Swept:
    """One round of everything above. On SQLite a stopped sender may hold the write lock: then the next round, which ends it, goes on."""
    done = Swept()
    with database.reading() as session:
        claimed = session.scalars(select(Batch).where(Batch.state == BatchState.CLAIMED).order_by(Batch.issue_id, Batch.no)).all()
    try:
        left = [batch for batch in claimed if not take_over(database, settings, batch)]
        done.taken_over = len(claimed) - len(left)
        done.taken_over += sum(take_over(database, settings, batch, is_silent=True) for batch in silent_ones(database, settings, left))
        late_evidence.apply(database, evidence.folder(settings))
        done.closed = _keep_up(database, settings)
    except OperationalError as failure:
        log.warning("the sweep could not write and is repeated", reason=type(failure.orig).__name__)
        return done
    with database.reading() as session:
        done.lanes = batching.wanted(session, settings, clock.now())
    return done


def _keep_up(database: Database, settings: Settings) -> list[int]:
    """What the database alone knows, each step in a transaction of its own: SQLite has one writer, who must not wait for all of them."""
    closing.skip_cancelled(database)
    with database.writing() as session:
        alarms.look(session, settings)  # before anything is given up: who waits for quota is not too old
    closing.give_up_old(database)
    for step in (settling_policy.apply, settling_notices.ask):
        with database.writing() as session:
            step(session)
    for _ in range(RETRY_ROUNDS):
        with database.writing() as session:
            if not batching.cut_retries(session, settings, clock.now()):
                break
    tallies.refill_running(database)
    with database.writing() as session:
        return closing.close_finished(session)


def silent_ones(database: Database, settings: Settings, batches: list[Batch]) -> list[Batch]:
    """Of the batches whose senders may be alive, those whose lease has run out and is not prolonged while we watch.

    A lease is a time of day, and so may run out because somebody set a clock. What counts is that a living sender prolongs it: it is
    watched for longer than that takes, by a clock that nobody sets. A sender of another host stops by itself when its lease is over.
    """
    suspects = [batch for batch in batches if silence.is_suspect(settings, batch, clock.now())]
    if not suspects:
        return []
    wait(max(silence.watch_seconds(settings, batch) for batch in suspects))
    with database.reading() as session:
        rows = session.execute(select(Batch.issue_id, Batch.no, Batch.token, Batch.lease_until).where(Batch.state == BatchState.CLAIMED))
        still = {tuple(row) for row in rows}
    return [batch for batch in suspects if (batch.issue_id, batch.no, batch.token, batch.lease_until) in still]


wait = time.sleep


def take_over(database: Database, settings: Settings, batch: Batch, *, is_silent: bool = False) -> bool:
    """Record what is known about a claimed batch and free it, if its sender is known dead or (`is_silent`) has stopped.

    A reply that was noted is recorded; handed over without a reply is uncertain; without a note it never left and is queued again,
    provided that the journal is whole, else it is uncertain too.
    """
    journal: Journal | None = None
    try:
        journal = _take(evidence.folder(settings) / (batch.journal or ""), may_end=is_silent)
        found = journal.read()
    except JournalHeld:
        return False
    except OSError:
        if not is_silent:
            return False
        found = _LOST
    try:
        with database.writing() as session:
            is_freed = _free(session, settings, batch, found)
        if journal is not None and is_freed:
            journal.remove()
    finally:
        if journal is not None:
            journal.close()
    return is_freed


def _free(session: Session, settings: Settings, batch: Batch, found: Evidence) -> bool:
    launch = session.get_one(Launch, batch.issue_id)
    version = batch.compiled_id or launch.compiled_id  # the claim's own, whatever correction came since
    holding = Holding(batch.issue_id, batch.no, batch.token, batch.lane, version, launch.give_up_at)
    rows = session.execute(
        select(Delivery.subscriber_id, Delivery.tries).where(
            Delivery.issue_id == batch.issue_id, Delivery.batch_no == batch.no, Delivery.state == DeliveryState.QUEUED
        )
    )
    if found.subject is not None and (found.subject.issue_id, found.subject.no, found.subject.token) != (
        batch.issue_id,
        batch.no,
        batch.token,
    ):
        found = _LOST
    outcomes = list(_outcomes(((row.subscriber_id, row.tries) for row in rows), found))
    is_freed = recording.record(session, settings, holding, outcomes)
    if is_freed:
        kinds = [settled.result.outcome for settled in outcomes]
        log.warning(
            "a batch was taken over from a sender that ended",
            issue=batch.issue_id,
            batch=batch.no,
            recorded=sum(kind is not Outcome.UNCERTAIN for kind in kinds),
            uncertain=kinds.count(Outcome.UNCERTAIN),
        )
    return is_freed


def _outcomes(rows: Iterable[tuple[int, int]], found: Evidence) -> Iterable[Settled]:
    for subscriber_id, tries in rows:
        result = found.settled.get(subscriber_id)
        if result is not None and result.outcome is not Outcome.UNSENT:
            yield Settled(subscriber_id, tries, result)
        elif subscriber_id in found.open:
            yield Settled(subscriber_id, tries, NO_REPLY)
        elif not found.is_whole:
            yield Settled(subscriber_id, tries, NO_EVIDENCE)


def _take(path: Path, *, may_end: bool) -> Journal:
    """The journal, locked; a holder that is stopped or hung is ended first, where `may_end`. Raises JournalHeld."""
    try:
        return Journal.take(path)
    except JournalHeld:
        if not may_end or not _end_holder(path):
            raise
    deadline = time.monotonic() + END_SECONDS
    while True:
        try:
            return Journal.take(path)
        except JournalHeld:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _end_holder(path: Path) -> bool:
    """Kill the process that holds a journal; False where it is not certain which one that is, or where it is this one."""
    writer = evidence.read(path.read_bytes()).writer
    if writer is None or writer.boot_id != evidence.boot_id() or writer.pid == os.getpid():
        return False
    if evidence.process_started(writer.pid) != writer.started:
        return False
    log.error("a sender that lost its lease is ended", pid=writer.pid)
    with suppress(ProcessLookupError):
        try:
            os.kill(writer.pid, signal.SIGKILL)
        except PermissionError:
            return False
    return True
