"""Background work of the statistics room: figures are kept as they were reported."""

from service.core import clock
from service.runtime import Runtime
from service.statistics import reported
from workers.jobs import periodic


@periodic(seconds=600)
def keep_reported(runtime: Runtime) -> None:
    """A day after its start an issue's figures are kept as they stand; a second run changes nothing."""
    with runtime.reading() as session:
        due = reported.due(session, clock.now())
    for issue_id in due:
        with runtime.writing() as session:
            reported.keep(session, issue_id)
