"""One claimed batch on its way: envelopes lazily, a note before each final dot, a look at standing before each window, outcomes kept.

Readers are known here by their place in the claim (`index`).
"""

from collections.abc import Callable, Collection, Iterator
from functools import cached_property

from sqlalchemy.exc import SQLAlchemyError

from service.core import clock, logs
from service.core.database import Database
from service.core.settings import Settings
from service.delivery.evidence import Journal
from service.delivery.ledger import audience
from service.delivery.ledger.batching import Claim
from service.delivery.ledger.recording import Settled
from service.delivery.pacing.breaker import Recent, Sign
from service.delivery.replies import Outcome
from service.delivery.sending.lease import Lease, elapsed
from service.delivery.sending.letters import Letter
from service.delivery.states import SkipReason
from service.delivery.transports.protocol import Envelope, HandoverRefused, Result
from service.issues.models import IssueState

log = logs.get(__name__)

CLAIM_FRESH_SECONDS = 0.1
"""So old at most may a claim be to count as the first look at standing; with the window's own 0.9 s that makes a second (A6)."""
SHORT = 50
"""Readers of a claim by which the next one is not waited for."""


class Handover:
    """Runs in one thread; what it learned stands in its attributes afterwards."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        claim: Claim,
        letter: Letter,
        journal: Journal,
        lease: Lease,
        recent: Recent,
        must_stop: Callable[[], bool],
    ) -> None:
        self._database = database
        self._settings = settings
        self.claim = claim
        self._readers = claim.recipients
        self._letter = letter
        self.journal = journal
        self.lease = lease
        self._must_stop = must_stop
        self._results: dict[int, Result] = {}
        self._has_looked = False
        self.recent = recent
        self.is_over = False  # nothing more of this batch is handed over
        self.skipped: dict[int, SkipReason] = {}
        self.sign: Sign | None = None  # what the lane, or the mail server, has shown to need (E6, E11)
        self.said: Result | None = None  # the reply that gave the sign

    @property
    def is_half_settled(self) -> bool:
        """At most half of the readers are still to be answered for."""
        return 2 * (len(self._results) + len(self.skipped)) >= len(self._readers)

    @property
    def is_short(self) -> bool:
        """So few readers, by its lane's pace, that the connections would stand still until they are answered for."""
        return self.claim.is_paced and len(self.claim.recipients) <= SHORT

    @property
    def is_settled(self) -> bool:
        """Nothing more will come: every reader has a result or is skipped."""
        return len(self._results) + len(self.skipped) == len(self._readers)

    @cached_property
    def outcomes(self) -> list[Settled]:
        """Everybody whose mail left or was answered; to be asked for once nothing more will come."""
        return [
            Settled(self._readers[index].subscriber_id, self._readers[index].tries, result)
            for index, result in self._results.items()
            if result.outcome is not Outcome.UNSENT
        ]

    @property
    def unsent(self) -> int:
        """How many of those who were to be sent to were not, and do not count in a quota."""
        granted = sum(reader.barrier is None for reader in self.claim.recipients)
        return granted - len(self.outcomes)

    @property
    def untracked(self) -> list[int]:
        """Readers whose mail went without the pixel that the launch had counted (B15)."""
        recipients = (self._readers[index] for index in self._results)
        return [reader.subscriber_id for reader in recipients if reader.was_tracked and not reader.is_tracked]

    def envelopes(self, numbers: Iterator[int]) -> Iterator[tuple[int, Envelope]]:
        """Each reader's index and numbered envelope, until the batch is through or has to end; the claim has kept the lane's pace."""
        now = clock.now()
        for index, recipient in enumerate(self.claim.recipients):
            self.is_over |= not self.lease.is_held
            if self.is_over or self._must_stop():
                return
            if recipient.barrier is not None:
                self.skipped[recipient.subscriber_id] = recipient.barrier
                continue
            yield index, self._letter.envelope(next(numbers), recipient, now)

    def on_handover(self, index: int) -> None:
        """As Transport.send says. Raises HandoverRefused where the lease is lost, OSError where it cannot be noted."""
        if not self.lease.is_held:
            raise HandoverRefused("the lease of the batch has run out")
        self.journal.handing_over(self._readers[index].subscriber_id)

    def on_result(self, index: int, result: Result) -> None:
        """As Transport.send says."""
        self._results[index] = result
        try:
            self.journal.settled(self._readers[index].subscriber_id, result)
        except OSError as failure:
            self.is_over = True  # the outcome itself is in hand and will be recorded
            log.error("the journal cannot be written", reason=str(failure))
        self._learn(result)

    def _learn(self, result: Result) -> None:
        sign = self.recent.note(result, is_probe=self.claim.is_probe)
        if sign is not None:
            self.is_over, self.sign, self.said = True, sign, result

    def standing(self, indexes: Collection[int]) -> Collection[int]:
        """Who of these is not to be sent to now: barred readers for good, all of them while the issue or the database is away.

        So it is after a correction too: who has not been handed over yet gets the new version, by another claim (A6, E12).
        """
        if not self._has_looked:
            self._has_looked = True
            if elapsed() - self.lease.claimed_at < CLAIM_FRESH_SECONDS:
                return ()  # the claim has just looked itself
        by_id = {self._readers[index].subscriber_id: index for index in indexes}
        try:
            with self._database.reading() as session:
                issue = audience.terms(session, self.claim.issue.issue_id)
                barred = audience.barred(session, issue, by_id)
        except SQLAlchemyError as failure:
            log.warning("standing cannot be looked at, handing over stops", reason=type(failure).__name__)
            self.is_over = True
            return indexes
        if issue.state is not IssueState.SENDING or issue.compiled_id != self.claim.compiled_id:
            self.is_over = True
            return indexes
        self.skipped |= barred
        return [by_id[subscriber_id] for subscriber_id in barred]
