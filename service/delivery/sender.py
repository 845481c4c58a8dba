"""The sender: claims a batch, hands it over, records what became of it; no transaction is open while SMTP is spoken.

It takes the database, not a session: claim and outcomes are two transactions of its own. One sender per process and thread.
"""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from service.core import clock, logs
from service.core.database import Database
from service.core.errors import Invalid
from service.core.settings import Settings
from service.core.signing import Signer
from service.delivery import batching, evidence, lanes, recording, stop_notices
from service.delivery.batching import Claim
from service.delivery.evidence import Journal, Subject
from service.delivery.handover import Handover
from service.delivery.lease import Heartbeat, Lease, elapsed
from service.delivery.letters import Letter, Letters
from service.delivery.reasons import Reason
from service.delivery.recording import Holding
from service.delivery.replies import Outcome
from service.delivery.transports.protocol import Result, Transport
from service.issues import workflow
from service.issues.models import IssueState

log = logs.get(__name__)

NOTES_PER_READER = 2
RECORD_TRIES, RECORD_PAUSE_SECONDS = 5, 1.0
RELEASE_SECONDS = 1.0
"""When what was given back unsent is due again, so that a claimer in trouble does not turn in circles."""


@dataclass
class Drained:
    """What one drain did."""

    batches: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    issues: set[int] = field(default_factory=set)
    is_time_up: bool = False  # there may be more to do


class Sender:
    """Works lanes off over one transport, which it keeps."""

    def __init__(self, database: Database, transport: Transport, signer: Signer, settings: Settings) -> None:
        self._database = database
        self._transport = transport
        self._settings = settings
        self._letters = Letters(settings, signer)
        self._host = evidence.host_name(settings)
        self._stopped = threading.Event()
        self._deadline = 0.0

    def stop(self) -> None:
        """Finish the open transactions, record, release the rest, return. From a signal or another thread."""
        self._stopped.set()
        self._transport.stop()

    def drain(self, lane: str, *, seconds: float = 20.0) -> Drained:
        """Claim and send batches of the lane until there is none, time is up, or something is in the way.

        Where no journal can be made (a full disk) nothing is claimed, and the dashboard says so.
        """
        done = Drained()
        self._deadline = time.monotonic() + seconds
        after_issue = 0
        with Heartbeat(self._database, self._settings) as heartbeat:
            while not self._must_stop():
                claim = self._send_one(lane, after_issue, heartbeat, done)
                if claim is None:
                    return done
                after_issue = claim.issue.issue_id
        done.is_time_up = not self._stopped.is_set()
        return done

    def _must_stop(self) -> bool:
        return self._stopped.is_set() or time.monotonic() >= self._deadline

    def _send_one(self, lane: str, after_issue: int, heartbeat: Heartbeat, done: Drained) -> Claim | None:
        """One batch from claim to record; None where there was none, or trouble that makes going on useless."""
        journal = self._journal()
        if journal is None:
            return None
        try:
            claimed_at = elapsed()
            with self._database.writing() as session:
                claim = batching.claim(
                    session, self._settings, lane, clock.now(), host=self._host, journal=journal.name, after_issue=after_issue
                )
            if claim is None:
                journal.remove()
                return None
            journal.begin(Subject(claim.issue.issue_id, claim.no, claim.token, claim.compiled_id))
            lease = heartbeat.hold(claim, claimed_at)
            try:
                return self._work(claim, journal, lease, done)
            finally:
                heartbeat.let_go(lease)
        finally:
            journal.close()  # where it was not removed, the evidence stays for the sweep

    def _journal(self) -> Journal | None:
        folder = evidence.folder(self._settings)
        try:
            return Journal.create(folder, self._host, NOTES_PER_READER * self._settings.batch_size)
        except OSError as failure:
            reason = failure.strerror or type(failure).__name__
        log.error("no journal can be made, so nothing is claimed", folder=str(folder), reason=reason)
        with self._database.writing() as session:
            lanes.note_host(session, self._host, f"{folder}: {reason}")
        return None

    def _work(self, claim: Claim, journal: Journal, lease: Lease, done: Drained) -> Claim | None:
        letter = self._letter(claim)
        if letter is None:
            journal.remove()
            return None
        work = Handover(self._database, self._settings, claim, letter, journal, lease, self._must_stop)
        trouble = work.run(self._transport)
        if not self._record(claim, work, trouble):
            return None
        journal.remove()
        done.batches += 1
        done.issues.add(claim.issue.issue_id)
        done.outcomes.update(settled.result.outcome.value for settled in work.outcomes)
        done.outcomes.update({"skipped": len(work.skipped)})
        return claim if trouble is None and not work.is_over else None

    def _letter(self, claim: Claim) -> Letter | None:
        """The claim's letter; where it cannot be filled nothing leaves, and somebody has to decide."""
        try:
            with self._database.reading() as session:
                return self._letters.letter(session, claim.compiled_id)
        except Invalid as refusal:
            log.error("an issue cannot be sent", issue=claim.issue.issue_id, reason=str(refusal))
        with self._database.writing() as session:
            recording.record(session, self._settings, _holding(claim), ())
            workflow.move(session, claim.issue.issue_id, IssueState.NEEDS_DECISION, from_=(IssueState.SENDING,))
            stop_notices.ask(session, claim.issue.issue_id)
        return None

    def _record(self, claim: Claim, work: Handover, trouble: Result | None) -> bool:
        """Write the outcomes; a database that is away for a moment is waited for. False: not written, the journal has them."""
        for attempt in range(RECORD_TRIES):
            try:
                with self._database.writing() as session:
                    is_ours = recording.record(
                        session,
                        self._settings,
                        _holding(claim),
                        work.outcomes,
                        skipped=work.skipped,
                        untracked=work.untracked,
                        next_at=clock.now() + timedelta(seconds=RELEASE_SECONDS),
                    )
                    if is_ours:
                        self._learn(session, claim, work, trouble)
            except SQLAlchemyError as failure:
                log.warning("outcomes are not recorded yet", batch=claim.no, attempt=attempt + 1, reason=type(failure).__name__)
                time.sleep(RECORD_PAUSE_SECONDS)
                continue
            if not is_ours:
                log.warning("the batch is no longer ours, its outcomes stay in the journal", issue=claim.issue.issue_id, batch=claim.no)
            return is_ours
        return False

    def _learn(self, session: Session, claim: Claim, work: Handover, trouble: Result | None) -> None:
        """What the replies say about the lane and the mail server (E6, E11)."""
        place = lanes.place_of_trouble(self._settings, claim.lane)
        if work.fault is not None:
            lanes.hold(session, place, work.fault.reason, work.fault.text)
            stop_notices.ask(session, claim.issue.issue_id)
        elif work.slowdown is not None:
            lanes.rest(session, self._settings, place, work.slowdown.reason, work.slowdown.text)
        elif any(settled.result.outcome in _SETTLING for settled in work.outcomes):
            lanes.recover(session, (claim.lane, lanes.EVERY, lanes.host_name(self._host)))
        if trouble is not None and trouble.reason is not Reason.STOPPED:
            lanes.fail(session, self._settings, trouble.reason, trouble.text)


_SETTLING = (Outcome.ACCEPTED, Outcome.REFUSED)
"""A mail server that does either is at work; one that only puts off has not shown that its trouble is over."""


def _holding(claim: Claim) -> Holding:
    return Holding(claim.issue.issue_id, claim.no, claim.token, claim.lane, claim.compiled_id, claim.give_up_at)
