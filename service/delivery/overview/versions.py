"""Which version of an issue who has: what a correction changed, when, why, and how many readers received it before and after."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.delivery.ledger import tallies
from service.delivery.models import Correction, Delivery, Launch
from service.delivery.states import UNSENT, DeliveryState
from service.rendering.models import CompiledIssue

Counts = dict[tuple[int | None, DeliveryState], int]
"""Deliveries by compiled version and state."""


@dataclass(frozen=True)
class Version:
    """One version that went out, or goes out now (`is_current`); `waiting` are those who are still to receive it."""

    number: int
    compiled_id: int
    revision_id: int
    accepted: int
    uncertain: int
    waiting: int
    is_current: bool
    used_from: datetime
    note: str = ""  # what was wrong with the one before
    corrected_by: int | None = None


def of(session: Session, issue_id: int) -> list[Version]:
    """The versions of a launched issue in the order of their use; empty where it was never started.

    One scan of its deliveries, where it was corrected; the batches' counts, where there is only one version.
    """
    launch = session.get(Launch, issue_id)
    if launch is None:
        return []
    used = _used(session, issue_id)
    first = used[0].before_id if used else launch.compiled_id
    by_version = _counts(session, issue_id) if used else _counts_of_the_only(session, issue_id, launch.compiled_id)
    waiting = sum(count for (_id, state), count in by_version.items() if state in UNSENT)
    found = []
    for compiled_id, correction in [(first, None), *((each.compiled_id, each) for each in used)]:
        compiled = session.execute(select(CompiledIssue.version, CompiledIssue.revision_id).where(CompiledIssue.id == compiled_id)).one()
        is_current = compiled_id == launch.compiled_id
        found.append(
            Version(
                number=compiled.version,
                compiled_id=compiled_id or 0,
                revision_id=compiled.revision_id,
                accepted=by_version.get((compiled_id, DeliveryState.ACCEPTED), 0),
                uncertain=by_version.get((compiled_id, DeliveryState.UNCERTAIN), 0),
                waiting=waiting if is_current else 0,
                is_current=is_current,
                used_from=correction.used_from or launch.started_at if correction else launch.started_at,
                note=correction.note if correction else "",
                corrected_by=correction.asked_by if correction else None,
            )
        )
    return found


def revision_in_use(session: Session, issue_id: int) -> int | None:
    """The text that a launched issue's readers receive now, or received last; None where it was never started."""
    query = select(CompiledIssue.revision_id).join(Launch, Launch.compiled_id == CompiledIssue.id)
    return session.scalar(query.where(Launch.issue_id == issue_id))


def _used(session: Session, issue_id: int) -> list[Correction]:
    query = select(Correction).where(Correction.issue_id == issue_id, Correction.used_from.is_not(None))
    return list(session.scalars(query.order_by(Correction.used_from, Correction.id)))


def _counts_of_the_only(session: Session, issue_id: int, compiled_id: int) -> Counts:
    found: Counts = {}
    for each in tallies.counts(session, issue_id):
        key = (compiled_id, each.state)
        found[key] = found.get(key, 0) + each.number
    return found


def _counts(session: Session, issue_id: int) -> Counts:
    rows = session.execute(
        select(Delivery.compiled_id, Delivery.state, func.count())
        .where(Delivery.issue_id == issue_id)
        .group_by(Delivery.compiled_id, Delivery.state)
    )
    return {(compiled_id, state): count for compiled_id, state, count in rows}
