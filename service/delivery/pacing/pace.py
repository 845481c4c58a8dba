"""What may be handed over now: rate, connections and daily quota of the mail server and of each lane, kept over all workers (E9, E9a).

A claim asks for room, which locks the rows it depends on until it commits, so that of two claimers one goes on with what the other
left. Granted for a batch, never mail by mail; where nothing is limited nothing is asked.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from service.core.database import changed, insert
from service.core.settings import LANES, Settings
from service.delivery.models import Batch, BatchState, Pace, SpentHour
from service.delivery.pacing import bucket, quota, relays, slowing

RELAY = "*"
"""The mail server's own name among the lanes."""
BUSY_SECONDS = 0.25
"""When a lane is looked at again whose connections are all in use."""


DEBT_SECONDS = 60.0
"""So far ahead of its rate single mails may put a mail server."""


@dataclass(frozen=True, slots=True)
class QuotaState:
    """Where a daily quota stands. `free_at` is when the next mail may leave; None: now."""

    most: int
    used: int
    free_at: datetime | None

    @property
    def left(self) -> int:
        return max(0, self.most - self.used)


def room(session: Session, settings: Settings, lane: str, now: datetime) -> int | None:
    """How many mails of this lane may be handed over now; None: any number. What it read stays locked until the commit."""
    if not _is_limited(settings, lane):
        return None
    rates = _rates(settings, lane)
    rows = _locked(session, [*rates, lane, *([RELAY] if relays.quota(settings) else [])])
    most = [bucket.tokens(rows[name].spent_until, now, rate * _share(rows[name], now, settings)) for name, rate in rates.items()]
    connections = relays.of_lane(settings, lane).connections
    if connections is not None:
        most.append(connections - _in_flight(session, lane))
    state = quota_state(session, settings, now)
    if state is not None:
        most.append(state.left)
    return max(0, min(most)) if most else None


def spend(session: Session, settings: Settings, lane: str, count: int, now: datetime) -> None:
    """So many mails were granted, in the transaction that asked for room."""
    if not _is_limited(settings, lane) or count <= 0:
        return
    rates = _rates(settings, lane)
    for name, row in _locked(session, list(rates)).items():
        spent = bucket.spend(row.spent_until, now, rates[name] * _share(row, now, settings), count)
        changed(session, update(Pace).where(Pace.name == name).values(spent_until=spent))
    _count(session, settings, count, now)


def give_back(session: Session, settings: Settings, count: int, now: datetime) -> None:
    """So many granted mails did not leave after all: they count no more in the quota. What a rate allowed is over."""
    _count(session, settings, -count, now)


def counts_single(settings: Settings) -> bool:
    """Whether single mails count in anything."""
    return relays.of_relay(settings).rate is not None or relays.quota(settings) is not None


def count_single(session: Session, settings: Settings, count: int, now: datetime) -> None:
    """A single mail goes first and asks for no room, but the mail server takes it out of the same rate and quota; -1: it did not leave.

    However many there are, batches wait for at most DEBT_SECONDS after the last: the server's rate forgets what left long ago.
    """
    rate = relays.of_relay(settings).rate
    if rate is not None and count > 0:
        row = _locked(session, [RELAY])[RELAY]
        spent = bucket.spend(row.spent_until, now, rate * _share(row, now, settings), count)
        spent = min(spent, now + timedelta(seconds=DEBT_SECONDS))
        changed(session, update(Pace).where(Pace.name == RELAY).values(spent_until=spent))
    _count(session, settings, count, now)


def ready_at(session: Session, settings: Settings, lane: str, now: datetime) -> datetime:
    """From when a claim on this lane is granted something, as far as can be seen now; it locks nothing."""
    if not _is_limited(settings, lane):
        return now
    rates = _rates(settings, lane)
    rows = session.scalars(select(Pace).where(Pace.name.in_(rates))).all()
    moments = [bucket.ready_at(row.spent_until, rates[row.name] * _share(row, now, settings)) for row in rows]
    state = quota_state(session, settings, now)
    moments.append(state.free_at if state is not None else None)
    connections = relays.of_lane(settings, lane).connections
    if connections is not None and _in_flight(session, lane) >= connections:
        moments.append(now + timedelta(seconds=BUSY_SECONDS))
    return max([now, *(moment for moment in moments if moment is not None)])


