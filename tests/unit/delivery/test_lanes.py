"""Pace by kind of relay."""

import pytest

from service.core.settings import Settings
from service.delivery import lanes


def relay(settings: Settings, kind: str) -> Settings:
    return settings.model_copy(update={"relay_kind": kind})


@pytest.mark.parametrize("kind", ["spooling", "esp"])
def test_a_relay_of_ours_has_no_pace_by_lane_and_its_trouble_is_everyones(settings: Settings, kind: str) -> None:
    given = relay(settings, kind)

    assert lanes.rate(given, "naver") is None
    assert lanes.most_batches(given, "naver") is None
    assert lanes.place_of_trouble(given, "naver") == lanes.EVERY


def test_a_direct_lane_keeps_its_providers_pace_and_its_own_trouble(settings: Settings) -> None:
    given = relay(settings, "direct")

    assert lanes.rate(given, "naver") == pytest.approx(1 / 3)
    assert lanes.batch_size(given, "naver") == 5
    assert lanes.batch_size(given, "google") == 150
    assert lanes.most_batches(given, "naver") == 1
    assert lanes.place_of_trouble(given, "naver") == "naver"


def test_a_batch_is_never_larger_than_the_setting(settings: Settings) -> None:
    given = relay(settings, "direct").model_copy(update={"batch_size": 3})

    assert lanes.batch_size(given, "google") == 3
