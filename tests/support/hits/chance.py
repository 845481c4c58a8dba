"""Draws that every profile needs, from a generator that is handed in: the same seed gives the same population."""

import math
from collections.abc import Sequence
from random import Random
from typing import TypeVar

Thing = TypeVar("Thing")


def pick(random: Random, things: Sequence[Thing]) -> Thing:
    return things[random.randrange(len(things))]


def between(random: Random, low: float, high: float) -> float:
    """Log-uniform: as often near the low end as near the high one."""
    return math.exp(random.uniform(math.log(low), math.log(high)))


def waiting(random: Random, median: float, spread: float) -> float:
    """Log-normal seconds: what people need until they come round to it."""
    return random.lognormvariate(math.log(median), spread)
