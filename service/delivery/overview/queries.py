"""How a sending goes: counts by state and lane, pace, time left. What is in the way is in troubles.py, one reader's story in story.py."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from service.core import clock
from service.delivery import launches
from service.delivery.ledger import tallies
from service.delivery.ledger.tallies import Count
from service.delivery.models import Attempt, Batch, Launch, Retry
from service.delivery.states import DeliveryState
from service.issues.models import Issue, IssueState

RATE_SECONDS = 60


@dataclass(frozen=True)
class Progress:
    """Where an issue's sending stands. `rate` is accepted mails a minute over the last minute."""

    issue_id: int
    state: IssueState
    recipients: int
    tracked: int
    by_state: dict[str, int]
    by_lane: dict[str, dict[str, int]]
    skipped: dict[str, int]  # by reason
    refused: dict[str, int]  # by reason
    waiting: dict[str, int]  # deferred, by the reason of the last try
    sending: int  # of the queued, in batches that a sender holds
    rate: float
    seconds_left: int | None
    next_retry_at: datetime | None
    started_at: datetime
    finished_at: datetime | None

    @property
    def settled(self) -> int:
        """Deliveries to which nothing more happens."""
        return sum(self.by_state.get(state.value, 0) for state in (DeliveryState.ACCEPTED, DeliveryState.REFUSED, DeliveryState.SKIPPED))

    @property
    def unsent(self) -> int:
        """Readers still to be sent to: queued, or to be tried again."""
        return self.by_state.get("queued", 0) + self.by_state.get("deferred", 0)

    @property
    def share(self) -> float:
        """The settled part, 0 to 1."""
        return self.settled / self.recipients if self.recipients else 1.0


@dataclass(frozen=True)
class Listed:
    """One launched issue in the list of deliveries."""

    issue_id: int
    newsletter_id: int
    state: IssueState
    recipients: int
    started_at: datetime
    finished_at: datetime | None
    counts: Mapping[str, int] = field(default_factory=dict)  # by state, once finished


def progress(session: Session, issue_id: int) -> Progress:
    """The dashboard's and the terminal's numbers, from the counts kept with the batches. Raises NotFound if it was never started."""
    launch = launches.of(session, issue_id)
    tally = _tally(tallies.counts(session, issue_id))
    state = session.get_one(Issue, issue_id).state
    pace = _rate(session, launch)
    left = tally.by_state["queued"]
    return Progress(
        issue_id=issue_id,
        state=state,
        recipients=launch.recipients,
        tracked=launch.tracked,
        by_state=tally.by_state,
        by_lane=dict(sorted(tally.by_lane.items())),
        skipped=tally.reasons[DeliveryState.SKIPPED],
        refused=tally.reasons[DeliveryState.REFUSED],
        waiting=tally.reasons[DeliveryState.DEFERRED],
        sending=tally.sending,
        rate=round(pace, 1),
        seconds_left=round(left / pace * 60) if pace and left and state is IssueState.SENDING else None,
        next_retry_at=min(next_retries(session, issue_id, tally.by_lane).values(), default=None),
        started_at=launch.started_at,
        finished_at=launch.finished_at,
    )


def next_retries(session: Session, issue_id: int, lanes: Iterable[str]) -> dict[str, datetime]:
    """When the next retry of each of these lanes is due; one entry of ix_retries_lane for each, however many wait."""
    names = list(lanes)
    if not names:
        return {}
    own = [select(func.min(Retry.next_at)).where(Retry.issue_id == issue_id, Retry.lane == name).scalar_subquery() for name in names]
    return {name: at for name, at in zip(names, session.execute(select(*own)).one(), strict=True) if at is not None}


def listing(session: Session, *, newsletter_id: int | None = None, limit: int = 50) -> list[Listed]:
    """The issues that were launched, the newest first."""
    own: list[ColumnElement[bool]] = [] if newsletter_id is None else [Issue.newsletter_id == newsletter_id]
    rows = session.execute(
        select(Launch, Issue.newsletter_id, Issue.state)
        .join(Issue, Issue.id == Launch.issue_id)
        .where(*own)
        .order_by(Launch.started_at.desc(), Launch.issue_id.desc())
        .limit(limit)
    )
    return [
        Listed(row.issue_id, newsletter, state, row.recipients, row.started_at, row.finished_at, row.counts)
        for row, newsletter, state in rows
    ]


def attempts(session: Session, issue_id: int, *, limit: int = 50) -> list[Attempt]:
    """The newest tries that were not a plain acceptance, with the mail server's words (addresses masked)."""
    return list(session.scalars(select(Attempt).where(Attempt.issue_id == issue_id).order_by(Attempt.id.desc()).limit(limit)))


def _none_yet() -> dict[str, int]:
    return {state.value: 0 for state in DeliveryState}


@dataclass
class _Tally:
    """Deliveries counted; `sending` of them are queued in batches that a sender holds."""

    by_state: dict[str, int] = field(default_factory=_none_yet)
    by_lane: dict[str, dict[str, int]] = field(default_factory=dict)
    reasons: dict[DeliveryState, dict[str, int]] = field(default_factory=lambda: {state: {} for state in DeliveryState})
    sending: int = 0


def _tally(counts: Iterable[Count]) -> _Tally:
    tally = _Tally()
    for each in counts:
        tally.by_state[each.state.value] += each.number
        tally.by_lane.setdefault(each.lane, _none_yet())[each.state.value] += each.number
        reasons = tally.reasons[each.state]
        reasons[each.reason] = reasons.get(each.reason, 0) + each.number
        tally.sending += each.in_hand if each.state is DeliveryState.QUEUED else 0
    return tally


def _rate(session: Session, launch: Launch) -> float:
    """Accepted a minute: from what batches recorded in the last minute, or since the start where that is shorter ago."""
    now = clock.now()
    since = now - timedelta(seconds=RATE_SECONDS)
    accepted = session.scalar(select(func.sum(Batch.accepted)).where(Batch.issue_id == launch.issue_id, Batch.recorded_at > since))
    seconds = min(RATE_SECONDS, max((now - launch.started_at).total_seconds(), 1.0))
    return (accepted or 0) / seconds * 60
