"""Dates as letters write them, in Korean and English: the moment of a byline and the period of a series. Nothing here asks the clock."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from service.issues import offsets

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august", "sep sept september",
         "oct october", "nov november", "dec december"), start=1)
    for name in names.split()
}  # fmt: skip
_MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"  # noqa: E501
_DAYNAME = r"(?:\s*[(（][월화수목금토일](?:요일)?[)）]|\s*[월화수목금토일]요일)?"
_DATES = (
    rf"(?P<y1>\d{{4}})\s?(?:년|[.\-/])\s?(?P<m1>\d{{1,2}})\s?(?:월|[.\-/])\s?(?P<d1>\d{{1,2}})\s?(?:일|\.(?!\d))?{_DAYNAME}",
    rf"(?P<m2>{_MONTH})\s(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<y2>\d{{4}})",
    rf"(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?\s(?P<m3>{_MONTH}),?\s(?P<y3>\d{{4}})",
)
_DATE = re.compile("|".join(rf"(?<!\d)(?:{pattern})(?!\d)" for pattern in _DATES), re.IGNORECASE)
_CLOCK = re.compile(
    r"[\s,T·|]*(?:at\s)?(?:(?P<ampm>오전|오후|AM|PM)\s?)?(?P<h>\d{1,2})(?:\s?[:시]\s?(?P<min>\d{2}|\d(?=\s?분))(?::\d{2}(?:\.\d+)?)?(?:\s?분)?|(?P<oclock>시)|(?=\s?[ap]\.?m))"
    r"(?:\s?(?P<pm>[ap]\.?m\b\.?))?",
    re.IGNORECASE,
)
_ZONE = re.compile(
    r"\s*[(（\[]?\s*(?P<zone>(?:UTC|GMT)\s?[+\-−]\s?\d{1,2}(?::?\d{2})?|[+\-−]\d{2}:?\d{2}|Z\b|(?:[A-Z]{3,5}|[PMCE]T)(?![A-Za-z])"
    r"|(?:미국\s?)?(?:한국|서울|일본|태평양|서부|동부|캘리포니아|뉴욕)\s?시[간각]|협정\s?세계시)\s*[)）\]]?"
)


@dataclass(frozen=True)
class Moment:
    """A date and time found in a line: `at` is ISO 8601 (with its offset where the zone is known), `start` and `end` its span."""

    at: str | None
    zone: str | None
    start: int
    end: int
    local: datetime | None = None
    has_time: bool = False
    known_zone: bool = False


def find_moment(text: str) -> Moment | None:
    """The first date of a line with its time and zone; `at` is None where the date does not exist."""
    found = _DATE.search(text)
    if found is None:
        return None
    clock = _CLOCK.match(text, found.end())
    end = clock.end() if clock else found.end()
    zone = _ZONE.match(text, end) if clock else None
    end = zone.end() if zone else end
    day = _day(found)
    hour = _time(clock) if clock else None
    name = zone["zone"] if zone else None
    if day is None or (clock and hour is None):
        return Moment(None, name, found.start(), end)
    if hour is None:
        return Moment(day.isoformat(), None, found.start(), end, datetime.combine(day, time()))
    local = datetime.combine(day, hour)
    offset = offsets.offset_of(name, local) if name else None
    at = local.replace(tzinfo=offset).isoformat()
    return Moment(at, name, found.start(), end, local, has_time=True, known_zone=offset is not None)


def _day(found: re.Match[str]) -> date | None:
    for form in "123":
        if found["y" + form]:
            return make_date(int(found["y" + form]), month_number(found["m" + form]), int(found["d" + form]))
    return None


def _time(clock: re.Match[str]) -> time | None:
    hour, minute = int(clock["h"]), int(clock["min"] or 0)
    half = (clock["ampm"] or clock["pm"] or "").lower().replace(".", "")
    if half in ("오후", "pm") and hour < 12:
        hour += 12
    if half in ("오전", "am") and hour == 12:
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None


def month_number(word: str) -> int:
    """The number of a month written as a number or an English name; 0 when it is neither."""
    return int(word) if word.isdigit() else _MONTHS.get(word.lower().rstrip("."), 0)


def make_date(year: int, month: int, day: int) -> date | None:
    """The date, or None when there is no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
