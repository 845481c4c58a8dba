"""How many mails a pace allows now: a token bucket told by one instant, the one until which the pace is spent. Pure.

A grant is for a batch, not for a mail: what has gathered goes out at once, so that no worker sits and waits for a slow lane.
"""

from datetime import datetime, timedelta

BURST_SECONDS = 2.0
"""So much of its pace gathers at most while nobody sends."""
GRANT_SECONDS = 1.0
"""So much of its pace has to be there before it is worth a claim; at least one mail."""
_EPSILON = 1e-6


def tokens(spent_until: datetime | None, now: datetime, rate: float) -> int:
    """Mails that may leave now, at `rate` a second; 0 where fewer are there than is worth a claim."""
    most = _burst(rate)
    there = most if spent_until is None else min(most, (now - spent_until).total_seconds() * rate)
    return int(there + _EPSILON) if there + _EPSILON >= _grant(rate) else 0


def spend(spent_until: datetime | None, now: datetime, rate: float, count: int) -> datetime:
    """The instant to keep once `count` mails were granted."""
    full = now - timedelta(seconds=_burst(rate) / rate)
    start = full if spent_until is None else max(spent_until, full)
    return start + timedelta(seconds=count / rate)


def ready_at(spent_until: datetime | None, rate: float) -> datetime | None:
    """From when a claim is granted something again; None: at once."""
    return None if spent_until is None else spent_until + timedelta(seconds=_grant(rate) / rate)


def _burst(rate: float) -> float:
    return max(1.0, rate * BURST_SECONDS)


def _grant(rate: float) -> float:
    return max(1.0, float(int(rate * GRANT_SECONDS)))
