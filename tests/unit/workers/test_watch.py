"""What a worker does about messages that do not reach it."""

import pytest

from workers.watch import Advice, Sight, advise


@pytest.mark.parametrize(
    ("sight", "advice"),
    [
        pytest.param(Sight(1, 0, 0), Advice.WAIT, id="ticks come"),
        pytest.param(Sight(5, 0, 0), Advice.NUDGE, id="no beat: nudge what is due"),
        pytest.param(Sight(500, 0, 0), Advice.NUDGE, id="no beat for long: still no fault of ours"),
        pytest.param(Sight(500, None, 0), Advice.WAIT, id="the broker is away"),
        pytest.param(Sight(1, 30, 9), Advice.WAIT, id="a queue, and it is being worked off"),
        pytest.param(Sight(7, 3, 7), Advice.WAIT, id="messages wait: perhaps the consumer comes back"),
        pytest.param(Sight(9, 3, 1), Advice.WAIT, id="the first message after a quiet time"),
        pytest.param(Sight(9, 3, 4), Advice.END, id="messages wait and none reaches us"),
    ],
)
def test_advice(sight: Sight, advice: Advice) -> None:
    assert advise(sight) is advice
