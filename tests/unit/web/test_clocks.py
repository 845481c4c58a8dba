"""Moments in words: weekday, zone and language (both clocks of a newsletter)."""

from datetime import UTC, datetime, timedelta

from time_machine import Traveller

from service.core import clock as core_clock
from service.web import clocks

SLOT = datetime(2026, 9, 15, 22, 30, tzinfo=UTC)  # Wednesday 07:30 in Seoul


def test_both_clocks_name_the_weekday_and_the_city(clock: Traveller) -> None:
    assert clocks.both(SLOT, "Asia/Seoul", "America/Los_Angeles", "en") == ["Wed 16 Sep, 07:30 Seoul", "Tue 15 Sep, 15:30 Los Angeles"]
    assert clocks.both(SLOT, "Asia/Seoul", "America/Los_Angeles", "ko") == ["9월 16일 (수) 07:30 서울", "9월 15일 (화) 15:30 로스앤젤레스"]


def test_same_zone_is_shown_once(clock: Traveller) -> None:
    assert clocks.both(SLOT, "Asia/Seoul", "Asia/Seoul", "en") == ["Wed 16 Sep, 07:30 Seoul"]


def test_short_form_tells_another_clock_apart() -> None:
    assert clocks.short(SLOT, "America/Los_Angeles", "en") == "Tue 15:30"
    assert clocks.short(SLOT, "America/Los_Angeles", "ko") == "화 15:30"


def test_other_years_are_named(clock: Traveller) -> None:
    assert clocks.moment(SLOT.replace(year=2027), "Asia/Seoul", "en") == "Thu 16 Sep 2027, 07:30"


def test_what_is_due_is_now_and_not_some_seconds_ago(clock: Traveller) -> None:
    at = core_clock.now()

    assert clocks.ahead(at + timedelta(seconds=90), "en") == "in 2 minutes"
    assert [clocks.ahead(at - timedelta(seconds=8), language) for language in ("en", "ko")] == ["now", "지금"]


def test_durations_are_rounded_to_what_matters() -> None:
    assert clocks.duration(28, "en") == "28 seconds"
    assert clocks.duration(200, "ko") == "3분"
    assert clocks.number(12345, "en") == "12,345"
