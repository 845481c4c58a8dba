"""What the sweep sees of the ways out: a daily quota that is used up is noted, and a breaker that stays open is told to the desk (E11)."""

from datetime import datetime, timedelta

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from service.core import clock
from service.core.database import changed
from service.core.settings import Settings
from service.delivery.ledger import audience
from service.delivery.models import Batch, BatchState, Lane, Launch
from service.delivery.pacing import backoff, lanes, pace
from service.delivery.reasons import Reason
from service.delivery.telling import stop_notices
from service.issues.models import Issue, IssueState
from service.schedule import due

OPEN_SECONDS = 300
"""So long a breaker may be open before somebody is told."""


def look(session: Session, settings: Settings) -> None:
    """One look; ten sweepers change no more than one."""
    now = clock.now()
    _note_quota(session, settings, now)
    for lane in _open_long(session, settings, now):
        for issue_id in _waiting(session, lane.name):
            stop_notices.ask(session, issue_id)
        changed(session, update(Lane).where(Lane.name == lane.name).values(told_at=now))


def _note_quota(session: Session, settings: Settings, now: datetime) -> None:
    state = pace.quota_state(session, settings, now)
    if state is None or state.free_at is None:
        lanes.end_quota(session)
        return
    waiting = _waiting(session, lanes.EVERY)
    for issue_id in waiting:
        _wait_for_quota(session, issue_id, state.free_at, now)
    if waiting:
        lanes.note_quota(session, state.most, state.free_at)


def _wait_for_quota(session: Session, issue_id: int, free_at: datetime, now: datetime) -> None:
    """Who never had a turn for want of quota is not too old when it is free again; the next slot stays the limit (E7)."""
    newsletter_id = audience.terms(session, issue_id).newsletter_id
    limit = backoff.give_up_at(free_at, due.next_booked_at(session, newsletter_id, now))
    changed(session, update(Launch).where(Launch.issue_id == issue_id, Launch.give_up_at < limit).values(give_up_at=limit))


def _open_long(session: Session, settings: Settings, now: datetime) -> list[Lane]:
    since = now - timedelta(seconds=OPEN_SECONDS * settings.retry_scale)
    return [
        row
        for row in lanes.troubles(session)
        if row.told_at is None
        and not row.is_held  # told when it was held
        and row.reason != Reason.RATE.value
        and not row.name.startswith((lanes.HOST_MARK, lanes.QUOTA))
        and row.since <= since
    ]


def _waiting(session: Session, lane: str) -> list[int]:
    """The issues that are being sent and have readers queued in this lane."""
    at_lane = [] if lane == lanes.EVERY else [Batch.lane == lane]
    queued = exists().where(Batch.issue_id == Issue.id, Batch.state == BatchState.OPEN, *at_lane)
    return list(session.scalars(select(Issue.id).where(Issue.state == IssueState.SENDING, queued).order_by(Issue.id)))
