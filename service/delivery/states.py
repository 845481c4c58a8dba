"""The states of a delivery and what may follow what: one table. Pure; every UPDATE of the ledger names the states it may come from.

Being handed over is no state: a queued row of a claimed batch may be on its way, and the batch's journal knows (evidence.py).
"""

from enum import StrEnum


class DeliveryState(StrEnum):
    """Where this issue stands with this reader."""

    QUEUED = "queued"  # to be handed over, or just being handed over
    ACCEPTED = "accepted"  # the mail server has taken it; never left again
    DEFERRED = "deferred"  # tried, and to be tried again
    REFUSED = "refused"  # not taken, and not tried again
    UNCERTAIN = "uncertain"  # handed over, its reply is lost
    SKIPPED = "skipped"  # never handed over, on purpose


class SkipReason(StrEnum):
    """Why a reader of the frozen audience was not sent to."""

    UNSUBSCRIBED = "unsubscribed"
    PAUSED = "paused"
    SUPPRESSED = "suppressed"
    NO_ADVERTISING = "no_advertising"  # took back that consent after the launch (B2)
    ERASED = "erased"
    CANCELLED = "cancelled"
    TOO_OLD = "too_old"  # waited for us until its age limit (E7)


_MOVES: dict[DeliveryState, frozenset[DeliveryState]] = {
    DeliveryState.QUEUED: frozenset(
        {DeliveryState.ACCEPTED, DeliveryState.DEFERRED, DeliveryState.REFUSED, DeliveryState.UNCERTAIN, DeliveryState.SKIPPED}
    ),
    DeliveryState.DEFERRED: frozenset({DeliveryState.QUEUED, DeliveryState.REFUSED, DeliveryState.SKIPPED}),
    DeliveryState.UNCERTAIN: frozenset({DeliveryState.ACCEPTED, DeliveryState.REFUSED, DeliveryState.DEFERRED, DeliveryState.QUEUED}),
    DeliveryState.ACCEPTED: frozenset(),
    DeliveryState.REFUSED: frozenset(),
    DeliveryState.SKIPPED: frozenset(),
}

FINAL = frozenset(state for state, following in _MOVES.items() if not following)
"""Nothing follows these."""

OVER = FINAL | {DeliveryState.UNCERTAIN}
"""An issue is sent when all its deliveries are in one of these, and nobody may decide any more about those that are uncertain."""

UNSENT = frozenset({DeliveryState.QUEUED, DeliveryState.DEFERRED})
"""Still to be handed over."""


def may_become(state: DeliveryState, following: DeliveryState) -> bool:
    """Whether `following` may come after `state`."""
    return following in _MOVES[state]


def sources(state: DeliveryState) -> frozenset[DeliveryState]:
    """The states from which a delivery may become `state`; what the UPDATE has to name."""
    return frozenset(before for before, following in _MOVES.items() if state in following)
