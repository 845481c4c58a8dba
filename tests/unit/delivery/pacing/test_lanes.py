"""Pace by kind of relay (E9, E9a)."""

import pytest

from service.core.settings import LANES, Settings, parse_paces
from service.delivery.pacing import lanes, relays
from service.delivery.pacing.relays import Limit
from service.subscribers.address import Provider


def relay(settings: Settings, kind: str, **values: object) -> Settings:
    return settings.model_copy(update={"relay_kind": kind, **values})


@pytest.mark.parametrize("kind", ["spooling", "esp"])
def test_a_relay_of_ours_has_no_pace_by_lane_and_its_trouble_is_everyones(settings: Settings, kind: str) -> None:
    given = relay(settings, kind)

    assert relays.of_lane(given, "naver").is_none
    assert not relays.are_limited(given)
    assert lanes.batch_sizes(given) == {}
    assert lanes.place_of_trouble(given, "naver") == lanes.EVERY


def test_a_direct_lane_keeps_its_providers_pace_and_its_own_trouble(settings: Settings) -> None:
    given = relay(settings, "direct")

    assert relays.of_lane(given, "naver") == Limit(20 / 60, 2)
    assert relays.of_lane(given, "apple") == Limit(2.0, 2)
    assert lanes.batch_size(given, "naver") == 5
    assert lanes.batch_size(given, "google") == 150
    assert lanes.place_of_trouble(given, "naver") == "naver"


def test_what_an_operator_sets_for_a_lane_holds_with_every_kind_of_relay(settings: Settings) -> None:
    paces = "naver=5/s:4, google=600/min"

    assert relays.of_lane(relay(settings, "spooling", lane_paces=paces), "google") == Limit(10.0, None)
    assert relays.of_lane(relay(settings, "direct", lane_paces=paces), "naver") == Limit(5.0, 4)
    assert relays.of_lane(relay(settings, "direct", lane_paces=paces), "google") == Limit(10.0, 10)


def test_a_batch_is_never_larger_than_the_setting(settings: Settings) -> None:
    given = relay(settings, "direct", batch_size=3)

    assert lanes.batch_size(given, "google") == 3


@pytest.mark.parametrize("wrong", ["naver", "naver=5", "naver=5/day", "navr=5/s", "naver=0/s", "naver=5/s:0", "naver=-1/s"])
def test_a_pace_that_cannot_be_meant_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"write PROVIDER|no mailbox provider|more than nothing"):
        parse_paces(wrong)


def test_the_lanes_whose_pace_may_be_set_are_the_mailbox_providers() -> None:
    assert set(LANES) == {provider.value for provider in Provider}


def test_hosts_whose_long_names_begin_alike_have_troubles_of_their_own() -> None:
    first, second = (f"pressrun-worker-7f9c6d5b8-{pod}" for pod in ("x2k9q", "p0wsd"))

    assert lanes.host_name("press-1") == "@press-1"
    assert lanes.host_name(first) != lanes.host_name(second)
    assert len(lanes.host_name(first)) == lanes.NAME_LENGTH
