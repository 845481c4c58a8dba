"""A pace after it was asked to slow down: halved each time, and won back in clean minutes (E6). Pure."""

from datetime import datetime, timedelta

RESTS_MINUTES = (15, 30, 60, 120)
"""How long a lane rests after its first, second, ... rate reply in a row."""
HALF = 0.5
LEAST_SHARE = 1 / 64
STEP, STEP_MINUTES = 0.1, 10
"""Every ten clean minutes a tenth of the usual pace is won back."""


def share(kept: float, clean_since: datetime | None, now: datetime, *, scale: float = 1.0) -> float:
    """The part of the usual pace that holds at `now`, of what was kept when the last rest ended at `clean_since`."""
    if clean_since is None or now <= clean_since:
        return kept
    steps = int((now - clean_since).total_seconds() / (STEP_MINUTES * 60 * scale))
    return min(1.0, kept + STEP * steps)


def halved(share: float) -> float:
    """What is left after another rate reply."""
    return max(LEAST_SHARE, share * HALF)


def rests_in_row(before: int, clean_since: datetime | None, now: datetime, *, scale: float = 1.0) -> int:
    """Which rest in a row one that begins now is; ten clean minutes end a row."""
    patience = timedelta(minutes=STEP_MINUTES * scale)
    return before + 1 if clean_since is not None and now < clean_since + patience else 1


def rest_seconds(rests: int, *, scale: float = 1.0) -> float:
    """How long the `rests`-th rest in a row (from 1) lasts."""
    return RESTS_MINUTES[min(max(rests, 1), len(RESTS_MINUTES)) - 1] * 60 * scale
