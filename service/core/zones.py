"""The names of the time zones this machine knows."""

from functools import cache
from zoneinfo import available_timezones


@cache
def names() -> frozenset[str]:
    """IANA names such as Asia/Seoul. Looking walks through six hundred files, hence once per process."""
    return frozenset(available_timezones())
