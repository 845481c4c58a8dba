"""A clock that was set is not trusted at once; one that is only nudged along is."""

from hypothesis import given
from hypothesis import strategies as st

from service.core import drift

NOON = 1_800_000_000.0


@given(nudges=st.lists(st.floats(-4.9, 4.9), max_size=20))
def test_a_clock_that_is_nudged_is_trusted(nudges: list[float]) -> None:
    steadiness, wall, elapsed = drift.Steadiness(), NOON, 100.0

    for nudge in nudges:
        wall, elapsed = wall + 10 + nudge, elapsed + 10
        assert steadiness.step(wall, elapsed) == 0


@given(step=st.floats(5.1, 1e8) | st.floats(-1e8, -5.1))
def test_a_clock_that_was_set_is_trusted_again_after_a_minute(step: float) -> None:
    steadiness = drift.Steadiness()
    steadiness.step(NOON, 100.0)

    seen = [steadiness.step(NOON + step + passed, 100.0 + passed) != 0 for passed in (1.0, 30.0, 60.9, 61.1, 90.0)]

    assert seen == [True, True, True, False, False]


def test_a_machine_that_slept_has_a_steady_clock() -> None:
    steadiness = drift.Steadiness()
    steadiness.step(NOON, 100.0)

    assert steadiness.step(NOON + 86_400, 100.0 + 86_400) == 0
