"""Which links the edges must know, read from the database; what a lost Valkey is filled again from."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.core import clock
from service.rendering.models import CompiledIssue
from service.tracking.models import LinkRepair

FRESH_DAYS = 3  # most clicks of a letter come within these; older issues are published when an edge asks


def fresh_issues(session: Session) -> set[int]:
    """Issues compiled within FRESH_DAYS: published again and again, so that a flushed Valkey heals by itself.

    All that were ever repaired are among them: what an edge keeps of those on its disk may be what they were before.
    """
    since = clock.now() - timedelta(days=FRESH_DAYS)
    fresh = select(CompiledIssue.issue_id).where(CompiledIssue.compiled_at > since).distinct()
    return {*session.scalars(fresh), *session.scalars(select(LinkRepair.issue_id).distinct())}
