"""Token buckets, slowdowns and daily quotas, without a database: numbers over time (E6, E9a)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.delivery.pacing import bucket, quota, slowing

NOW = datetime(2026, 9, 14, 3, 0, tzinfo=UTC)


def granted(rate: float, looks: list[float]) -> list[tuple[float, int]]:
    """Who takes all there is at each of these seconds."""
    spent_until, found = None, []
    for second in looks:
        now = NOW + timedelta(seconds=second)
        count = bucket.tokens(spent_until, now, rate)
        if count:
            spent_until = bucket.spend(spent_until, now, rate, count)
            found.append((second, count))
    return found


def test_twenty_a_minute_is_one_mail_every_three_seconds() -> None:
    seconds = [second / 2 for second in range(61)]

    assert granted(20 / 60, seconds) == [(second, 1) for second in range(0, 31, 3)]


def test_a_fast_lane_is_granted_a_second_of_its_pace_at_once_and_twice_that_after_a_pause() -> None:
    assert granted(10.0, [0, 0.5, 1, 2, 60]) == [(0, 20), (1, 10), (2, 10), (60, 20)]


def test_the_moment_a_grant_is_there_is_told_beforehand() -> None:
    spent = bucket.spend(None, NOW, 10.0, 20)

    assert bucket.ready_at(spent, 10.0) == NOW + timedelta(seconds=1)
    assert bucket.ready_at(None, 10.0) is None


@given(rate=st.floats(0.01, 500), steps=st.lists(st.floats(0, 30), min_size=1, max_size=60))
def test_no_pace_is_exceeded_by_more_than_what_had_gathered(rate: float, steps: list[float]) -> None:
    looks = [sum(steps[: number + 1]) for number in range(len(steps))]

    total = sum(count for _, count in granted(rate, looks))

    assert total <= rate * (looks[-1] - looks[0]) + max(1, rate * bucket.BURST_SECONDS) + 1


def test_a_slowdown_halves_and_is_won_back_by_a_tenth_in_ten_clean_minutes() -> None:
    half = slowing.halved(1.0)

    shares = [slowing.share(half, NOW, NOW + timedelta(minutes=minutes)) for minutes in (-5, 0, 9, 10, 25, 50, 500)]

    assert shares == pytest.approx([0.5, 0.5, 0.5, 0.6, 0.7, 1.0, 1.0])
    assert slowing.halved(0.6) == pytest.approx(0.3)


def test_rests_grow_up_to_two_hours_and_begin_anew_after_ten_clean_minutes() -> None:
    assert [slowing.rest_seconds(number) / 60 for number in (1, 2, 3, 4, 5)] == [15, 30, 60, 120, 120]
    assert slowing.rests_in_row(0, None, NOW) == 1
    assert slowing.rests_in_row(2, NOW, NOW + timedelta(minutes=9)) == 3
    assert slowing.rests_in_row(2, NOW, NOW + timedelta(minutes=10)) == 1


def test_a_quota_counts_a_mail_until_its_hour_is_a_day_old() -> None:
    hours = {quota.hour(NOW - timedelta(hours=26)): 5, quota.hour(NOW - timedelta(hours=24)): 7, quota.hour(NOW): 3}

    assert quota.used(hours, NOW) == 10
    assert quota.free_at(hours, NOW, most=10) == NOW + timedelta(hours=1)
    assert quota.free_at(hours, NOW, most=11) == NOW
    assert quota.free_at(hours, NOW, most=10, wanted=8) == NOW + timedelta(hours=25)


@given(st.lists(st.tuples(st.integers(0, 72), st.integers(1, 50)), max_size=40))
def test_no_day_ever_holds_more_than_the_quota(asked: list[tuple[int, int]]) -> None:
    most, hours, left = 100, dict[datetime, int](), list[tuple[datetime, int]]()
    for hour, wanted in sorted(asked):
        now = NOW + timedelta(hours=hour, minutes=30)
        count = min(wanted, most - quota.used(hours, now))
        if count > 0:
            hours[quota.hour(now)] = hours.get(quota.hour(now), 0) + count
            left.append((now, count))

    for end, _ in left:
        assert sum(count for at, count in left if end - timedelta(hours=24) < at <= end) <= most
