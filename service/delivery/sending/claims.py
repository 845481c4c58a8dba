"""Batches taken and given back, lane by lane: journal, claim, lease and letter before the hand-over; outcomes, lease and journal after it.

Both run in the thread of the ledger, beside the one that speaks SMTP; each transaction is short and its own.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from service.core import clock, logs
from service.core.database import Database
from service.core.errors import Invalid
from service.core.settings import Settings
from service.delivery import evidence, questions
from service.delivery.evidence import Journal, Subject
from service.delivery.ledger import batching, recording
from service.delivery.ledger.batching import Claim
from service.delivery.ledger.recording import Holding
from service.delivery.pacing import lanes, pace, relays
from service.delivery.pacing.breaker import Recent, Sign
from service.delivery.reasons import Reason
from service.delivery.replies import Outcome
from service.delivery.sending import remembered
from service.delivery.sending.handover import Handover
from service.delivery.sending.lease import Heartbeat, elapsed
from service.delivery.sending.letters import Letter, Letters
from service.delivery.telling import stop_notices
from service.delivery.transports.protocol import Result
from service.issues import workflow
from service.issues.models import IssueState

log = logs.get(__name__)

NOTES_PER_READER = 2
RECORD_TRIES, RECORD_PAUSE_SECONDS = 5, 1.0
LOOK_AROUND_SECONDS = 1.0
"""How long at most a lane without a pace is worked on before those with one are looked at again."""
RELEASE_SECONDS = 1.0
"""When what was given back unsent is due again, so that a claimer in trouble does not turn in circles."""


@dataclass
class Drained:
    """What one drain did."""

    batches: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    issues: set[int] = field(default_factory=set)
    is_time_up: bool = False  # there may be more to do


class Claims:
    """The batches that one drain takes: its lane's first, then whatever other lane has work and may be given something now.

    No lane is waited for while another has work (E9a). What became of the batches is counted in `done`.
    """

    def __init__(
        self, database: Database, settings: Settings, letters: Letters, heartbeat: Heartbeat, lane: str, must_stop: Callable[[], bool]
    ) -> None:
        self.done = Drained()
        self._database = database
        self._settings = settings
        self._letters = letters
        self._heartbeat = heartbeat
        self._lane = lane
        self._must_stop = must_stop
        self._host = evidence.host_name(settings)
        self._last_issue = 0
        self._look_at: datetime | None = clock.now() if relays.are_limited(settings) else None  # at the other lanes; None: in no hurry
        self._recent: dict[str, Recent] = {}
        self._kept: dict[str, str] = {}  # their words in the database
        self.rest_seconds: float | None = None  # after `take` gave nothing: when a lane with work may be given something; None: none has

    @property
    def must_stop(self) -> bool:
        """Time is up, or somebody said so."""
        return self._must_stop()

    def take(self) -> Handover | None:
        """The next batch, ready to be handed over; None where there is none for now or something is in the way.

        Where no journal can be made (a full disk) nothing is claimed, and the dashboard says so.
        """
        self.rest_seconds = None
        journal = self._journal()
        if journal is None:
            return None
        claimed_at = elapsed()
        try:
            claim, letter = self._claim(journal)
            if claim is None:
                journal.remove()
                return None
            journal.begin(Subject(claim.issue.issue_id, claim.no, claim.token, claim.compiled_id))
            letter = letter or self._letter(claim)
            if letter is None:
                journal.remove()
                return None
            recent = self._recent_at(lanes.place_of_trouble(self._settings, claim.lane))
        except BaseException:
            journal.close()  # the evidence stays for the sweep
            raise
        self._last_issue = claim.issue.issue_id
        lease = self._heartbeat.hold(claim, claimed_at)
        return Handover(self._database, self._settings, claim, letter, journal, lease, recent, self._must_stop)

    def _claim(self, journal: Journal) -> tuple[Claim | None, Letter | None]:
        """A claim on the first lane that gives one, and its letter where it is at hand."""
        for lane in self._lanes():
            with self._database.writing() as session:
                claim = batching.claim(
                    session, self._settings, lane, clock.now(), host=self._host, journal=journal.name, after_issue=self._last_issue
                )
                letter = self._letters.at_hand(session, claim.compiled_id) if claim is not None else None
            if claim is not None:
                self._lane = lane
                return claim, letter
        return None, None

    def _lanes(self) -> Iterator[str]:
        """Where to look for a batch.

        The lane that is being worked on comes first, and costs no look at the others, as long as it has no pace of its own and no lane
        that has one is due.
        """
        now = clock.now()
        is_first = relays.of_lane(self._settings, self._lane).is_none and (self._look_at is None or now < self._look_at)
        if is_first:
            yield self._lane
        with self._database.reading() as session:
            found = batching.ready(session, self._settings, now)
        if relays.are_limited(self._settings):
            paced = [at for at, lane in found if at > now or not relays.of_lane(self._settings, lane).is_none]
            self._look_at = min([now + timedelta(seconds=LOOK_AROUND_SECONDS), *paced])
        for ready_at, lane in found:
            if ready_at <= now and not (is_first and lane == self._lane):
                yield lane
        later = [(ready_at - now).total_seconds() for ready_at, _ in found if ready_at > now]
        self.rest_seconds = min(later, default=None)

    def _recent_at(self, place: str) -> Recent:
        """The last replies of a lane or of the mail server, as far as this drain knows them."""
        if place not in self._recent:
            with self._database.reading() as session:
                self._kept[place] = pace.recent(session, place)
            self._recent[place] = Recent(self._kept[place], is_relay=place == lanes.EVERY)
        return self._recent[place]

    def give_back(self, work: Handover, trouble: Result | None) -> bool:
        """Write the outcomes and free the rest; a database that is away for a moment is waited for.

        False: not written, the journal has them and the sweep will read it.
        """
        try:
            work.lease.is_recorded = True
            remembered.keep(self._settings, work.claim, work.outcomes)
            if not self._record(work, trouble):
                return False
            work.journal.remove()
        finally:
            self.abandon(work)
        self.done.batches += 1
        self.done.issues.add(work.claim.issue.issue_id)
        self.done.outcomes.update(settled.result.outcome.value for settled in work.outcomes)
        self.done.outcomes.update({"skipped": len(work.skipped)})
        return True

    def abandon(self, work: Handover) -> None:
        """Let go of it; where its journal was not removed, the evidence stays for the sweep."""
        work.journal.close()
        self._heartbeat.let_go(work.lease)

    def note_trouble(self, trouble: Result) -> None:
        """The mail server could not be used, and no batch is left to say so with."""
        with self._database.writing() as session:
            self._learn_trouble(session, trouble)

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

    def _letter(self, claim: Claim) -> Letter | None:
        """The claim's letter; where it cannot be filled nothing leaves, and somebody has to decide."""
        try:
            with self._database.reading() as session:
                return self._letters.letter(session, claim.compiled_id)
        except Invalid as refusal:
            log.error("an issue cannot be sent", issue=claim.issue.issue_id, reason=str(refusal))
            unfillable = refusal
        with self._database.writing() as session:
            recording.record(session, self._settings, Holding.of(claim), ())
            self._ask_about(session, claim.issue.issue_id, unfillable)
        return None

    def _ask_about(self, session: Session, issue_id: int, refusal: Invalid) -> None:
        """Several senders find the same letter at once, and somebody may have paused it meanwhile: the first asks, the others go on."""
        try:
            with session.begin_nested():
                workflow.move(session, issue_id, IssueState.NEEDS_DECISION, from_=(IssueState.SENDING,))
        except workflow.WrongState:
            return
        values = {name: str(value) for name, value in refusal.values.items()}
        questions.ask(session, issue_id, questions.Kind.UNFILLABLE, was=IssueState.SENDING, message=refusal.message, filled=values)
        stop_notices.ask(session, issue_id)

    def _record(self, work: Handover, trouble: Result | None) -> bool:
        claim = work.claim
        for attempt in range(RECORD_TRIES):
            try:
                with self._database.writing() as session:
                    is_ours = recording.record(
                        session,
                        self._settings,
                        Holding.of(claim),
                        work.outcomes,
                        skipped=work.skipped,
                        untracked=work.untracked,
                        next_at=claim.next_at if work.is_settled else clock.now() + timedelta(seconds=RELEASE_SECONDS),
                    )
                    if is_ours:
                        self._learn(session, work, trouble)
            except SQLAlchemyError as failure:
                log.warning("outcomes are not recorded yet", batch=claim.no, attempt=attempt + 1, reason=type(failure).__name__)
                time.sleep(RECORD_PAUSE_SECONDS)
                continue
            if is_ours:
                self._kept[lanes.place_of_trouble(self._settings, claim.lane)] = work.recent.word  # only now that it is committed
            else:
                log.warning("the batch is no longer ours, its outcomes stay in the journal", issue=claim.issue.issue_id, batch=claim.no)
            return is_ours
        return False

    def _learn(self, session: Session, work: Handover, trouble: Result | None) -> None:
        """What the replies say about the lane and the mail server (E6, E11).

        Paces, then lanes, then the quota, as a claim locks them, so that the two never wait for each other.
        """
        lane, said = work.claim.lane, work.said
        place = lanes.place_of_trouble(self._settings, lane)
        self._keep_recent(session, place, work.recent.word)
        if said is None:
            if any(settled.result.outcome in _SETTLING for settled in work.outcomes):
                lanes.recover(session, (lane, lanes.EVERY, lanes.host_name(self._host)))
        elif work.sign is Sign.HOLD:
            lanes.hold(session, place, said.reason, said.text)
            stop_notices.ask(session, work.claim.issue.issue_id)
        elif work.sign is Sign.REST:
            lanes.rest(session, self._settings, place, said.reason, said.text)
        else:
            lanes.open_breaker(session, self._settings, place, said.reason, said.text)
        if trouble is not None:
            self._learn_trouble(session, trouble)
        pace.give_back(session, self._settings, work.unsent, clock.now())

    def _keep_recent(self, session: Session, place: str, word: str) -> None:
        """Written only where a reply was not good, or the last of such is gone."""
        if word != self._kept.get(place, ""):
            pace.keep_recent(session, place, word)

    def _learn_trouble(self, session: Session, trouble: Result) -> None:
        if trouble.reason is not Reason.STOPPED:
            lanes.fail(session, self._settings, trouble.reason, trouble.text)


_SETTLING = (Outcome.ACCEPTED, Outcome.REFUSED)
"""A mail server that does either is at work; one that only puts off has not shown that its trouble is over."""
