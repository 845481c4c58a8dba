"""When a deferred delivery is tried again, and when it has waited long enough (E6, E7). Pure: time and chance are handed in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from service.delivery.reasons import WAITS_FOR_US, Reason

MINUTE = 60.0
HOUR = 3600.0
JITTER = 0.2
"""Plus or minus 20 % (E6), so that what was deferred together does not come back together."""

_NETWORK = (1 * MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, 60 * MINUTE, 120 * MINUTE)
_GREYLIST = (6 * MINUTE, 15 * MINUTE, 30 * MINUTE, 60 * MINUTE)
_RATE = (15 * MINUTE, 30 * MINUTE, 60 * MINUTE, 120 * MINUTE)
_FULL = (1 * HOUR, 4 * HOUR, 12 * HOUR)
_OTHER = (5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 40 * MINUTE, 67 * MINUTE)

_STEPS: dict[Reason, tuple[float, ...]] = {
    Reason.NETWORK: _NETWORK,
    Reason.GREYLIST: _GREYLIST,
    Reason.RATE: _RATE,
    Reason.FULL: _FULL,
}
_FINITE = frozenset({Reason.FULL})
"""Reasons whose last step is followed by giving up instead of repeating it."""

MAX_AGE = timedelta(hours=24)
"""E7: a dated newsletter; the caller passes the next slot where that is sooner."""


class Next(StrEnum):
    """What becomes of a deferred delivery."""

    RETRY = "retry"
    WAITS_FOR_US = "waits_for_us"
    GIVE_UP = "give_up"


@dataclass(frozen=True, slots=True)
class Decision:
    """`at` is set only for RETRY; `reason` says for GIVE_UP how it ends: expired, or full to the end (E6: fail soft)."""

    next: Next
    at: datetime | None = None
    reason: Reason | None = None


def decide(reason: Reason, tries: int, now: datetime, give_up_at: datetime, chance: float, *, scale: float = 1.0) -> Decision:
    """What to do after the `tries`-th try (from 1) was deferred for `reason`.

    `chance` in 0..1 places the moment within the jitter; `scale` shortens all times in tests. A retry that would fall
    after `give_up_at` is given up at once, so that the certificate need not wait for it.
    """
    if reason in WAITS_FOR_US:
        return Decision(Next.WAITS_FOR_US) if now < give_up_at else Decision(Next.GIVE_UP, reason=Reason.EXPIRED)
    seconds = delay_seconds(reason, tries)
    if seconds is None:
        return Decision(Next.GIVE_UP, reason=reason)
    at = now + timedelta(seconds=seconds * scale * (1 + JITTER * (2 * chance - 1)))
    return Decision(Next.RETRY, at) if at <= give_up_at else Decision(Next.GIVE_UP, reason=Reason.EXPIRED)


def delay_seconds(reason: Reason, tries: int) -> float | None:
    """Seconds to wait after the `tries`-th try, without jitter; None when a class of reply is tried no more."""
    if tries < 1:
        raise ValueError("tries counts from 1")
    steps = _STEPS.get(reason, _OTHER)
    if tries > len(steps) and reason in _FINITE:
        return None
    return steps[min(tries, len(steps)) - 1]


def give_up_at(first_try_at: datetime, next_slot_at: datetime | None, max_age: timedelta = MAX_AGE) -> datetime:
    """The moment after which a delivery is not tried again: its age limit, never past the next slot (E7)."""
    limit = first_try_at + max_age
    return min(limit, next_slot_at) if next_slot_at is not None else limit
