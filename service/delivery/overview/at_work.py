"""Who and what is at work on an issue: its lanes with pace and trouble, the mail server, the workers. From small tables only."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.core import clock
from service.core.settings import Settings
from service.delivery.models import Batch, BatchState, Lane, SenderHost
from service.delivery.overview.queries import RATE_SECONDS, Progress, next_retries
from service.delivery.pacing import lanes, pace
from service.issues.models import IssueState

SEEN_SECONDS = 180
"""A worker host writes that it is there once a minute; one that has not for so long is not shown, unless it holds batches."""


@dataclass(frozen=True, slots=True)
class LaneView:
    """`pace` is accepted mails a minute, `most` the pace that is set for it.

    `next_at` is when its next batch or retry is due; `trouble` is None where all is well.
    """

    name: str
    counts: dict[str, int]  # by state
    pace: float
    most: float | None  # mails a minute that it may be given now, after rate replies; None: as fast as they are taken
    next_at: datetime | None
    trouble: Lane | None


@dataclass(frozen=True, slots=True)
class RelayView:
    """The mail server as the settings name it, without its password; `trouble` is what its breaker knows."""

    kind: str
    address: str
    connections: int  # of each sending process
    processes: int
    most: float | None  # mails a minute
    quota: int | None  # mails in any 24 hours
    quota_used: int | None
    trouble: Lane | None


@dataclass(frozen=True, slots=True)
class WorkerView:
    """One host: how much of this issue it holds, and when it was last heard of. `held` without a lease: it is silent and is taken over."""

    host: str
    batches: int
    readers: int
    lease_until: datetime | None
    heard_at: datetime | None
    trouble: Lane | None


@dataclass(frozen=True, slots=True)
class AtWork:
    lanes: tuple[LaneView, ...]
    relay: RelayView
    workers: tuple[WorkerView, ...]


def of(session: Session, settings: Settings, progress: Progress) -> AtWork:
    """What is at work on an issue now; indexes over batches and retries of the issue, one row each per lane, host and trouble."""
    troubles = {row.name: row for row in lanes.troubles(session)}
    workers = _workers(session, settings, progress, troubles)
    most = {name: round(rate * 60, 1) for name, rate in pace.rates_now(session, settings, clock.now()).items()}
    return AtWork(_lanes(session, progress, troubles, most), _relay(session, settings, troubles, most.get(lanes.EVERY)), workers)


def _lanes(session: Session, progress: Progress, troubles: dict[str, Lane], most: dict[str, float]) -> tuple[LaneView, ...]:
    paces, due = _paces(session, progress), _due(session, progress)
    if progress.state is not IssueState.SENDING:
        due = {}
    return tuple(
        LaneView(name, counts, paces.get(name, 0.0), most.get(name), due.get(name), troubles.get(name))
        for name, counts in progress.by_lane.items()
    )


def _paces(session: Session, progress: Progress) -> dict[str, float]:
    now = clock.now()
    recent = (Batch.issue_id == progress.issue_id, Batch.recorded_at > now - timedelta(seconds=RATE_SECONDS))
    seconds = min(RATE_SECONDS, max((now - progress.started_at).total_seconds(), 1.0))
    rows = session.execute(select(Batch.lane, func.sum(Batch.accepted)).where(*recent).group_by(Batch.lane))
    return {lane: round((accepted or 0) / seconds * 60, 1) for lane, accepted in rows}


def _due(session: Session, progress: Progress) -> dict[str, datetime]:
    open_ = (Batch.issue_id == progress.issue_id, Batch.state == BatchState.OPEN)
    due = dict(session.execute(select(Batch.lane, func.min(Batch.next_at)).where(*open_).group_by(Batch.lane)).all())
    later = next_retries(session, progress.issue_id, progress.by_lane)
    moments = {lane: [at for at in (due.get(lane), later.get(lane)) if at] for lane in {*due, *later}}
    return {lane: min(found) for lane, found in moments.items() if found}


def _relay(session: Session, settings: Settings, troubles: dict[str, Lane], most: float | None) -> RelayView:
    parts = urlsplit(settings.smtp_url)
    address = parts.path if parts.scheme == "file" else f"{parts.hostname}:{parts.port or (465 if parts.scheme == 'smtps' else 25)}"
    kind = "file" if parts.scheme == "file" else settings.relay_kind
    quota = pace.quota_state(session, settings, clock.now())
    return RelayView(
        kind,
        address,
        settings.smtp_connections,
        settings.worker_processes,
        most,
        quota.most if quota else None,
        quota.used if quota else None,
        troubles.get(lanes.EVERY) or troubles.get(lanes.QUOTA),
    )


def _workers(session: Session, settings: Settings, progress: Progress, troubles: dict[str, Lane]) -> tuple[WorkerView, ...]:
    now, lease = clock.now(), timedelta(seconds=settings.lease_seconds)
    claimed = (Batch.issue_id == progress.issue_id, Batch.state == BatchState.CLAIMED)
    held = {
        host or "": (batches, int(readers), until)
        for host, batches, readers, until in session.execute(
            select(Batch.host, func.count(), func.sum(Batch.size), func.max(Batch.lease_until)).where(*claimed).group_by(Batch.host)
        )
    }
    young = SenderHost.seen_at > now - timedelta(seconds=SEEN_SECONDS)
    seen = dict(session.execute(select(SenderHost.name, SenderHost.seen_at).where(young, SenderHost.joined_at.is_not(None))).all())
    found = []
    for host in sorted({*held, *seen}):
        batches, readers, until = held.get(host, (0, 0, None))
        heard = max((at for at in (seen.get(host), until - lease if until else None) if at), default=None)
        found.append(WorkerView(host, batches, readers, until, heard, troubles.get(lanes.host_name(host))))
    return tuple(found)
