"""The whole table of what may become of a subscription."""

import pytest

from service.subscribers.models import Standing
from service.subscribers.states import Act, after

P, A, Z, U = Standing.PENDING, Standing.ACTIVE, Standing.PAUSED, Standing.UNSUBSCRIBED

TABLE = {
    (P, Act.CONFIRM): A, (A, Act.CONFIRM): A, (Z, Act.CONFIRM): A, (U, Act.CONFIRM): A,
    (P, Act.ADMIT): A, (A, Act.ADMIT): A, (Z, Act.ADMIT): Z, (U, Act.ADMIT): None,
    (P, Act.PAUSE): None, (A, Act.PAUSE): Z, (Z, Act.PAUSE): Z, (U, Act.PAUSE): None,
    (P, Act.RESUME): None, (A, Act.RESUME): A, (Z, Act.RESUME): A, (U, Act.RESUME): None,
    (P, Act.LEAVE): U, (A, Act.LEAVE): U, (Z, Act.LEAVE): U, (U, Act.LEAVE): U,
    (P, Act.COME_BACK): None, (A, Act.COME_BACK): A, (Z, Act.COME_BACK): None, (U, Act.COME_BACK): A,
}  # fmt: skip


@pytest.mark.parametrize(("state", "act"), [(state, act) for state in Standing for act in Act])
def test_every_act_on_every_state_has_its_answer(state: Standing, act: Act) -> None:
    assert after(state, act) is TABLE[state, act]
