"""What the last replies say about the place they came from, a lane or the mail server: halt, rest, or be careful (E6, E11). Pure."""

from collections import deque
from enum import StrEnum

from service.delivery.reasons import OPENS_BREAKER, SHAKES_PLACE, SLOWS_LANE, Reason
from service.delivery.replies import Outcome
from service.delivery.transports.protocol import Result

LAST = 20
FAULTS_TO_HOLD = 3
"""So many faults of our own among the last replies stop the place until an operator has looked."""
SLOW_TO_REST = 3
"""So many rate replies of a mail server among the last ones; one is enough where a mailbox provider itself says it."""
SHAKY_TO_OPEN = LAST // 2
"""Half of the last replies about the other side's own trouble open the breaker."""


class Sign(StrEnum):
    """What the place needs."""

    HOLD = "hold"  # until an operator has mended it
    REST = "rest"  # asked to slow down
    OPEN = "open"  # tried again by one probe, ever more rarely


class _Mark(StrEnum):
    GOOD = "g"
    FAULT = "f"
    SLOW = "s"
    SHAKY = "x"


_GOOD = _Mark.GOOD.value


class Recent:
    """The last replies of a place, kept as a short word between batches. `is_relay`: a 4xx speaks about the mail server (E9a)."""

    def __init__(self, word: str = "", *, is_relay: bool) -> None:
        self._marks: deque[str] = deque(word, maxlen=LAST)
        self._is_relay = is_relay

    @property
    def word(self) -> str:
        """To be kept; empty where every reply was good."""
        found = "".join(self._marks)
        return "" if set(found) <= {_Mark.GOOD.value} else found

    def note(self, result: Result, *, is_probe: bool = False) -> Sign | None:
        """Another reply; a sign is given once, then counted from nothing. A probe that fails is a sign by itself."""
        if result.outcome is Outcome.ACCEPTED:  # nearly always
            self._marks.append(_GOOD)
            return None
        mark = self._mark(result)
        if mark is None:
            return None
        self._marks.append(mark.value)
        sign = self._sign(mark, is_probe=is_probe)
        if sign is not None:
            self._marks.clear()
        return sign

    def _sign(self, last: _Mark, *, is_probe: bool) -> Sign | None:
        if last is _Mark.GOOD or self._marks.count(last.value) < self._most(last, is_probe=is_probe):
            return None
        return {_Mark.FAULT: Sign.HOLD, _Mark.SLOW: Sign.REST, _Mark.SHAKY: Sign.OPEN}[last]

    def _most(self, mark: _Mark, *, is_probe: bool) -> int:
        if mark is _Mark.FAULT:
            return FAULTS_TO_HOLD
        if is_probe:
            return 1
        if mark is _Mark.SLOW:
            return SLOW_TO_REST if self._is_relay else 1
        return SHAKY_TO_OPEN

    def _mark(self, result: Result) -> _Mark | None:
        if result.outcome in (Outcome.UNSENT, Outcome.UNCERTAIN):
            return None
        if result.outcome is not Outcome.DEFERRED:
            return _Mark.GOOD
        if result.reason in OPENS_BREAKER:
            return _Mark.FAULT
        if result.reason in SLOWS_LANE:
            return _Mark.SLOW
        speaks_of_relay = self._is_relay and result.reason in (Reason.UNKNOWN, Reason.GREYLIST)
        return _Mark.SHAKY if result.reason in SHAKES_PLACE or speaks_of_relay else _Mark.GOOD
