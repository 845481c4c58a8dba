"""What may become of a subscription: one table. Pure rules; lifecycle.py applies them."""

from enum import StrEnum

from service.subscribers.models import Standing


class Act(StrEnum):
    """What can happen to a subscription that exists."""

    CONFIRM = "confirm"  # the reader clicked the button behind a mailed link
    ADMIT = "admit"  # consent was given elsewhere and is on record: import, samples
    PAUSE = "pause"
    RESUME = "resume"
    LEAVE = "leave"
    COME_BACK = "come_back"  # taking back a leave just made, from the same page


_P, _A, _Z, _U = Standing.PENDING, Standing.ACTIVE, Standing.PAUSED, Standing.UNSUBSCRIBED

_AFTER: dict[Act, dict[Standing, Standing]] = {
    Act.CONFIRM: {_P: _A, _A: _A, _Z: _A, _U: _A},
    Act.ADMIT: {_P: _A, _A: _A, _Z: _Z},  # who has left is never brought back by others
    Act.PAUSE: {_A: _Z, _Z: _Z},
    Act.RESUME: {_Z: _A, _A: _A},
    Act.LEAVE: {_P: _U, _A: _U, _Z: _U, _U: _U},
    Act.COME_BACK: {_U: _A, _A: _A},
}


def after(state: Standing, act: Act) -> Standing | None:
    """The state that follows; the same state where nothing changes; None where the act is not allowed."""
    return _AFTER[act].get(state)
