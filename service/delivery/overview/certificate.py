"""The delivery record of an issue: who was entitled, what became of each, and which content it was, as one value that can be shown.

It is made from the ledger alone, never from kept counts, and carries a hash over every row, so that it can be checked again later.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, String, case, cast, func, literal_column, select, type_coerce
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from service.core import clock
from service.core.signing import Signer
from service.delivery import launches
from service.delivery.models import Correction, Delivery, Doubt
from service.delivery.states import FINAL, DeliveryState
from service.rendering.models import CompiledIssue

FORMAT = "pressrun-delivery-record-1"
PURPOSE, SEAL_BYTES = "record", 32
ROWS = 10_000
"""Put together into one text, or read at a time: a million are never in memory."""


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

    `accepted` says taken by the mail server, never delivered. `uncertain` by the sender's words for what went wrong; `settled` says what
    of it was settled by which proof as what; `maybe_duplicate` who decided that it may be a second copy. `ledger_sha256` is over one line
    for each reader. `is_complete`: every delivery is in a final state, or uncertain for good.
    """

    format: str
    issue_id: int
    issued_at: datetime
    recipients: int
    states: dict[str, int]
    accepted: int
    refused: dict[str, int]  # by reason
    skipped: dict[str, int]  # by reason
    uncertain: dict[str, int]  # by cause
    waiting: int  # queued or deferred
    settled: dict[str, int]  # by "proof: outcome"
    maybe_duplicate: dict[str, int]  # by proof
    contents: tuple[Content, ...]
    started_at: datetime
    finished_at: datetime | None
    is_complete: bool
    ledger_sha256: str

    def as_json(self) -> dict[str, Any]:
        """Plain values; instants in ISO 8601, UTC."""
        values = asdict(self)
        for name in ("issued_at", "started_at", "finished_at"):
            values[name] = values[name].isoformat() if values[name] else None
        return values


def of(session: Session, issue_id: int) -> Certificate:
    """The record as the ledger has it now: two scans of the issue's deliveries. Raises NotFound where it was never started.

    To be called in a session that reads (`reading()`): one snapshot, so that counts and hash are of the same moment.
    """
    launch = launches.of(session, issue_id)
    rows = session.execute(
        select(Delivery.state, Delivery.reason, Delivery.compiled_id, func.count())
        .where(Delivery.issue_id == issue_id)
        .group_by(Delivery.state, Delivery.reason, Delivery.compiled_id)
    ).all()
    states = {state.value: 0 for state in DeliveryState}
    reasons: dict[DeliveryState, dict[str, int]] = {state: {} for state in DeliveryState}
    accepted_by: dict[int, int] = {}
    for state, reason, compiled_id, count in rows:
        states[state.value] += count
        reasons[state][reason or ""] = reasons[state].get(reason or "", 0) + count
        if state is DeliveryState.ACCEPTED and compiled_id is not None:
            accepted_by[compiled_id] = accepted_by.get(compiled_id, 0) + count
    is_over = launch.finished_at is not None
    return Certificate(
        format=FORMAT,
        issue_id=issue_id,
        issued_at=clock.now(),
        recipients=sum(states.values()),
        states=states,
        accepted=states["accepted"],
        refused=reasons[DeliveryState.REFUSED],
        skipped=reasons[DeliveryState.SKIPPED],
        uncertain=_causes(session, issue_id, states["uncertain"]),
        waiting=states["queued"] + states["deferred"],
        settled=_settled(session, issue_id),
        maybe_duplicate=_repeats(session, issue_id),
        contents=_contents(session, accepted_by),
        started_at=launch.started_at,
        finished_at=launch.finished_at,
        is_complete=all(DeliveryState(state) in FINAL or (state == "uncertain" and is_over) for state, count in states.items() if count),
        ledger_sha256=ledger_sha256(session, issue_id),
    )


def ledger_sha256(session: Session, issue_id: int, as_of: datetime | None = None) -> str:
    """SHA-256 over `subscriber|state|reason|version id|maybe duplicate` of every delivery, in the order of the primary key.

    `as_of` puts back what was uncertain then and was settled later. The database puts the lines together, and on PostgreSQL whole
    stretches of them; it takes about as long as ten scans that only count.
    """
    line = _line(issue_id, as_of)
    query = select(line).where(Delivery.issue_id == issue_id)
    if session.get_bind().dialect.name == "postgresql":
        stretch = Delivery.subscriber_id // ROWS
        together: Any = aggregate_order_by(literal_column("''"), Delivery.subscriber_id)
        query = query.with_only_columns(func.string_agg(line, together)).group_by(stretch).order_by(stretch).execution_options(yield_per=1)
    else:
        query = query.order_by(Delivery.subscriber_id).execution_options(yield_per=ROWS)
    digest = hashlib.sha256()
    for text in session.scalars(query):
        digest.update(text.encode())
    return digest.hexdigest()


