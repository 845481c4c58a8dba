"""Whether this machine's clock can be trusted: slots and leases of several machines depend on it (E8).

It is compared with the database's clock and with one that nobody sets. What is decided by a clock that was just set is decided later.
"""

import time
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, DateTime, func, literal, text, type_coerce
from sqlalchemy.orm import Session

from service.core import clock
from service.core.database import Instant
from service.core.errors import Conflict

MOST_SECONDS = 5.0
STEADY_SECONDS = 60.0  # so long nothing is decided by a clock that was set
_MONOTONIC = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # goes on while the machine sleeps


class ClocksDisagree(Conflict):
    """This machine's clock and another one differ too much to send or to start anything by it."""


class Steadiness:
    """Remembers how far the clock on the wall is from the one that nobody sets; a step of more than MOST_SECONDS is not trusted at once."""

    def __init__(self) -> None:
        self._offset: float | None = None
        self._step = 0.0
        self._until = 0.0

    def step(self, wall: float, elapsed: float) -> float:
        """By how many seconds the clock was set within the last STEADY_SECONDS (0: it was not); both given in seconds."""
        offset = wall - elapsed
        if self._offset is not None and abs(offset - self._offset) > MOST_SECONDS:
            self._step, self._until = offset - self._offset, elapsed + STEADY_SECONDS
        self._offset = offset
        return self._step if elapsed < self._until else 0.0


_steadiness = Steadiness()


def seconds(session: Session) -> float:
    """How far this machine's clock is from the database's."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    moment = "(julianday('now') - 2440587.5) * 86400" if is_sqlite else "extract(epoch FROM clock_timestamp())"
    return abs(float(session.scalar(text(f"SELECT {moment}")) or 0) - clock.now().timestamp())


def shared(session: Session, ahead: timedelta = timedelta()) -> ColumnElement[datetime]:
    """The time by the clock that all machines share, for use in a statement: the database's; on SQLite, which has one machine, its own.

    Whoever may take over what another machine has claimed compares by it, however wrong its own clock is.
    """
    if session.get_bind().dialect.name == "sqlite":
        return literal(clock.now() + ahead, Instant())
    return type_coerce(func.statement_timestamp(type_=DateTime(timezone=True)) + ahead, Instant)


def refuse(session: Session) -> None:
    """Raises ClocksDisagree where nothing may be decided by this machine's clock now."""
    step = _steadiness.step(clock.now().timestamp(), time.clock_gettime(_MONOTONIC))
    if step:
        raise ClocksDisagree(
            "The clock of this machine was set by {seconds} s a moment ago.",
            remedy="Wait a minute, or look why: the machines should keep their time by NTP.",
            seconds=round(step),
        )
    apart = seconds(session)
    if apart > MOST_SECONDS:
        raise ClocksDisagree(
            "The clocks of this machine and of the database are {seconds} s apart.",
            remedy="Set both by NTP; it is tried again by itself.",
            seconds=round(apart),
        )
