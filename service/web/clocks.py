"""Moments in words: in a zone, in a language, with the weekday; and both clocks of a newsletter side by side. Pure."""

from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from babel import dates, numbers

from service.core import clock
from service.core.i18n import translate

PATTERNS = {"ko": "M월 d일 (EEE) HH:mm", "en": "EEE d MMM, HH:mm"}
PATTERNS_WITH_YEAR = {"ko": "y년 M월 d일 (EEE) HH:mm", "en": "EEE d MMM y, HH:mm"}
DAYS_OF_MONTHS = {"ko": "M월 d일", "en": "d MMM"}
DAYS = {"ko": "y년 M월 d일 (EEE)", "en": "EEE d MMM y"}


def moment(instant: datetime, zone: str, language: str, *, with_year: bool = False) -> str:
    """`Wed 24 Sep, 07:30`; with the year where it is not this one or is asked for."""
    local = instant.astimezone(ZoneInfo(zone))
    is_this_year = local.year == clock.now().astimezone(ZoneInfo(zone)).year
    patterns = PATTERNS if is_this_year and not with_year else PATTERNS_WITH_YEAR
    return dates.format_datetime(local, patterns[language], locale=language)


def short(instant: datetime, zone: str, language: str) -> str:
    """`Tue 14:30`, for where the day is seen already and another clock's is to be told apart from it."""
    return dates.format_datetime(instant.astimezone(ZoneInfo(zone)), "EEE HH:mm", locale=language)


def day_and_month(instant: datetime, zone: str, language: str) -> str:
    """`24 Nov`."""
    return dates.format_datetime(instant.astimezone(ZoneInfo(zone)), DAYS_OF_MONTHS[language], locale=language)


def hour(instant: datetime, zone: str) -> str:
    """`07:31:05`."""
    return f"{instant.astimezone(ZoneInfo(zone)):%H:%M:%S}"


def day(instant: datetime, zone: str, language: str) -> str:
    """`Wed 24 Sep 2025`."""
    return dates.format_datetime(instant.astimezone(ZoneInfo(zone)), DAYS[language], locale=language)


def both(instant: datetime, readers_zone: str, editors_zone: str, language: str) -> list[str]:
    """The moment with its city, on the readers' clock, then on the editors'; one entry where both are the same zone."""
    zones = list(dict.fromkeys((readers_zone, editors_zone)))
    return [f"{moment(instant, zone, language)} {city(zone, language)}" for zone in zones]


@cache
def city(zone: str, language: str) -> str:
    """The city of a zone: Seoul, 서울."""
    return dates.get_timezone_location(ZoneInfo(zone), locale=language, return_city=True)


def ago(instant: datetime, language: str) -> str:
    """`3 minutes ago`, or `in 3 minutes`."""
    return dates.format_timedelta(instant - clock.now(), locale=language, add_direction=True)


def ahead(instant: datetime, language: str) -> str:
    """`in 3 minutes`; `now` once it has come, for what is done as soon as somebody gets to it."""
    return ago(instant, language) if instant - clock.now() >= timedelta(seconds=1) else translate(language, "now")


def duration(seconds: float, language: str) -> str:
    """`3 minutes`, rounded to what matters."""
    return dates.format_timedelta(timedelta(seconds=seconds), locale=language, threshold=1.2)


def number(value: float, language: str) -> str:
    """`12,345`."""
    return numbers.format_decimal(value, locale=language)
