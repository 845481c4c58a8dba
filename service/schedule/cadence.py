"""The newsletter's rhythm and the empty slots it makes ahead. A booked or skipped slot is never moved by a change of rhythm."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from service.core import audit, clock, jobs
from service.core.database import insert
from service.core.errors import Invalid, NotFound
from service.newsletters.models import Newsletter
from service.schedule import calendar, zones
from service.schedule.calendar import Place
from service.schedule.models import Cadence, Slot, SlotState

AHEAD_WEEKS = 10
HOUR_MOVED_JOB = "tell_desk_hour_moved"
FARTHEST = timedelta(days=730)


@dataclass(frozen=True)
class Change:
    """What a new rhythm did: slots made and removed, and booked or skipped ones that are not part of it."""

    made: int
    removed: int
    unfit: tuple[Slot, ...]


def of(session: Session, newsletter_id: int) -> Cadence | None:
    """The newsletter's rhythm; None while it has none."""
    return session.get(Cadence, newsletter_id)


def change(session: Session, newsletter_id: int, *, zone: str, weekdays: Iterable[int], local_time: time, user_id: int | None) -> Change:
    """Set the rhythm. Only future empty slots are made anew; raises Invalid for an unknown zone or no weekday."""
    days = _checked(zone, weekdays)
    if session.get(Newsletter, newsletter_id) is None:
        raise NotFound("There is no newsletter {id}.", id=newsletter_id)
    local_time = local_time.replace(second=0, microsecond=0)
    rhythm = session.get(Cadence, newsletter_id)
    if rhythm is None:
        session.add(Cadence(newsletter_id=newsletter_id, zone=zone, weekdays=days, local_time=local_time))
    else:
        rhythm.zone, rhythm.weekdays, rhythm.local_time = zone, days, local_time
    session.flush()
    horizon = _horizon(session, newsletter_id)
    removed = session.execute(delete(Slot).where(*_future_empty(newsletter_id)).execution_options(synchronize_session="fetch"))
    made = ensure(session, newsletter_id, until=horizon)
    audit.record(
        session, "cadence.changed", user_id=user_id, noun_id=newsletter_id, zone=zone, weekdays=days, at=local_time.isoformat("minutes")
    )
    return Change(made, getattr(removed, "rowcount", 0), tuple(unfit(session, newsletter_id)))


def ensure(session: Session, newsletter_id: int, *, until: date | None = None) -> int:
    """Make the slots that are missing from now to `until` (default: AHEAD_WEEKS ahead, at most FARTHEST); gives how many.

    A day that has a slot of the rhythm already, in whatever state, gets no second one.
    """
    rhythm = session.get(Cadence, newsletter_id)
    if rhythm is None:
        return 0
    now = clock.now()
    today = now.astimezone(ZoneInfo(rhythm.zone)).date()
    last = min(until or today + timedelta(weeks=AHEAD_WEEKS), today + FARTHEST)
    taken = set(
        session.scalars(
            select(Slot.local_date).where(Slot.newsletter_id == newsletter_id, Slot.is_extra.is_(False), Slot.local_date >= today)
        )
    )
    found = calendar.places(rhythm.zone, rhythm.weekdays, rhythm.local_time, today, last)
    rows = [_row(newsletter_id, place) for place in found if place.fires_at > now and place.local_date not in taken]
    if not rows:
        return 0
    made = session.execute(insert(session, Slot).values(rows).on_conflict_do_nothing().returning(Slot.id))
    return len(made.all())


def ensure_all(session: Session) -> int:
    """Make the missing slots of every newsletter, and read the clocks anew where the zone rules were upgraded; gives how many were made."""
    refresh(session)
    return sum(ensure(session, newsletter_id) for newsletter_id in session.scalars(select(Cadence.newsletter_id)).all())


