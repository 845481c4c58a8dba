"""When each mailbox provider will have an issue, and what is said of it (E9a)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.delivery.overview import forecast_words
from service.delivery.overview.forecast import EVERYONE_ELSE, Forecast, Short, Way, foresee

SEVEN_THIRTY = datetime(2026, 9, 13, 22, 30, tzinfo=UTC)  # in Seoul
DAY = SEVEN_THIRTY + timedelta(hours=24)
READERS = {"naver": 24_000, "google": 20_000, "kakao": 10_000, "other": 6_000}


def minutes(found: Forecast) -> dict[str, float | None]:
    """Until each lane is through."""
    return {each.lane: (each.ends_at - SEVEN_THIRTY).total_seconds() / 60 if each.ends_at else None for each in found.lanes}


def test_a_slow_lane_takes_its_time_and_everyone_else_is_through_as_without_it() -> None:
    with_it = foresee(READERS, Way(60.0, {"naver": 5.0}), SEVEN_THIRTY, DAY)
    without = foresee({lane: count for lane, count in READERS.items() if lane != "naver"}, Way(55.0), SEVEN_THIRTY, DAY)

    assert minutes(with_it) == pytest.approx({"naver": 80, EVERYONE_ELSE: 36_000 / 55 / 60})
    assert minutes(without)[EVERYONE_ELSE] == pytest.approx(minutes(with_it)[EVERYONE_ELSE])
    assert with_it.short is None


def test_it_is_said_on_the_readers_clock_in_both_languages() -> None:
    found = foresee(READERS, Way(60.0, {"naver": 5.0}), SEVEN_THIRTY, DAY)

    assert forecast_words.say(found, "Asia/Seoul", "en").line == "Naver about 08:50, everyone else about 07:40"
    assert forecast_words.say(found, "Asia/Seoul", "ko").line == "네이버 08:50쯤, 나머지 07:40쯤"
    alone = foresee({"google": 6_000}, Way(50.0), SEVEN_THIRTY, DAY)
    assert forecast_words.say(alone, "Asia/Seoul", "en").line == "everyone about 07:32"


def test_what_a_lane_would_not_reach_before_the_next_slot_is_told_with_a_remedy() -> None:
    found = foresee({"naver": 24_000, "google": 100}, Way(50.0, {"naver": 20 / 60}), SEVEN_THIRTY, SEVEN_THIRTY + timedelta(hours=12))

    assert (found.short, found.left) == (Short.PACE, 24_000 - 12 * 3600 // 3)
    said = forecast_words.say(found, "Asia/Seoul", "en")
    assert said.line == "everyone else about 07:30"
    assert said.warning == "9,600 readers would not get it by 19:30, when sending ends. Too slow: Naver"
    assert "PRESSRUN_LANE_PACES" in said.remedy


def test_beyond_the_quota_it_goes_on_when_there_is_quota_again() -> None:
    quota = [(SEVEN_THIRTY, 500), (SEVEN_THIRTY + timedelta(hours=3), 600)]

    assert minutes(foresee({"google": 1_000}, Way(10.0, quota=quota), SEVEN_THIRTY, DAY)) == pytest.approx({EVERYONE_ELSE: 180 + 50 / 60})


def test_who_is_beyond_all_quota_is_told() -> None:
    found = foresee({"google": 1_000}, Way(10.0, quota=[(SEVEN_THIRTY, 600)]), SEVEN_THIRTY, DAY)

    assert (found.short, found.left) == (Short.QUOTA, 400)
    said = forecast_words.say(found, "Asia/Seoul", "ko")
    assert said.line == ""
    assert said.warning == "메일 서버의 하루 한도가 모자라 독자 400명은 화 07:30까지 받지 못합니다."


def test_an_issue_for_nobody_has_nothing_to_say() -> None:
    assert forecast_words.say(foresee({}, Way(10.0), SEVEN_THIRTY, DAY), "Asia/Seoul", "en").line == ""


@given(
    readers=st.dictionaries(st.sampled_from(["google", "naver", "kakao", "other"]), st.integers(1, 50_000), min_size=1),
    total=st.floats(0.5, 500),
    own=st.dictionaries(st.sampled_from(["naver", "kakao"]), st.floats(0.1, 100)),
)
def test_nobody_is_faster_than_allowed_and_nobody_is_forgotten(readers: dict[str, int], total: float, own: dict[str, float]) -> None:
    found = foresee(readers, Way(total, own), SEVEN_THIRTY, DAY)

    assert sum(each.readers for each in found.lanes) == sum(readers.values())
    for each in found.lanes:
        if each.ends_at is not None:
            seconds = (each.ends_at - SEVEN_THIRTY).total_seconds()
            assert each.readers / max(seconds, 1e-3) <= min(total, own.get(each.lane, total)) * 1.01
    assert (found.short is None) == (found.left == 0)
