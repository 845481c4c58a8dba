"""Background work of the feedback room: the edges learn where links lead, and where hits came from is forgotten in time."""

from service.core import clock
from service.feedback import destinations, retention
from service.runtime import Runtime
from service.tracking import linktable
from workers.jobs import periodic


@periodic(seconds=5)
def publish_links(runtime: Runtime) -> None:
    """Publish the links of fresh issues and of those an edge asked for; a second run changes nothing."""
    asked_for = linktable.wanted(runtime.redis)
    with runtime.reading() as session:
        tables = destinations.of_issues(session, asked_for | destinations.fresh_issues(session))
    for issue_id, table in tables.items():
        linktable.publish(runtime.redis, issue_id, table)


@periodic(seconds=86_400)
def forget_origins(runtime: Runtime) -> None:
    """No network and no user agent is kept longer than a month (C12)."""
    with runtime.writing() as session:
        retention.forget_origins(session, clock.now())
