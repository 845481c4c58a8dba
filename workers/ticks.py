"""What a tick does: the database decides what is due; two beats, or none for a while, change nothing (E8)."""

from celery import shared_task

from service import broker
from service.core import jobs
from service.runtime import Runtime
from workers.jobs import PERIODIC, periodic
from workers.process import runtime


@shared_task(name=broker.TICK)
def tick() -> None:
    """What beat sends."""
    nudge_due(runtime())


def nudge_due(runtime: Runtime) -> None:
    """Nudge the jobs that are due, and the periodic functions whose pause is over."""
    with runtime.reading() as session:
        names = jobs.due_names(session)
    runtime.broker.nudge(names)
    for entry in PERIODIC.values():
        # a key that lives for the pause: of two ticks, or two beats, one sets it
        pause_ms = int(entry.seconds * 900)
        if runtime.redis.set(f"pressrun:periodic:{entry.name}", "1", nx=True, px=pause_ms):
            runtime.broker.nudge_periodic(entry.name, entry.queue, expires_seconds=max(entry.seconds, 5.0))


@periodic(seconds=86_400)
def forget_old_jobs(runtime: Runtime) -> None:
    """What was done a month ago goes, with its key."""
    with runtime.writing() as session:
        jobs.forget_old(session)
