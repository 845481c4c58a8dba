"""The delivery record of an issue: who was entitled, what became of each, and which content it was, as one value that can be shown."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.core.errors import NotFound
from service.delivery.models import Correction, Delivery, Launch
from service.delivery.states import FINAL, DeliveryState
from service.rendering.models import CompiledIssue


@dataclass(frozen=True)
class Content:
    """One version that was handed over, by its hash, to how many, and why it took the place of another."""

    version: int
    sha256: str
    accepted: int
    note: str  # what was wrong with the one before it; empty for the first


@dataclass(frozen=True)
class Certificate:
    """`recipients` is the frozen audience; the primary key of the ledger makes every one of them count once.

    `accepted` says taken by the mail server, never delivered. `is_complete`: every delivery is in a final state.
    """

    issue_id: int
    recipients: int
    accepted: int
    refused: dict[str, int]  # by reason
    skipped: dict[str, int]  # by reason
    uncertain: int
    waiting: int  # queued or deferred
    maybe_duplicate: int
    contents: tuple[Content, ...]
    started_at: datetime
    finished_at: datetime | None
    is_complete: bool

    def as_json(self) -> dict[str, Any]:
        """Plain values; instants in ISO 8601, UTC."""
        values = asdict(self)
        for name in ("started_at", "finished_at"):
            values[name] = values[name].isoformat() if values[name] else None
        return values


def of(session: Session, issue_id: int) -> Certificate:
    """The record as the ledger has it now: one scan of the issue's deliveries. Raises NotFound where it was never started."""
    launch = session.get(Launch, issue_id)
    if launch is None:
        raise NotFound("The issue {id} was not started.", id=issue_id)
    rows = session.execute(
        select(Delivery.state, Delivery.reason, Delivery.compiled_id, Delivery.maybe_duplicate, func.count())
        .where(Delivery.issue_id == issue_id)
        .group_by(Delivery.state, Delivery.reason, Delivery.compiled_id, Delivery.maybe_duplicate)
    ).all()
    by_state: dict[DeliveryState, int] = dict.fromkeys(DeliveryState, 0)
    reasons: dict[DeliveryState, dict[str, int]] = {state: {} for state in DeliveryState}
    accepted_by: dict[int, int] = {}
    doubtful = 0
    for state, reason, compiled_id, maybe_duplicate, count in rows:
        by_state[state] += count
        reasons[state][reason or ""] = reasons[state].get(reason or "", 0) + count
        doubtful += count if maybe_duplicate else 0
        if state is DeliveryState.ACCEPTED and compiled_id is not None:
            accepted_by[compiled_id] = accepted_by.get(compiled_id, 0) + count
    return Certificate(
        issue_id=issue_id,
        recipients=sum(by_state.values()),
        accepted=by_state[DeliveryState.ACCEPTED],
        refused=reasons[DeliveryState.REFUSED],
        skipped=reasons[DeliveryState.SKIPPED],
        uncertain=by_state[DeliveryState.UNCERTAIN],
        waiting=by_state[DeliveryState.QUEUED] + by_state[DeliveryState.DEFERRED],
        maybe_duplicate=doubtful,
        contents=_contents(session, accepted_by),
        started_at=launch.started_at,
        finished_at=launch.finished_at,
        is_complete=all(state in FINAL for state, count in by_state.items() if count),
    )


def _contents(session: Session, accepted_by: dict[int, int]) -> tuple[Content, ...]:
    versions = session.execute(
        select(CompiledIssue.id, CompiledIssue.version, CompiledIssue.sha256, func.max(Correction.note))
        .outerjoin(Correction, (Correction.compiled_id == CompiledIssue.id) & Correction.used_from.is_not(None))
        .where(CompiledIssue.id.in_(accepted_by))
        .group_by(CompiledIssue.id, CompiledIssue.version, CompiledIssue.sha256)
        .order_by(CompiledIssue.version)
    )
    return tuple(Content(version, sha256, accepted_by[id_], note or "") for id_, version, sha256, note in versions)
