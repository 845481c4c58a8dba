"""Against simulated populations whose truth is known: seeds and profiles that the rules were not tuned on keep the floors of C6."""

import pytest

from tests.support.hits import figures, populations
from tests.support.hits.world import HUMAN, MACHINE

WORLDS = range(7000, 7012)


@pytest.fixture(
    scope="module", params=[populations.tuned, populations.held_out, populations.fresh], ids=["other seeds", "other profiles", "hard cases"]
)
def found(request: pytest.FixtureRequest) -> figures.Figures:
    return figures.of(request.param(seed, readers=200) for seed in WORLDS)


def test_nearly_all_clicks_of_machines_are_called_so(found: figures.Figures) -> None:
    assert found.share("machine", truth=MACHINE) >= 0.95


def test_hardly_any_click_of_a_person_is_called_a_machine_s(found: figures.Figures) -> None:
    assert found.share("machine", truth=HUMAN) <= 0.02


def test_few_clicks_stay_unknown(found: figures.Figures) -> None:
    assert found.share("unknown") <= 0.10


def test_opens_by_proxies_are_machines_and_those_of_readers_are_not(found: figures.Figures) -> None:
    assert found.share("machine", kind="open", truth=MACHINE) >= 0.95
    assert found.share("machine", kind="open", truth=HUMAN) <= 0.02
