"""The rhythm's places: right weekday, strictly in order, one a day; gaps and repeated hours as requirement E8 has them."""

import itertools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.core import zones
from service.core.errors import Invalid
from service.schedule import calendar
from service.schedule.calendar import Lateness, Shift

LA = "America/Los_Angeles"
ZONES = [*sorted(name for name in zones.names() if "/" in name and not name.startswith(("Etc/", "posix", "right"))), "UTC"]
PAPER_DAYS = (1, 3, 5)


@settings(deadline=None, max_examples=150)
@given(
    zone_name=st.sampled_from(ZONES),
    weekdays=st.sets(st.integers(1, 7), min_size=1),
    local_time=st.times().map(lambda moment: moment.replace(second=0, microsecond=0)),
    first=st.dates(date(1996, 1, 1), date(2036, 1, 1)),
)
def test_places_are_in_order_one_a_day_on_the_right_weekday(zone_name: str, weekdays: set[int], local_time: time, first: date) -> None:
    last = first + timedelta(days=400)

    places = list(calendar.places(zone_name, weekdays, local_time, first, last))

    assert all(one.fires_at < two.fires_at for one, two in itertools.pairwise(places))
    assert len({each.local_date for each in places}) == len(places)
    assert {each.local_date.isoweekday() for each in places} <= weekdays
    for each in places:
        if each.shift is Shift.GAP:
            assert each.shown.replace(tzinfo=None) > datetime.combine(each.local_date, local_time)
        else:
            assert each.shown.replace(tzinfo=None) == datetime.combine(each.local_date, local_time)


@pytest.mark.parametrize(
    ("local", "zone_name", "fires_at", "shift"),
    [
        ("2026-11-01 01:30", LA, "2026-11-01 08:30", Shift.REPEATED),  # PDT, the first of two
        ("2026-11-01 00:59", LA, "2026-11-01 07:59", Shift.NONE),
        ("2026-11-01 02:00", LA, "2026-11-01 10:00", Shift.NONE),
        ("2027-03-14 01:59", LA, "2027-03-14 09:59", Shift.NONE),
        ("2027-03-14 02:00", LA, "2027-03-14 10:00", Shift.GAP),
        ("2027-03-14 02:30", LA, "2027-03-14 10:00", Shift.GAP),  # 03:00 PDT
        ("2027-03-14 03:00", LA, "2027-03-14 10:00", Shift.NONE),
        ("2026-11-01 01:30", "Asia/Seoul", "2026-10-31 16:30", Shift.NONE),
        ("2027-03-14 02:30", "Asia/Seoul", "2027-03-13 17:30", Shift.NONE),
        ("2026-11-01 01:30", "UTC", "2026-11-01 01:30", Shift.NONE),
        ("2027-03-14 02:30", "UTC", "2027-03-14 02:30", Shift.NONE),
    ],
)
def test_place_follows_the_clock_changes(local: str, zone_name: str, fires_at: str, shift: Shift) -> None:
    when = datetime.fromisoformat(local)

    found = calendar.place(when.date(), when.time(), zone_name)

    assert found is not None
    assert found.fires_at == datetime.fromisoformat(fires_at).replace(tzinfo=UTC)
    assert found.shift is shift


def test_place_in_a_gap_shows_the_hour_it_really_happens() -> None:
    found = calendar.place(date(2027, 3, 14), time(2, 30), LA)

    assert found is not None
    assert found.shown == datetime(2027, 3, 14, 3, 0, tzinfo=ZoneInfo(LA))


def test_a_day_that_a_zone_jumped_over_has_no_place() -> None:
    samoa = list(calendar.places("Pacific/Apia", (4, 5, 6), time(9), date(2011, 12, 29), date(2011, 12, 31)))

    assert [each.local_date.day for each in samoa] == [29, 31]


def test_seoul_mornings_stay_while_california_changes_its_clocks() -> None:
    places = list(calendar.places("Asia/Seoul", PAPER_DAYS, time(7, 30), date(2026, 10, 26), date(2026, 11, 8)))

    california = [each.fires_at.astimezone(ZoneInfo(LA)).strftime("%a %H:%M") for each in places]

    assert california == ["Sun 15:30", "Tue 15:30", "Thu 15:30", "Sun 14:30", "Tue 14:30", "Thu 14:30"]


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("en", ["Wednesday 30 September 2026, 07:30 (Seoul)", "Tuesday 29 September 2026, 15:30 (California)"]),
        ("ko", ["2026년 9월 30일 수요일 07:30 (서울)", "2026년 9월 29일 화요일 15:30 (캘리포니아)"]),
    ],
)
def test_both_clocks_name_both_weekdays(language: str, texts: list[str]) -> None:
    at = datetime(2026, 9, 29, 22, 30, tzinfo=UTC)

    clocks = calendar.both_clocks(at, "Asia/Seoul", LA, language)

    assert [each.text for each in clocks] == texts


def test_one_zone_shows_one_clock() -> None:
    at = datetime(2026, 9, 29, 22, 30, tzinfo=UTC)

    clocks = calendar.both_clocks(at, "Asia/Seoul", "Asia/Seoul", "en")

    assert len(clocks) == 1


@pytest.mark.parametrize(
    ("late_minutes", "expected"),
    [(0, Lateness.SEND), (120, Lateness.SEND), (121, Lateness.DECIDE), (720, Lateness.DECIDE), (721, Lateness.MISSED)],
)
def test_lateness_grows_from_sending_to_missed(late_minutes: int, expected: Lateness) -> None:
    fires_at = datetime(2026, 9, 29, 22, 30, tzinfo=UTC)

    assert calendar.lateness(fires_at, fires_at + timedelta(minutes=late_minutes)) is expected


def test_a_slot_is_missed_once_the_next_one_has_come() -> None:
    fires_at = datetime(2026, 9, 29, 22, 30, tzinfo=UTC)

    found = calendar.lateness(fires_at, fires_at + timedelta(minutes=30), fires_at + timedelta(minutes=20))

    assert found is Lateness.MISSED


def test_an_unknown_zone_is_refused_with_a_remedy() -> None:
    with pytest.raises(Invalid) as refusal:
        calendar.zone("Mars/Olympus")

    assert "Asia/Seoul" in refusal.value.remedy


def test_weeks_of_a_month_start_on_monday_and_cover_it() -> None:
    weeks = calendar.month_weeks(2026, 11)

    assert all(week[0].isoweekday() == 1 for week in weeks)
    assert weeks[0][0] == date(2026, 10, 26)
    assert weeks[-1][-1] == date(2026, 12, 6)