def _line(issue_id: int, as_of: datetime | None) -> ColumnElement[str]:
    state: ColumnElement[str] = type_coerce(Delivery.state, String)
    reason: ColumnElement[str] = func.coalesce(Delivery.reason, "")
    if as_of is not None:
        theirs = settled_since(issue_id, as_of).where(Doubt.subscriber_id == Delivery.subscriber_id)
        was = theirs.correlate(Delivery).limit(1).scalar_subquery()
        state, reason = case((was.is_not(None), "uncertain"), else_=state), func.coalesce(was, reason)
    version = func.coalesce(cast(Delivery.compiled_id, String), "")
    parts = (cast(Delivery.subscriber_id, String), state, reason, version, cast(cast(Delivery.maybe_duplicate, Integer), String))
    line: ColumnElement[str] = parts[0]
    for part in parts[1:]:
        line = line.concat("|").concat(part)
    return line.concat("\n")


def settled_since(issue_id: int, moment: datetime) -> Select[str]:
    """The reasons of deliveries that were uncertain at that moment and are settled by now; the doubts of one issue."""
    return select(Doubt.reason).where(Doubt.issue_id == issue_id, Doubt.since <= moment, Doubt.settled_at > moment)


def sealed(record: Certificate, signer: Signer) -> dict[str, Any]:
    """The record as JSON with a keyed seal over all of it, so that a copy that was altered is recognised."""
    values = record.as_json()
    return {**values, "seal": f"{signer.key_id}:{signer.mac(PURPOSE, canonical(values), size=SEAL_BYTES).hex()}"}


def canonical(values: Mapping[str, Any]) -> bytes:
    """The one spelling of a record, without its seal."""
    plain = {name: value for name, value in values.items() if name != "seal"}
    return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _causes(session: Session, issue_id: int, count: int) -> dict[str, int]:
    if not count:
        return {}
    open_ones = (Doubt.issue_id == issue_id, Doubt.settled_at.is_(None))
    rows = session.execute(select(Doubt.cause, func.count()).where(*open_ones).group_by(Doubt.cause).order_by(Doubt.cause))
    return dict(rows.all())


def _settled(session: Session, issue_id: int) -> dict[str, int]:
    rows = session.execute(
        select(Doubt.proof, Doubt.outcome, func.count())
        .where(Doubt.issue_id == issue_id, Doubt.settled_at.is_not(None))
        .group_by(Doubt.proof, Doubt.outcome)
        .order_by(Doubt.proof, Doubt.outcome)
    )
    return {f"{proof.value}: {outcome.value}": count for proof, outcome, count in rows if proof and outcome}


def _repeats(session: Session, issue_id: int) -> dict[str, int]:
    """Who decided it, from the newest decision of each delivery that is marked."""
    newest = (
        select(Doubt.subscriber_id, func.max(Doubt.id).label("id"))
        .where(Doubt.issue_id == issue_id, Doubt.outcome == DeliveryState.DEFERRED)
        .group_by(Doubt.subscriber_id)
        .subquery()
    )
    rows = session.execute(
        select(Doubt.proof, func.count())
        .join(newest, newest.c.id == Doubt.id)
        .join(Delivery, (Delivery.issue_id == Doubt.issue_id) & (Delivery.subscriber_id == Doubt.subscriber_id))
        .where(Delivery.maybe_duplicate)
        .group_by(Doubt.proof)
        .order_by(Doubt.proof)
    )
    return {proof.value: count for proof, count in rows if proof}


def _contents(session: Session, accepted_by: dict[int, int]) -> tuple[Content, ...]:
    versions = session.execute(
        select(CompiledIssue.id, CompiledIssue.version, CompiledIssue.sha256, func.max(Correction.note))
        .outerjoin(Correction, (Correction.compiled_id == CompiledIssue.id) & Correction.used_from.is_not(None))
        .where(CompiledIssue.id.in_(accepted_by))
        .group_by(CompiledIssue.id, CompiledIssue.version, CompiledIssue.sha256)
        .order_by(CompiledIssue.version)
    )
    return tuple(Content(version, sha256, accepted_by[id_], note or "") for id_, version, sha256, note in versions)
