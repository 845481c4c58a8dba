"""A mail server's daily quota, counted by the hour over the last 24 hours and the one that has begun: never too much. Pure.

A provider that counts by the calendar day, in whatever zone, is never exceeded either.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

WINDOW = timedelta(hours=25)
"""A mail counts until its whole hour is 24 hours old."""


def hour(now: datetime) -> datetime:
    """The hour that `now` counts in."""
    return now.replace(minute=0, second=0, microsecond=0)


def used(hours: Mapping[datetime, int], now: datetime) -> int:
    """Mails of the last day, of counts by hour."""
    return sum(count for begin, count in hours.items() if begin + WINDOW > now)


def free_at(hours: Mapping[datetime, int], now: datetime, most: int, wanted: int = 1) -> datetime:
    """When `wanted` mails more may leave than have; `now` where they may already. More than `most` never may: then when all is free."""
    left = used(hours, now)
    for begin, count in sorted(hours.items()):
        if left + min(wanted, most) <= most:
            break
        if begin + WINDOW > now:
            left -= count
            now = begin + WINDOW
    return now
