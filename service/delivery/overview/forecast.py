"""When each mailbox provider will have an issue, told at booking: readers per lane against rates, the mail server and its quota. Pure.

A fluid model of what the senders do: every lane goes on at once, none faster than its own rate, all together no faster than the mail
server; what one lane cannot use the others get.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

EVERYONE_ELSE = ""
"""The name of the lanes that nothing but the mail server limits; they are through together."""
_EPSILON = 1e-6


class Short(StrEnum):
    """Why not everybody is reached in time."""

    PACE = "pace"
    QUOTA = "quota"


@dataclass(frozen=True, slots=True)
class Way:
    """What stands between the readers and their issue. Rates are messages a second."""

    total: float  # of the mail server, or as measured
    lanes: Mapping[str, float] = field(default_factory=dict)  # those with a rate of their own
    quota: Sequence[tuple[datetime, int]] | None = None  # from when how many mails more may leave; None: any number


@dataclass(frozen=True, slots=True)
class Expected:
    """One lane, or everyone else: when its last reader has it; None where `left` of them are not reached before the limit."""

    lane: str
    readers: int
    ends_at: datetime | None
    left: int = 0


@dataclass(frozen=True, slots=True)
class Forecast:
    """The slowest first. `limit` is when what is left is not sent any more: the next slot, or the age limit (E7)."""

    starts_at: datetime
    limit: datetime
    lanes: tuple[Expected, ...]
    short: Short | None = None
    waits_for_quota: bool = False  # everybody gets it, but some only once there is quota again

    @property
    def left(self) -> int:
        """Readers who would not get it in time."""
        return sum(each.left for each in self.lanes)


def foresee(readers: Mapping[str, int], way: Way, starts_at: datetime, limit: datetime) -> Forecast:
    """What to expect of an issue that goes out at `starts_at` to so many readers of each lane."""
    waiting: dict[str, float] = {}
    for lane, count in readers.items():
        group = lane if lane in way.lanes else EVERYONE_ELSE
        waiting[group] = waiting.get(group, 0.0) + count
    counts = {lane: round(count) for lane, count in waiting.items() if count}
    run = _Run(dict(waiting), way, starts_at, limit)
    run.go()
    found = [Expected(lane, count, run.ends.get(lane), round(run.waiting.get(lane, 0.0))) for lane, count in counts.items()]
    last = limit + timedelta(days=1)
    found.sort(key=lambda each: (each.lane == EVERYONE_ELSE, -(each.ends_at or last).timestamp()))
    return Forecast(starts_at, limit, tuple(found), run.short, run.has_waited)


class _Run:
    """From one event to the next: a lane is through, the quota is used up, the quota grows, the limit comes."""

    def __init__(self, waiting: dict[str, float], way: Way, now: datetime, limit: datetime) -> None:
        self.waiting = {lane: count for lane, count in waiting.items() if count}
        self.ends: dict[str, datetime] = {}
        self.short: Short | None = None
        self.has_waited = False
        self._way = way
        self._now = now
        self._limit = limit
        self._growth = list(way.quota or ())
        self._budget = 0.0 if way.quota is not None else float("inf")

    def go(self) -> None:
        """Until everybody has it or the limit has come."""
        while self.waiting and self._now < self._limit:
            self._grow()
            if self._budget < _EPSILON:
                if not self._growth:
                    break
                self.has_waited = True
                self._now = min(self._growth[0][0], self._limit)
                continue
            self._step()
        if self.waiting:
            self.short = Short.QUOTA if self._budget < _EPSILON else Short.PACE

    def _grow(self) -> None:
        while self._growth and self._growth[0][0] <= self._now:
            self._budget += self._growth.pop(0)[1]

    def _step(self) -> None:
        speeds = _shares(self.waiting, self._way)
        seconds = min(
            min(self.waiting[lane] / speed for lane, speed in speeds.items()),
            self._budget / sum(speeds.values()),
            (self._limit - self._now).total_seconds(),
        )
        self._now += timedelta(seconds=seconds)
        self._budget -= sum(speeds.values()) * seconds
        for lane, speed in speeds.items():
            self.waiting[lane] -= speed * seconds
            if self.waiting[lane] < _EPSILON * max(1.0, speed):
                del self.waiting[lane]
                self.ends[lane] = self._now


def _shares(waiting: Mapping[str, float], way: Way) -> dict[str, float]:
    """How fast each lane goes: the narrowest first get what they can use, the others share what is left of the total."""
    left, speeds = way.total, dict[str, float]()
    narrowest = sorted(waiting, key=lambda lane: way.lanes.get(lane, float("inf")))
    for number, lane in enumerate(narrowest):
        speeds[lane] = min(way.lanes.get(lane, float("inf")), left / (len(narrowest) - number))
        left -= speeds[lane]
    return speeds
