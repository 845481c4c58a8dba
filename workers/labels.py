"""Background work for labels: final ones for hits of closed windows, new ones where the rules have changed."""

import time

from service.core import clock
from service.feedback import labelling, relabelling
from service.runtime import Runtime
from service.statistics import reported
from workers.jobs import RUN_SECONDS, job, periodic


@periodic(seconds=60)
def label_closed_windows(runtime: Runtime) -> None:
    """Give the hits of windows that are over their final labels, span by span; killed in between, the next run goes on (C6)."""
    deadline = time.monotonic() + RUN_SECONDS
    while time.monotonic() < deadline:
        with runtime.reading() as session:
            judged = labelling.judge(session, clock.now())
        if judged is None:
            return
        with runtime.writing() as session:
            labelling.settle(session, judged)


@job(relabelling.JOB)
def relabel_events(runtime: Runtime, issue_id: int) -> None:
    """Keep the figures as they were reported, then open the issue's windows for the rules of today; what is open is not opened again."""
    with runtime.writing() as session:
        reported.keep(session, issue_id)
        relabelling.reopen(session, issue_id)
