"""A worker's look at itself: whether messages reach it. A thread of the worker's main process, which never does a task's work.

A consumer may stop for good after its broker came back, without a word. Then the process ends itself, so that whoever started it starts
it again; where only the messages are missing (no beat, or a broker that forgot), it nudges what is due. The database decides, as ever.
"""

import os
import signal
import threading
import time
from dataclasses import dataclass
from enum import StrEnum

from celery import Celery
from celery.worker import state
from sqlalchemy.exc import SQLAlchemyError

from service.core import clock, logs, redis
from service.core.settings import Settings
from service.delivery.identity import instance
from service.delivery.launching import asking_hosts, deciding
from service.delivery.sending import remembered
from service.runtime import Runtime
from workers import ticks

log = logs.get(__name__)

NUDGE_AFTER, END_AFTER = 4, 8
"""So many ticks without a message: then what is due is nudged; or, while there are messages, the process ends. With the default tick of
five seconds and the restart, work goes on within a minute."""
LONGEST_TASK = 700.0  # seconds; a reply is waited for up to 600
END_SECONDS = 20.0


class Advice(StrEnum):
    """What a look leads to."""

    WAIT = "wait"
    NUDGE = "nudge"
    END = "end"


@dataclass(frozen=True)
class Sight:
    """What a look saw. `waiting` are messages in this worker's queues, None where the broker did not answer."""

    idle_ticks: float  # since a message reached this worker, or since it was last at work
    waiting: int | None
    looks_waiting: int  # so many looks in a row, a tick apart, there were some


def advise(sight: Sight) -> Advice:
    """A broker that is away is waited for. Messages that nobody takes are this worker's fault; missing ones are not."""
    if sight.waiting is None or sight.idle_ticks < NUDGE_AFTER:
        return Advice.WAIT
    if sight.waiting == 0:
        return Advice.NUDGE
    return Advice.END if sight.idle_ticks >= END_AFTER and sight.looks_waiting >= END_AFTER - NUDGE_AFTER else Advice.WAIT


class Watch:
    """One worker's; `message_came` is called by Celery's own thread, everything else by the watch's."""

    def __init__(self, app: Celery, settings: Settings) -> None:
        self._app = app
        self._runtime = Runtime(settings)
        self._tick = settings.tick_seconds
        self._last = time.monotonic()
        self._waiting_looks = 0
        self._no_fork = threading.Lock()  # no child is made while a connection to the database is open here
        self._closed = threading.Event()

    def start(self) -> None:
        """From now on, until the process ends."""
        remembered.forget_old(self._runtime.settings)
        os.register_at_fork(before=self._no_fork.acquire, after_in_parent=self._no_fork.release, after_in_child=self._no_fork.release)
        threading.Thread(target=self._run, name="watch", daemon=True).start()

    def close(self) -> None:
        """The worker is ending by itself."""
        self._closed.set()

    def message_came(self, **_: object) -> None:
        """Something reached this worker."""
        self._last = time.monotonic()

    def look(self) -> Advice:
        """One look, and what follows from it."""
        if _is_at_work():
            self.message_came()
        waiting = self._waiting()
        self._waiting_looks = self._waiting_looks + 1 if waiting else 0
        advice = advise(Sight((time.monotonic() - self._last) / self._tick, waiting, self._waiting_looks))
        with self._no_fork:
            self._keep_up(advice)
        return advice

    def _run(self) -> None:
        while not self._closed.wait(self._tick):
            if self.look() is Advice.END:
                log.error("no message reaches this worker although some wait; it ends, to be started anew")
                os.kill(os.getpid(), signal.SIGTERM)
                time.sleep(END_SECONDS)
                os._exit(os.EX_TEMPFAIL)

    def _keep_up(self, advice: Advice) -> None:
        """The host's note follows the database's count; what is due is nudged where nobody else does."""
        try:
            instance.keep_up(self._runtime.database, self._runtime.settings)
            remembered.answer_questions(self._runtime.database, self._runtime.settings)
            self._let_go_on()
            if advice is Advice.NUDGE:
                ticks.nudge_due(self._runtime)
        except (SQLAlchemyError, redis.Error, OSError) as failure:
            log.warning("the watch could not look", reason=type(failure).__name__)
        finally:
            self._runtime.database.dispose()

    def _let_go_on(self) -> None:
        """What waited for the machines' memory; looked for without writing first."""
        with self._runtime.reading() as session:
            is_answered = bool(asking_hosts.answered(session, clock.now()))
        if is_answered:
            with self._runtime.writing() as session:
                deciding.go_on_by_themselves(session)

    def _waiting(self) -> int | None:
        try:
            return sum(int(self._runtime.redis.llen(name)) for name in self._app.amqp.queues.consume_from)
        except redis.Error:
            return None


def _is_at_work() -> bool:
    """Whether a task of this worker runs, for no longer than one may."""
    since = [request.time_start for request in list(state.active_requests) if request.time_start]
    return any(time.time() - start < LONGEST_TASK for start in since)