def rates_now(session: Session, settings: Settings, now: datetime) -> dict[str, float]:
    """Messages a second that hold at this moment, after what rate replies have left of them; lanes without a rate are not in it."""
    kept = {row.name: row for row in session.scalars(select(Pace))}
    limits = {RELAY: relays.of_relay(settings), **{lane: relays.of_lane(settings, lane) for lane in _lanes(settings)}}
    rates = {name: limit.rate for name, limit in limits.items() if limit.rate is not None}
    return {name: rate * (_share(kept[name], now, settings) if name in kept else 1.0) for name, rate in rates.items()}


def slow_down(session: Session, settings: Settings, name: str, now: datetime) -> datetime:
    """The place asked for less: half its rate from the end of its rest on, which is returned; longer with every rest in a row (E6)."""
    row = _locked(session, [name])[name]
    scale = settings.retry_scale
    rests = slowing.rests_in_row(row.rests, row.clean_since, now, scale=scale)
    until = now + timedelta(seconds=slowing.rest_seconds(rests, scale=scale))
    share = slowing.halved(_share(row, now, settings))
    changed(session, update(Pace).where(Pace.name == name).values(rests=rests, share=share, clean_since=until))
    return until


def recent(session: Session, name: str) -> str:
    """The last replies of a place as breaker.Recent keeps them."""
    return session.scalar(select(Pace.recent).where(Pace.name == name)) or ""


def keep_recent(session: Session, name: str, word: str) -> None:
    """The same for later."""
    statement = insert(session, Pace).values(name=name, recent=word)
    session.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"recent": word}))


def forget_recent(session: Session, name: str | None) -> None:
    """An operator has mended it: what was said before counts no more; without a name everywhere."""
    at_place = [] if name is None else [Pace.name == name]
    changed(session, update(Pace).where(Pace.recent != "", *at_place).values(recent=""))


def quota_state(session: Session, settings: Settings, now: datetime) -> QuotaState | None:
    """Where the daily quota stands; None where there is none."""
    most = relays.quota(settings)
    if most is None:
        return None
    hours = {row.begin: row.mails for row in session.scalars(select(SpentHour))}
    used = quota.used(hours, now)
    return QuotaState(most, used, quota.free_at(hours, now, most) if used >= most else None)


def _is_limited(settings: Settings, lane: str) -> bool:
    if not relays.are_limited(settings):
        return False
    return bool(_rates(settings, lane) or relays.quota(settings)) or relays.of_lane(settings, lane).connections is not None


def _rates(settings: Settings, lane: str) -> dict[str, float]:
    limits = {RELAY: relays.of_relay(settings), lane: relays.of_lane(settings, lane)}
    return {name: limit.rate for name, limit in limits.items() if limit.rate is not None}


def _lanes(settings: Settings) -> set[str]:
    return {*settings.paces, *(LANES if settings.relay_kind == "direct" else ())}


def _share(row: Pace, now: datetime, settings: Settings) -> float:
    return slowing.share(row.share, row.clean_since, now, scale=settings.retry_scale)


def _locked(session: Session, names: list[str]) -> dict[str, Pace]:
    """The rows of these places, made where there are none, locked in the order of their names."""
    names = sorted(set(names))
    rows = _lock(session, names)
    missing = [{"name": name} for name in names if name not in rows]
    if missing:
        session.execute(insert(session, Pace).on_conflict_do_nothing(index_elements=["name"]), missing)
        rows = _lock(session, names)
    return rows


def _lock(session: Session, names: list[str]) -> dict[str, Pace]:
    query = select(Pace).where(Pace.name.in_(names)).order_by(Pace.name).with_for_update()
    return {row.name: row for row in session.scalars(query.execution_options(populate_existing=True))}


def _in_flight(session: Session, lane: str) -> int:
    granted = func.sum(func.coalesce(Batch.granted, Batch.size))
    return session.scalar(select(granted).where(Batch.state == BatchState.CLAIMED, Batch.lane == lane)) or 0


def _count(session: Session, settings: Settings, count: int, now: datetime) -> None:
    if relays.quota(settings) is None or not count:
        return
    begin = quota.hour(now)
    statement = insert(session, SpentHour).values(begin=begin, mails=count)
    added = {"mails": SpentHour.mails + statement.excluded.mails}
    session.execute(statement.on_conflict_do_update(index_elements=["begin"], set_=added))
    session.execute(delete(SpentHour).where(SpentHour.begin <= now - 2 * quota.WINDOW))
