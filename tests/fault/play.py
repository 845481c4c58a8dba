"""One run: an issue is booked, things are broken for a while, then it is quiet and everybody has to come to an end."""

import heapq
import itertools
import random
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from service.delivery.pacing import lanes
from tests.fault.disturbances import Disturbance
from tests.fault.ledger import Look
from tests.fault.orders import Orders
from tests.fault.press import Press
from tests.fault.verdict import Verdict, judge

if TYPE_CHECKING:
    from tests.fault.scenarios import Scenario

QUIET_SECONDS = 120.0
STILL_SECONDS = 1.0
"""So long it stays still after the last row came to its end before the copies are counted."""
PACE_FACTOR = 1.3
STEP_SECONDS = 0.01
LAUNCH_SECONDS = 15.0
PROGRESS_SECONDS = 5.0


@dataclass
class Run:
    """A started press and what is to be done to it."""

    press: Press
    scenario: "Scenario"
    chaos_seconds: float
    chance: random.Random
    broken: int = 0  # disturbances so far
    issue_id: int = 0
    since: int = 0  # where the record of this issue begins

    def say(self, text: str) -> None:
        """Progress, for whoever watches."""
        print(f"  {self.scenario.name} {self.press.set.backend} {self.press.set.policy}: {text}", file=sys.stderr, flush=True)

    def look(self) -> Look | None:
        return self.press.ledger.look(self.issue_id, self.press.set.policy)


def under_chaos(run: Run) -> tuple[Verdict, float]:
    """The usual course. Returns the verdict, and the seconds from the booking to the end of the last row."""
    press, pace = run.press, PACE_FACTOR * run.press.set.recipients / run.chaos_seconds
    press.orders(Orders(pace=pace, mishaps=run.scenario.mishaps, hides=run.scenario.hides))
    begin = time.monotonic()
    run.issue_id = press.book()
    _wait_for_launch(run)
    disturb(run, run.scenario.on(press.set.backend), time.monotonic() + run.chaos_seconds)
    press.orders(Orders(hides=run.scenario.hides))
    seconds = wait(run, begin)
    return judge(press.ledger.rows(run.issue_id), press.ledger.copies(), press.set.policy, press.set.recipients), seconds


def disturb(run: Run, disturbances: tuple[Disturbance, ...], until: float) -> None:
    """Break what the scenario breaks until then; what has to be undone is undone, at the latest at the end."""
    order, agenda, begin = itertools.count(), list[tuple[float, int, Callable[[], None]]](), time.monotonic()

    def at(when: float, do: Callable[[], None]) -> None:
        heapq.heappush(agenda, (when, next(order), do))

    def again(one: Disturbance) -> None:
        done = one.do(run.press, run.chance)
        run.broken += done is not None
        for seconds, later in done or ():
            undone.append(later)
            at(time.monotonic() + seconds, later)
        at(time.monotonic() + one.pause(run.chance, run.chaos_seconds), lambda: again(one))

    undone: list[Callable[[], None]] = []
    for one in disturbances:
        at(begin + one.pause(run.chance, run.chaos_seconds) / 2, lambda one=one: again(one))  # type: ignore[misc]
    told = begin
    while (now := time.monotonic()) < until:
        while agenda and agenda[0][0] <= now:
            heapq.heappop(agenda)[2]()
        if run.scenario.has_operator and now - told > PROGRESS_SECONDS / 5:
            operate(run)
        if now - told > PROGRESS_SECONDS:
            told = now
            run.say(f"{now - begin:.0f} s, broken {run.broken} times: {run.look() or 'the database is away'}")
        time.sleep(STEP_SECONDS)
    for later in undone:
        later()  # each may be done twice
    (run.press.home / "points" / "committing").unlink(missing_ok=True)


def _wait_for_launch(run: Run) -> None:
    """Until the ledger is written, so that what is broken hits the sending; given up where nobody launches."""
    deadline = time.monotonic() + LAUNCH_SECONDS
    while time.monotonic() < deadline and not ((look := run.look()) and look.states):
        time.sleep(STEP_SECONDS)


def wait(run: Run, begin: float) -> float:
    """Quiet until the issue is through, and stays so. Returns the seconds since `begin`; after QUIET_SECONDS it is judged as it stands."""
    quiet, told, ended = time.monotonic(), time.monotonic(), 0.0
    while (now := time.monotonic()) < quiet + QUIET_SECONDS:
        look = run.look()
        if look is None or not look.is_through:
            ended = 0.0
        elif not ended:
            ended = now
        elif now - ended > STILL_SECONDS:
            run.say(f"through after {ended - begin:.1f} s, broken {run.broken} times: {look}")
            return ended - begin
        if run.scenario.has_operator:
            operate(run)
        if now - told > PROGRESS_SECONDS:
            told = now
            run.say(f"quiet for {now - quiet:.0f} s: {look or 'the database is away'}")
        time.sleep(0.2)
    run.say(f"not through after {QUIET_SECONDS:.0f} s of quiet: {look}")
    return time.monotonic() - begin


def operate(run: Run) -> None:
    """The operator's part: what is held for a fault of ours is looked at and let go on, as the dashboard's button does."""
    with suppress(SQLAlchemyError), run.press.ledger.writing() as session:
        if lanes.wait_for_somebody(session, run.issue_id):
            lanes.reopen(session, user_id=None)
