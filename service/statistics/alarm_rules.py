"""When a figure is an alarm, and when it no longer is: numbers in, a verdict out. Pure. What begins at one bound ends at a lower one."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    COMPLAINTS = "complaints"
    HARD = "hard"
    DEFERRED = "deferred"
    SILENT = "silent"
    SPAM_FOLDER = "spam_folder"
    BLOCKED = "blocked"
    CONTENT = "content"


@dataclass(frozen=True)
class Measure:
    """`number` of `base`; `usual` is what earlier issues had, in the unit of `share` (percent). `subject` is a provider, or empty."""

    kind: Kind
    subject: str
    number: int
    base: int
    usual: float = 0.0

    @property
    def share(self) -> float:
        return 100 * self.number / self.base if self.base else 0.0


@dataclass(frozen=True)
class Bounds:
    """An alarm begins above `on` percent and ends at `off`; never with a base below `fewest`, or less than `least` of them."""

    on: float
    off: float
    fewest: int
    least: int


ABOVE = {
    Kind.COMPLAINTS: Bounds(on=0.10, off=0.08, fewest=200, least=2),  # A8; an issue pauses itself by feedback/brakes.py
    Kind.HARD: Bounds(on=2.0, off=1.5, fewest=200, least=4),  # section D
    Kind.DEFERRED: Bounds(on=25.0, off=10.0, fewest=100, least=50),  # own default: a quarter of a provider's readers waits
    Kind.BLOCKED: Bounds(on=2.0, off=1.0, fewest=20, least=3),  # D4: three of twenty hold a lane in our own dialogue, too (E11)
    Kind.CONTENT: Bounds(on=1.0, off=0.5, fewest=20, least=3),  # D5
}
TURNED_AWAY = frozenset({Kind.BLOCKED, Kind.CONTENT})
"""Our fault, never an address's: what still waits for this provider is held until an operator says so."""
FEWEST_AT_PROVIDER, FEWEST_CLICKS_EXPECTED = 200, 10  # below it, half of the usual may be chance
BELOW_USUAL, WELL_AGAIN = 0.5, 0.6
FEWEST_HITS_EXPECTED = 20  # in the minutes looked at: with so many expected, none at all is no chance


def is_alarm(measure: Measure, *, was_one: bool) -> bool:
    """Whether it is one now, given whether it was one before."""
    if measure.kind is Kind.SILENT:
        return measure.number == 0 and measure.usual >= (FEWEST_HITS_EXPECTED / 2 if was_one else FEWEST_HITS_EXPECTED)
    if measure.kind is Kind.SPAM_FOLDER:
        expected = measure.base * measure.usual / 100
        is_known = measure.base >= FEWEST_AT_PROVIDER and expected >= FEWEST_CLICKS_EXPECTED
        return is_known and measure.share < measure.usual * (WELL_AGAIN if was_one else BELOW_USUAL)
    bounds = ABOVE[measure.kind]
    if measure.base < bounds.fewest or measure.number < bounds.least:
        return False
    return measure.share > (bounds.off if was_one else bounds.on)


def expected_hits(by_hour: Mapping[int, float], age_seconds: float, minutes: int) -> float:
    """How many hits the usual curve (hits of each hour after the start) lets expect in the last `minutes` of an issue so old."""
    total = 0.0
    for minute in range(minutes):
        at = age_seconds - 60 * minute
        total += by_hour.get(int(at // 3600), 0.0) / 60 if at >= 0 else 0.0
    return total
