"""Background work of the statistics room: hits are counted for reports, figures are kept as they were reported."""

import time

from service.core import clock, logs
from service.runtime import Runtime
from service.statistics import alarms, morning, reported, rollup
from workers.jobs import RUN_SECONDS, periodic

log = logs.get(__name__)


@periodic(seconds=60)
def count_hits(runtime: Runtime) -> None:
    """Count the hours in which hits came or got other labels, then readers; killed in between, the next run goes on."""
    deadline = time.monotonic() + RUN_SECONDS
    while time.monotonic() < deadline:
        with runtime.reading() as session:
            due = rollup.due_hours(session)
        if not due:
            break
        for issue_id, hour in due:
            with runtime.writing() as session:
                rollup.count_hour(session, issue_id, hour)
    count_readers(runtime)


def count_readers(runtime: Runtime) -> None:
    """Count the readers of issues whose time it is; counting only reads, so that nothing waits for it."""
    with runtime.writing() as session:
        rollup.mark_launched(session)
    with runtime.reading() as session:
        due = rollup.due_readers(session, clock.now())
    for issue_id in due:
        with runtime.reading() as session:
            counted = rollup.readers(session, issue_id)
        with runtime.writing() as session:
            rollup.keep_readers(session, counted, clock.now())


@periodic(seconds=300)
def count_leaving(runtime: Runtime) -> None:
    """Count what came back and who left, of issues young enough; a second run changes nothing."""
    with runtime.reading() as session:
        issues = rollup.recent(session, clock.now())
    for issue_id in issues:
        with runtime.writing() as session:
            rollup.count_leaving(session, issue_id)


@periodic(seconds=600)
def keep_reported(runtime: Runtime) -> None:
    """A day after its start an issue's figures are kept as they stand; a second run changes nothing."""
    with runtime.reading() as session:
        due = reported.due(session, clock.now())
    for issue_id in due:
        with runtime.writing() as session:
            reported.keep(session, issue_id)


@periodic(seconds=120)
def look_for_alarms(runtime: Runtime) -> None:
    """Raise and end alarms; each is mailed once, however often this runs."""
    now = clock.now()
    with runtime.reading() as session:
        found = alarms.measures(session, now)
    with runtime.writing() as session:
        alarms.end_old(session, now)
        for issue_id, kind in alarms.settle(session, found, runtime.settings.base_url, now):
            log.warning("alarm", issue=issue_id, kind=kind.value, remedy="look at the issue's report")


@periodic(seconds=600)
def mail_morning_reports(runtime: Runtime) -> None:
    """Mail each issue's report the morning after; once, however often this runs."""
    with runtime.reading() as session:
        due = morning.due(session, clock.now())
    for issue_id in due:
        with runtime.writing() as session:
            morning.mail(session, issue_id, runtime.settings.base_url)
