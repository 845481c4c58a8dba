"""The look at a slot shortly before its hour: what was approved is not made again, only verified, so that a fault reaches the desk first.

Nothing here changes the slot's text; `forbidding` is asked once more at the hour itself.
"""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from service.core import redis
from service.core.problems import Problem, Severity
from service.delivery.ledger import audience
from service.issues.models import Issue
from service.newsletters import checks
from service.newsletters.findings import Finding, Level
from service.newsletters.models import Newsletter
from service.rendering import compile as compiling
from service.rendering.models import CompiledIssue
from service.schedule.models import Slot
from service.tracking import links, linktable
from service.tracking.paths import Destination

CHANGED = Problem(Severity.ERROR, "The stored letter is not the one that was approved.")
NOBODY = Problem(Severity.ERROR, "Nobody would receive it: no active reader is entitled to it.")
LINKS_LOST = Problem(Severity.ERROR, "Some links of the letter lead nowhere: their addresses are not stored.")
LINKS_AWAY = Problem(Severity.ERROR, "The store that answers clicks is not reachable.")
RELAY_AWAY = "The mail server is not ready: {reason}"


def forbidding(session: Session, compiled_id: int | None) -> list[Problem]:
    """What keeps a version from going out at its hour: it is not what was approved, or the sender is no longer usable."""
    compiled = session.get(CompiledIssue, compiled_id)
    if compiled is None:
        return [CHANGED]
    found = [] if compiling.is_unchanged(session, compiled) else [CHANGED]
    return found + [problem for problem in _settings(session, compiled) if str(problem.values.get("setting", "")).startswith("sender")]


def look(session: Session, slot: Slot) -> tuple[list[Problem], int]:
    """Everything the database knows against a slot's version, and how many readers it would go to."""
    compiled = session.get_one(CompiledIssue, slot.compiled_id)
    found = [] if compiling.is_unchanged(session, compiled) else [CHANGED]
    found += _settings(session, compiled)
    if compiling.linked(compiled) - links.destinations(session, compiled.issue_id).keys():
        found.append(LINKS_LOST)
    readers = audience.count(session, compiled.issue_id)
    return [*found, NOBODY] if not readers else found, readers


def link_faults(client: redis.Redis, issue_id: int, destinations: Mapping[int, Destination]) -> list[Problem]:
    """Whether every edge can answer the letter's clicks: what the store lacks is put there."""
    try:
        linktable.publish(client, issue_id, destinations)
        missing = destinations.keys() - linktable.known(client, issue_id)
    except redis.Error:
        return [LINKS_AWAY]
    return [LINKS_LOST] if missing else []


def relay_faults(finding: Finding) -> list[Problem]:
    """The mail server, as it answered just now."""
    return [Problem(Severity.ERROR, RELAY_AWAY, values={"reason": finding.message})] if finding.level is Level.ERROR else []


def _settings(session: Session, compiled: CompiledIssue) -> list[Problem]:
    issue = session.get_one(Issue, compiled.issue_id)
    found = checks.check(session.get_one(Newsletter, issue.newsletter_id))
    return [problem for problem in found if problem.severity is Severity.ERROR]
