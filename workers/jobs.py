"""Jobs by name: a task file registers a function, a nudge makes a worker do what is due. The row decides, never the message."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from celery import shared_task

from service import broker
from service.core import jobs, logs, queues
from service.runtime import Runtime
from workers.process import runtime

Handler = TypeVar("Handler", bound=Callable[..., None])
RUN_SECONDS = 20.0  # a task is short, so that a killed worker's message matters little

log = logs.get(__name__)


@dataclass(frozen=True)
class Periodic:
    """A function that is run about every `seconds`; run twice, it changes nothing more."""

    name: str
    seconds: float
    queue: str
    run: Callable[[Runtime], None]


HANDLERS: dict[str, Callable[..., None]] = {}
PERIODIC: dict[str, Periodic] = {}


def job(name: str, *, queue: str | None = None) -> Callable[[Handler], Handler]:
    """Register the function that does the jobs of this name: `(runtime, **ids)`; it opens its own transactions and may be run twice.

    Its queue is the one that `core.queues` names, so that whoever asks and whoever works agree; another `queue` is a ValueError.
    """
    if queue is not None and queue != queues.JOB_QUEUES.get(name, queues.TICK):
        raise ValueError(f"core/queues.py has no {queue!r} for the job {name}")

    def register(handler: Handler) -> Handler:
        if name in HANDLERS:
            raise ValueError(f"two functions for the job {name}")
        HANDLERS[name] = handler
        return handler

    return register


def periodic(seconds: float, *, queue: str = queues.TICK) -> Callable[[Callable[[Runtime], None]], Callable[[Runtime], None]]:
    """Register a function of the runtime that beat sets off about every `seconds`, on whichever worker of `queue` is free."""

    def register(run: Callable[[Runtime], None]) -> Callable[[Runtime], None]:
        name = f"{run.__module__.rpartition('.')[2]}.{run.__name__}"
        PERIODIC[name] = Periodic(name, seconds, queue, run)
        return run

    return register


def work_off(runtime: Runtime, name: str, *, seconds: float = RUN_SECONDS) -> int:
    """Do the due jobs of this name, one after the other, for at most `seconds`; returns how many were done.

    Claim, work and outcome are three transactions: none is open while a job's own work runs.
    """
    handler, deadline, done = HANDLERS[name], time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        with runtime.writing() as session:
            claim = jobs.claim(session, name)
        if claim is None:
            return done
        done += _do(runtime, handler, claim)
    runtime.broker.nudge([name])  # time is up, not the work
    return done


@shared_task(name=broker.TASK)
def run_jobs(name: str) -> None:
    """What a nudge calls."""
    if name in HANDLERS:
        work_off(runtime(), name)
    else:
        log.error("a job of this name is known to nobody", name=name)


@shared_task(name=broker.PERIODIC)
def run_periodic(name: str) -> None:
    """What a tick calls for a periodic function whose time has come."""
    if name in PERIODIC:
        PERIODIC[name].run(runtime())


def _do(runtime: Runtime, handler: Callable[..., None], claim: jobs.Claim) -> bool:
    try:
        handler(runtime, **claim.ids)
    except Exception as failure:  # a shell: whatever went wrong is written down and the job is due again later
        log.exception("a job failed and will be tried again", job=claim.name, ids=claim.ids, tries=claim.tries)
        with runtime.writing() as session:
            jobs.fail(session, claim, logs.mask_text(f"{type(failure).__name__}: {failure}"))
        return False
    with runtime.writing() as session:
        jobs.finish(session, claim)
    return True
