"""Bylines with their zones and periods over the borders of month and year."""

import pytest

from service.issues.reading.closing import weekdays_of
from service.issues.reading.dates import find_moment
from service.issues.reading.periods import parse_period


@pytest.mark.parametrize(
    ("text", "at", "zone"),
    [
        ("한서진 2026.07.01 10:25 PDT", "2026-07-01T10:25:00-07:00", "PDT"),
        ("한서진 2026.01.05 10:25 PST", "2026-01-05T10:25:00-08:00", "PST"),
        ("한서진 2026.01.05 10:25 KST", "2026-01-05T10:25:00+09:00", "KST"),
        ("한서진 2026.01.05 10:25 UTC", "2026-01-05T10:25:00+00:00", "UTC"),
        ("한서진 2026.01.05 10:25 (JST)", "2026-01-05T10:25:00+09:00", "JST"),
        ("Ada 2026-01-05 10:25 EST", "2026-01-05T10:25:00-05:00", "EST"),
        ("Ada · July 1, 2026, 10:25 a.m. PT", "2026-07-01T10:25:00-07:00", "PT"),
        ("Ada, 1 July 2026 at 10pm ET", "2026-07-01T22:00:00-04:00", "ET"),
        ("한서진 2026년 1월 5일 오후 3시 5분 한국시간", "2026-01-05T15:05:00+09:00", "한국시간"),
        ("2026-01-05T10:25:00+05:30", "2026-01-05T10:25:00+05:30", "+05:30"),
        ("2026/01/05 10:25 UTC+9", "2026-01-05T10:25:00+09:00", "UTC+9"),
        ("한서진 2026.01.05 10:25", "2026-01-05T10:25:00", None),
        ("한서진 2026.01.05 10:25 XYZ", "2026-01-05T10:25:00", "XYZ"),
        ("한서진 2026.01.05", "2026-01-05", None),
        ("한서진 2026.13.05 10:25 KST", None, "KST"),
    ],
)
def test_moment_has_the_offset_that_its_zone_means(text: str, at: str | None, zone: str | None) -> None:
    moment = find_moment(text)

    assert moment is not None
    assert (moment.at, moment.zone) == (at, zone)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025년 9월 17일~9월 23일", "2025-09-17", "2025-09-23"),
        ("2025년 9월 17일 ～ 23일", "2025-09-17", "2025-09-23"),
        ("9월 29일(월)~10월 5일(일)", "2025-09-29", "2025-10-05"),
        ("2025년 12월 29일~1월 4일", "2025-12-29", "2026-01-04"),
        ("2025년 12월 29일부터 2026년 1월 4일까지", "2025-12-29", "2026-01-04"),
        ("2025.09.17~09.23", "2025-09-17", "2025-09-23"),
        ("September 17-23, 2025", "2025-09-17", "2025-09-23"),
        ("September 29 – October 5, 2025", "2025-09-29", "2025-10-05"),
        ("December 29 - January 4, 2026", "2025-12-29", "2026-01-04"),
        ("17–23 September 2025", "2025-09-17", "2025-09-23"),
    ],
)
def test_period_is_two_days(text: str, first: str, last: str) -> None:
    days = parse_period(text, year=2025)

    assert days is not None
    assert (days[0].isoformat(), days[1].isoformat()) == (first, last)


@pytest.mark.parametrize("text", ["9월 셋째 주", "2025년 2월 30일~3월 2일", "September", "1-2", ""])
def test_what_is_no_period_is_none(text: str) -> None:
    assert parse_period(text, year=2025) is None


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("주 3회(월, 수, 금) 보내드립니다.", (1, 3, 5)),
        ("매주 월·수·금요일에 보냅니다.", (1, 3, 5)),
        ("매주 화요일과 목요일", (2, 4)),
        ("월~금 발행", (1, 2, 3, 4, 5)),
        ("on Monday, Wednesday and Friday", (1, 3, 5)),
        ("every Tuesday", (2,)),
        ("Monday to Friday", (1, 2, 3, 4, 5)),
        ("이 편지를 보냅니다", ()),
    ],
)
def test_weekdays_are_iso_numbers(text: str, days: tuple[int, ...]) -> None:
    assert weekdays_of(text) == days
