"""The forecast of an issue in a slot, out of the database: the paces that will hold then, what was measured, what quota is left."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.core.settings import Settings
from service.delivery.ledger import audience
from service.delivery.models import Batch, Launch, SpentHour
from service.delivery.overview import forecast
from service.delivery.overview.forecast import Forecast, Way
from service.delivery.pacing import backoff, pace, quota, relays
from service.schedule import due
from service.schedule.models import Slot, SlotState

UNMEASURED = 50.0
"""Messages a second that are assumed where nothing was sent yet."""
MEASURED_LAUNCHES, MEASURED_READERS, MEASURED_SHARE = 3, 100, 0.95
"""The last launches that were large enough, each until nearly everybody had been handed over: what is tried again later is no measure."""


def of(session: Session, settings: Settings, newsletter_id: int, starts_at: datetime, readers: dict[str, int]) -> Forecast:
    """What to expect of an issue of this newsletter that goes out at `starts_at` to so many readers of each lane."""
    rates = pace.rates_now(session, settings, starts_at)
    own = {lane: rate for lane, rate in rates.items() if lane != pace.RELAY}
    measured = _measured(session, set(own))
    total = min(rates.get(pace.RELAY, float("inf")), (measured or UNMEASURED) + sum(own.values()))
    following = due.next_booked_at(session, newsletter_id, starts_at)
    growth = _quota(session, settings, newsletter_id, starts_at, sum(readers.values()))
    patience = backoff.MAX_AGE if growth is None else backoff.MAX_AGE + quota.WINDOW  # alarms.py: want of quota makes nobody too old
    limit = backoff.give_up_at(starts_at, following, patience)
    return forecast.foresee(readers, Way(total, own, growth), starts_at, limit)


def _measured(session: Session, paced: set[str]) -> float | None:
    """Messages a second of the lanes without a pace of their own, over the last launches; None where nothing tells."""
    recent = (
        select(Launch.issue_id, Launch.started_at)
        .where(Launch.finished_at.is_not(None), Launch.recipients >= MEASURED_READERS)
        .order_by(Launch.finished_at.desc())
        .limit(MEASURED_LAUNCHES)
    )
    found = [_rate(session, issue_id, started_at, paced) for issue_id, started_at in session.execute(recent).all()]
    rates = sorted(rate for rate in found if rate is not None)
    return rates[len(rates) // 2] if rates else None


def _rate(session: Session, issue_id: int, started_at: datetime, paced: set[str]) -> float | None:
    rows = session.execute(
        select(Batch.recorded_at, Batch.size)
        .where(Batch.issue_id == issue_id, Batch.recorded_at.is_not(None), Batch.lane.not_in(paced))
        .order_by(Batch.recorded_at)
    ).all()
    readers, done = sum(row.size for row in rows), 0
    for recorded_at, size in rows:
        done += size
        if done >= readers * MEASURED_SHARE and recorded_at is not None:
            return done / max(1.0, (recorded_at - started_at).total_seconds())
    return None


def _quota(session: Session, settings: Settings, newsletter_id: int, starts_at: datetime, wanted: int) -> list[tuple[datetime, int]] | None:
    """From when how many mails more may leave: what is left at the start, then what grows back, its own mails after a day too."""
    most = relays.quota(settings)
    if most is None:
        return None
    hours = {row.begin: row.mails for row in session.scalars(select(SpentHour))}
    for begin, mails in _booked_before(session, newsletter_id, starts_at):
        hours[quota.hour(begin)] = hours.get(quota.hour(begin), 0) + mails
    left = max(0, most - quota.used(hours, starts_at))
    back = [(begin + quota.WINDOW, mails) for begin, mails in sorted(hours.items()) if begin + quota.WINDOW > starts_at]
    own = [(quota.hour(starts_at) + (number + 1) * quota.WINDOW, most) for number in range(wanted // most + 1)]
    return sorted([(starts_at, left), *back, *own])


def _booked_before(session: Session, newsletter_id: int, starts_at: datetime) -> list[tuple[datetime, int]]:
    """Other newsletters' booked slots of the day before, with as many mails as they have readers now."""
    slots = session.execute(
        select(Slot.newsletter_id, Slot.fires_at).where(
            Slot.state == SlotState.BOOKED,
            Slot.fires_at <= starts_at,
            Slot.fires_at > starts_at - timedelta(hours=24),
            Slot.newsletter_id != newsletter_id,
        )
    ).all()
    return [(fires_at, sum(audience.count_by_lane(session, other).values())) for other, fires_at in slots]
