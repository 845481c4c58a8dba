"""Which links the edges must know, read from the database; what a lost Valkey is filled again from."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.core import clock
from service.rendering.models import CompiledIssue
from service.tracking import links
from service.tracking.paths import Destination

FRESH_DAYS = 3  # most clicks of a letter come within these; older issues are published when an edge asks


def fresh_issues(session: Session) -> set[int]:
    """The issues compiled within FRESH_DAYS: published again and again, so that a repaired link or a flushed Valkey heals by itself."""
    since = clock.now() - timedelta(days=FRESH_DAYS)
    return set(session.scalars(select(CompiledIssue.issue_id).where(CompiledIssue.compiled_at > since).distinct()))


def of_issues(session: Session, issue_ids: set[int]) -> dict[int, dict[int, Destination]]:
    """Number -> destination for each of these issues; index: the primary key of links."""
    return links.tables(session, issue_ids)
