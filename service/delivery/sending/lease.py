"""The right to hand a claimed batch over, prolonged by a thread of its own, whatever SMTP waits for.

A lease that could not be prolonged in time refuses every further hand-over, by a clock that also counts while the process is stopped.
"""

import threading
import time
from datetime import timedelta
from types import TracebackType
from typing import Self

from sqlalchemy.exc import SQLAlchemyError

from service.core import clock, logs
from service.core.database import Database
from service.core.settings import Settings
from service.delivery.ledger import batching
from service.delivery.ledger.batching import Claim

log = logs.get(__name__)

_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # goes on while the machine sleeps


def elapsed() -> float:
    """Seconds on a clock that nobody sets and that no stop of the process or the machine stops."""
    return time.clock_gettime(_CLOCK)


class Lease:
    """One claim's right, until `deadline` on `elapsed`'s clock; `claimed_at` is from before the claim."""

    def __init__(self, claim: Claim, claimed_at: float, seconds: float) -> None:
        self.key = (claim.issue.issue_id, claim.no, claim.token)
        self.claimed_at = claimed_at
        self.deadline = claimed_at + seconds
        self.is_lost = False
        self.is_recorded = False  # by us, or about to be: then it ends by itself, and recording says whether it was ours still

    @property
    def is_held(self) -> bool:
        return not self.is_lost and time.clock_gettime(_CLOCK) < self.deadline


class Heartbeat:
    """Prolongs the leases given to it, every `heartbeat_seconds`, until it is closed."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._lease_seconds = settings.lease_seconds
        self._pause = settings.heartbeat_seconds
        self._leases: dict[tuple[int, int, int], Lease] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._closed.set()
        self._thread.join()

    def hold(self, claim: Claim, claimed_at: float) -> Lease:
        """Prolong this claim's lease from now on; `claimed_at` is from before the claim."""
        lease = Lease(claim, claimed_at, self._lease_seconds)
        with self._lock:
            self._leases[lease.key] = lease
        return lease

    def let_go(self, lease: Lease) -> None:
        """Its batch is recorded, or given up."""
        with self._lock:
            self._leases.pop(lease.key, None)

    def _run(self) -> None:
        while not self._closed.wait(self._pause):
            with self._lock:
                leases = dict(self._leases)
            if leases:
                self._beat(leases)

    def _beat(self, leases: dict[tuple[int, int, int], Lease]) -> None:
        started = elapsed()
        try:
            with self._database.writing() as session:
                held = batching.renew(session, list(leases), clock.now() + timedelta(seconds=self._lease_seconds))
        except SQLAlchemyError as failure:
            log.warning("the lease could not be prolonged", reason=type(failure).__name__)
            return  # the deadline stands; the next beat may still be in time
        for key, lease in leases.items():
            if key in held:
                lease.deadline = started + self._lease_seconds
            elif key in self._leases:
                lease.is_lost = True
                if not lease.is_recorded:
                    log.warning("a lease was taken over", issue=key[0], batch=key[1])
