"""One claimed batch on its way: envelopes lazily, a note before each final dot, a look at standing before each window, outcomes kept."""

from collections import deque
from collections.abc import Callable, Collection, Iterator
from functools import cached_property

from sqlalchemy.exc import SQLAlchemyError

from service.core import clock, logs
from service.core.database import Database
from service.core.settings import Settings
from service.delivery import audience, lanes
from service.delivery.audience import Recipient
from service.delivery.batching import Claim
from service.delivery.evidence import Journal
from service.delivery.lease import Lease, elapsed
from service.delivery.letters import Letter
from service.delivery.reasons import OPENS_BREAKER, SLOWS_LANE
from service.delivery.recording import Settled
from service.delivery.replies import Outcome
from service.delivery.states import SkipReason
from service.delivery.transports.protocol import Envelope, HandoverRefused, Result, Transport, Wait
from service.issues.models import IssueState

log = logs.get(__name__)

CLAIM_FRESH_SECONDS = 0.1
"""So old at most may a claim be to count as the first look at standing; with the window's own 0.9 s that makes a second (A6)."""


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
        must_stop: Callable[[], bool],
    ) -> None:
        self._database = database
        self._settings = settings
        self._claim = claim
        self._letter = letter
        self._journal = journal
        self._lease = lease
        self._must_stop = must_stop
        self._results: dict[int, Result] = {}
        self._has_looked = False
        self._last_faults: deque[bool] = deque(maxlen=lanes.FAULTS_OF)
        self.is_over = False  # nothing more of this batch is handed over
        self.skipped: dict[int, SkipReason] = {}
        self.fault: Result | None = None  # ours, so often that the lane has to stop (E11)
        self.slowdown: Result | None = None

    def run(self, transport: Transport) -> Result | None:
        """Hand the batch over; returns why it ended early where that was the mail server's doing or a stop.

        Afterwards every reader is in `outcomes`, in `skipped`, or has not left and stays queued.
        """
        try:
            return transport.send(self._envelopes(), on_handover=self._on_handover, on_result=self._on_result, standing=self._standing)
        except (HandoverRefused, OSError) as refusal:
            self.is_over = True
            log.error("handing over was stopped", issue=self._claim.issue.issue_id, batch=self._claim.no, reason=str(refusal))
            return None

    @cached_property
    def outcomes(self) -> list[Settled]:
        """Everybody whose mail left or was answered; to be asked for once `run` has ended."""
        return [
            Settled(self._recipient(number).subscriber_id, self._recipient(number).tries, result)
            for number, result in self._results.items()
            if result.outcome is not Outcome.UNSENT
        ]

    @property
    def untracked(self) -> list[int]:
        """Readers whose mail went without the pixel that the launch had counted (B15)."""
        recipients = (self._recipient(number) for number in self._results)
        return [reader.subscriber_id for reader in recipients if reader.was_tracked and not reader.is_tracked]

    def _envelopes(self) -> Iterator[Envelope | Wait]:
        now, rate = clock.now(), lanes.rate(self._settings, self._claim.lane)
        for number, recipient in enumerate(self._claim.recipients):
            if self.is_over or self._must_stop() or not self._lease.is_held:
                return
            if recipient.barrier is not None:
                self.skipped[recipient.subscriber_id] = recipient.barrier
                continue
            yield self._letter.envelope(number, recipient, now)
            if rate is not None:
                yield Wait(1 / rate)

    def _on_handover(self, number: int) -> None:
        if not self._lease.is_held:
            raise HandoverRefused("the lease of the batch has run out")
        self._journal.handing_over(self._recipient(number).subscriber_id)

    def _on_result(self, number: int, result: Result) -> None:
        self._results[number] = result
        try:
            self._journal.settled(self._recipient(number).subscriber_id, result)
        except OSError as failure:
            self.is_over = True  # the outcome itself is in hand and will be recorded
            log.error("the journal cannot be written", reason=str(failure))
        self._learn(result)

    def _learn(self, result: Result) -> None:
        if result.outcome is Outcome.UNSENT:
            return
        is_fault = result.outcome is Outcome.DEFERRED and result.reason in OPENS_BREAKER
        is_slow = result.outcome is Outcome.DEFERRED and result.reason in SLOWS_LANE
        self._last_faults.append(is_fault or is_slow)
        most = 1 if is_slow and self._settings.relay_kind == "direct" else lanes.FAULTS_TO_HOLD
        if sum(self._last_faults) >= most:
            self.is_over = True
            if is_slow:
                self.slowdown = result
            elif is_fault:
                self.fault = result

    def _standing(self, numbers: Collection[int]) -> Collection[int]:
        """Who of these is not to be sent to now: barred readers for good, all of them while the issue or the database is away (A6, E12)."""
        if not self._has_looked:
            self._has_looked = True
            if elapsed() - self._lease.claimed_at < CLAIM_FRESH_SECONDS:
                return ()  # the claim has just looked itself
        by_id = {self._recipient(number).subscriber_id: number for number in numbers}
        try:
            with self._database.reading() as session:
                issue = audience.terms(session, self._claim.issue.issue_id)
                barred = audience.barred(session, issue, by_id)
        except SQLAlchemyError as failure:
            log.warning("standing cannot be looked at, handing over stops", reason=type(failure).__name__)
            self.is_over = True
            return numbers
        if issue.state is not IssueState.SENDING:
            self.is_over = True
            return numbers
        self.skipped |= barred
        return [by_id[subscriber_id] for subscriber_id in barred]

    def _recipient(self, number: int) -> Recipient:
        return self._claim.recipients[number]