def refresh(session: Session) -> int:
    """After an upgrade of the zone rules: the local time is the promise, so the instants of future slots follow it (E8).

    Older rules never undo newer ones, so that machines of two versions agree. The desk is told of booked issues whose hour moved.
    """
    version, now = zones.version(), clock.now()
    moved = 0
    stale = select(Slot).where(Slot.fires_at > now, Slot.tzdata < version, Slot.is_extra.is_(False), Slot.state.in_(_FOLLOWING))
    stale = stale.where(Slot.planned_at.is_(None))  # a held slot goes out at the moment that was said, which is near
    for slot in session.scalars(stale.with_for_update()):
        found = calendar.place(slot.local_date, slot.local_time, slot.zone)
        if found is not None and found.fires_at != slot.fires_at:
            moved += 1
            before, slot.fires_at = slot.fires_at, found.fires_at
            audit.record(session, "slot.recomputed", user_id=None, noun_id=slot.id, tzdata=version, before=before.isoformat())
            if slot.state is SlotState.BOOKED:
                key = f"{HOUR_MOVED_JOB}:{slot.id}:{slot.fires_at.isoformat()}"
                jobs.ask(session, HOUR_MOVED_JOB, key=key, slot_id=slot.id, before=int(before.timestamp()))
        slot.tzdata = version
    session.flush()
    return moved


_FOLLOWING = (SlotState.EMPTY, SlotState.BOOKED, SlotState.SKIPPED)


def unfit(session: Session, newsletter_id: int) -> list[Slot]:
    """Future booked and skipped slots that the present rhythm would not have made."""
    rhythm = session.get(Cadence, newsletter_id)
    if rhythm is None:
        return []
    kept = session.scalars(
        select(Slot)
        .where(
            Slot.newsletter_id == newsletter_id,
            Slot.state.in_((SlotState.BOOKED, SlotState.SKIPPED)),
            Slot.is_extra.is_(False),
            Slot.fires_at > clock.now(),
        )
        .order_by(Slot.fires_at)
    )
    return [slot for slot in kept if not _fits(slot, rhythm)]


def place_of(slot: Slot) -> Place:
    """The place a slot stands for, with what the clocks do to it on its day."""
    found = calendar.place(slot.local_date, slot.local_time, slot.zone)
    shift = found.shift if found is not None else calendar.Shift.NONE
    return Place(slot.local_date, slot.local_time, slot.zone, slot.fires_at, shift)


def weekdays_of(session: Session, newsletter_id: int) -> tuple[int, ...]:
    """The weekdays on which readers find the letter: those of the rhythm, as the readers' calendar has them."""
    rhythm, newsletter = session.get(Cadence, newsletter_id), session.get(Newsletter, newsletter_id)
    if rhythm is None or newsletter is None:
        return ()
    today = clock.now().date()
    week = calendar.places(rhythm.zone, rhythm.weekdays, rhythm.local_time, today, today + timedelta(days=6))
    readers = ZoneInfo(newsletter.readers_zone)
    return tuple(sorted({place.fires_at.astimezone(readers).isoweekday() for place in week}))


def _checked(zone: str, weekdays: Iterable[int]) -> list[int]:
    calendar.zone(zone)
    days = sorted(set(weekdays))
    if not days or not set(days) <= set(range(1, 8)):
        raise Invalid("Choose at least one weekday.")
    return days


def _horizon(session: Session, newsletter_id: int) -> date | None:
    """The last day slots were made for, where that is farther than usual (someone looked at a later month)."""
    latest: datetime | None = session.scalar(
        select(Slot.fires_at).where(*_future_empty(newsletter_id)).order_by(Slot.fires_at.desc()).limit(1)
    )
    usual = clock.now() + timedelta(weeks=AHEAD_WEEKS)
    return latest.date() if latest is not None and latest > usual else None


def _future_empty(newsletter_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Slot.newsletter_id == newsletter_id,
        Slot.state == SlotState.EMPTY,
        Slot.is_extra.is_(False),
        Slot.fires_at > clock.now(),
    )


def _fits(slot: Slot, rhythm: Cadence) -> bool:
    return (slot.zone, slot.local_time, slot.local_date.isoweekday() in rhythm.weekdays) == (rhythm.zone, rhythm.local_time, True)


def _row(newsletter_id: int, place: Place) -> dict[str, object]:
    return {
        "newsletter_id": newsletter_id,
        "local_date": place.local_date,
        "local_time": place.local_time,
        "zone": place.zone,
        "fires_at": place.fires_at,
        "tzdata": zones.version(),
        "is_extra": False,
        "state": SlotState.EMPTY,
        "skip_reason": "",
        "problems": [],
        "faults": [],
        "changed_at": clock.now(),
    }
