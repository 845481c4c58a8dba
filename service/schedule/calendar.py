"""When the places of a newsletter's rhythm fall, in its own zone and as instants, and how a time reads on two clocks. Pure.

Days that lose or repeat an hour follow requirement E8: a time inside the gap becomes the first valid instant after it, a time that
comes twice means its first occurrence. Local time is spoken only here and in templates.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from service.core import zones
from service.core.errors import Invalid

DAY = timedelta(days=1)
SEND_LATE = timedelta(hours=2)  # E8: up to here a late slot goes out by itself, with a notice
DECIDE_LATE = timedelta(hours=12)  # E8: up to here a person decides; beyond, the slot is missed

WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "ko": ("월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일"),
}
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
CITIES = {
    "Asia/Seoul": {"ko": "서울", "en": "Seoul"},
    "America/Los_Angeles": {"ko": "캘리포니아", "en": "California"},
    "America/New_York": {"ko": "뉴욕", "en": "New York"},
    "America/Chicago": {"ko": "시카고", "en": "Chicago"},
    "America/Denver": {"ko": "덴버", "en": "Denver"},
    "America/Vancouver": {"ko": "밴쿠버", "en": "Vancouver"},
    "America/Toronto": {"ko": "토론토", "en": "Toronto"},
    "Asia/Tokyo": {"ko": "도쿄", "en": "Tokyo"},
    "Asia/Shanghai": {"ko": "상하이", "en": "Shanghai"},
    "Asia/Singapore": {"ko": "싱가포르", "en": "Singapore"},
    "Australia/Sydney": {"ko": "시드니", "en": "Sydney"},
    "Europe/London": {"ko": "런던", "en": "London"},
    "Europe/Paris": {"ko": "파리", "en": "Paris"},
    "Europe/Berlin": {"ko": "베를린", "en": "Berlin"},
    "UTC": {"ko": "UTC", "en": "UTC"},
}


class Shift(StrEnum):
    """What the clocks did to a local time on its day."""

    NONE = "none"
    GAP = "gap"  # the time does not exist on that day; the instant is the first one after the gap
    REPEATED = "repeated"  # the time comes twice; the instant is the first occurrence


class Lateness(StrEnum):
    """What may be done about a slot whose hour has passed (E8)."""

    SEND = "send"
    DECIDE = "decide"
    MISSED = "missed"


@dataclass(frozen=True)
class Place:
    """One place in the calendar: the local date and time of the rhythm, and the instant they mean."""

    local_date: date
    local_time: time
    zone: str
    fires_at: datetime  # UTC
    shift: Shift = Shift.NONE

    @property
    def shown(self) -> datetime:
        """The local time at which it really happens; differs from `local_time` in a gap."""
        return self.fires_at.astimezone(ZoneInfo(self.zone))


@dataclass(frozen=True)
class Clock:
    """An instant as one place's clock and calendar show it."""

    city: str
    zone: str
    local: datetime
    text: str


def zone(name: str) -> ZoneInfo:
    """The zone of this IANA name; raises Invalid with a remedy."""
    if name not in zones.names():
        raise Invalid("There is no time zone {name}.", remedy="Use a name such as Asia/Seoul or America/Los_Angeles.", name=name)
    return ZoneInfo(name)


def place(local_date: date, local_time: time, zone_name: str) -> Place | None:
    """Where this local time falls; None where the whole day does not exist in the zone (a jump over the date line)."""
    tz = zone(zone_name)
    naive = datetime.combine(local_date, local_time)
    first = naive.replace(tzinfo=tz, fold=0).astimezone(UTC)
    second = naive.replace(tzinfo=tz, fold=1).astimezone(UTC)
    if first == second:
        return Place(local_date, local_time, zone_name, first)
    if first < second:
        return Place(local_date, local_time, zone_name, first, Shift.REPEATED)
    if first - second >= DAY:
        return None
    return Place(local_date, local_time, zone_name, _end_of_gap(second, first, tz), Shift.GAP)


def places(zone_name: str, weekdays: Iterable[int], local_time: time, first: date, last: date) -> Iterator[Place]:
    """The places from `first` to `last`, both included; weekdays as ISO numbers, Monday = 1."""
    wanted = frozenset(weekdays)
    day = first
    while day <= last:
        found = place(day, local_time, zone_name) if day.isoweekday() in wanted else None
        if found is not None:
            yield found
        day += DAY


def lateness(fires_at: datetime, now: datetime, next_at: datetime | None = None) -> Lateness:
    """What may happen with a slot due at `fires_at` when it is `now`; `next_at` is the newsletter's following slot (E8)."""
    late = now - fires_at
    if late > DECIDE_LATE or (next_at is not None and next_at <= now):
        return Lateness.MISSED
    return Lateness.SEND if late <= SEND_LATE else Lateness.DECIDE


def clock(at: datetime, zone_name: str, language: str) -> Clock:
    """How `at` reads in a zone: `Wednesday 30 September 2026, 07:30 (Seoul)`, `2026년 9월 30일 수요일 07:30 (서울)`."""
    local = at.astimezone(zone(zone_name))
    weekday = weekday_name(local.isoweekday(), language)
    name = city(zone_name, language)
    if language == "ko":
        text = f"{local.year}년 {local.month}월 {local.day}일 {weekday} {local:%H:%M} ({name})"
    else:
        text = f"{weekday} {local.day} {MONTHS[local.month - 1]} {local.year}, {local:%H:%M} ({name})"
    return Clock(name, zone_name, local, text)


def both_clocks(at: datetime, readers_zone: str, editors_zone: str, language: str) -> tuple[Clock, ...]:
    """The readers' clock and the editors', with weekdays; one clock where both live in the same zone."""
    return tuple(clock(at, name, language) for name in dict.fromkeys((readers_zone, editors_zone)))


def both_clocks_text(at: datetime, readers_zone: str, editors_zone: str, language: str) -> str:
    """Both clocks in one line, for mails and messages."""
    return " = ".join(each.text for each in both_clocks(at, readers_zone, editors_zone, language))


def city(zone_name: str, language: str) -> str:
    """The word people use for a zone."""
    known = CITIES.get(zone_name)
    return known.get(language, known["en"]) if known else zone_name.rpartition("/")[2].replace("_", " ")


def weekday_name(weekday: int, language: str, *, short: bool = False) -> str:
    """The name of an ISO weekday (Monday = 1); short: `Wed`, `수`."""
    name = WEEKDAYS.get(language, WEEKDAYS["en"])[weekday - 1]
    return name[: 1 if language == "ko" else 3] if short else name


def month_weeks(year: int, month: int) -> list[list[date]]:
    """The weeks, Monday to Sunday, that touch a month; at least four, at most six."""
    day = date(year, month, 1)
    day -= DAY * (day.isoweekday() - 1)
    weeks: list[list[date]] = []
    while not weeks or (day.year, day.month) == (year, month):
        weeks.append([day + DAY * number for number in range(7)])
        day += DAY * 7
    return weeks


def _end_of_gap(before: datetime, after: datetime, tz: ZoneInfo) -> datetime:
    """The transition between two UTC instants, to the second: the first instant that has the later offset."""
    target = after.astimezone(tz).utcoffset()
    low, high = int(before.timestamp()), int(after.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if datetime.fromtimestamp(middle, tz).utcoffset() == target else (middle, high)
    return datetime.fromtimestamp(high, UTC)
