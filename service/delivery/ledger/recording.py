"""Outcomes into the ledger: in sets, in one transaction, under the batch's fencing token, so that a stale sender writes nothing."""

import random
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Self

from sqlalchemy import insert as plain_insert
from sqlalchemy import update
from sqlalchemy.orm import Session

from service.core import clock, logs
from service.core.database import among, changed, insert
from service.core.settings import Settings
from service.delivery.ledger import batching, doubts, locking, tallies
from service.delivery.ledger.batching import Claim
from service.delivery.models import Attempt, Delivery, Launch, Retry
from service.delivery.pacing import backoff
from service.delivery.pacing.backoff import Next
from service.delivery.reasons import WAITS_FOR_US, Reason
from service.delivery.replies import Outcome
from service.delivery.states import DeliveryState, SkipReason, sources
from service.delivery.transports.protocol import Result


class Settled(NamedTuple):
    """What became of one hand-over; `tries` are those before it."""

    subscriber_id: int
    tries: int
    result: Result


@dataclass(frozen=True, slots=True)
class Holding:
    """The claim whose outcomes are written."""

    issue_id: int
    no: int
    token: int
    lane: str
    compiled_id: int
    give_up_at: datetime

    @classmethod
    def of(cls, claim: Claim) -> Self:
        return cls(claim.issue.issue_id, claim.no, claim.token, claim.lane, claim.compiled_id, claim.give_up_at)


def record(
    session: Session,
    settings: Settings,
    holding: Holding,
    outcomes: Iterable[Settled],
    *,
    skipped: Mapping[int, SkipReason] | None = None,
    untracked: Collection[int] = (),
    next_at: datetime | None = None,
) -> bool:
    """Write every outcome of a claim and give the batch back; who is in neither stays queued, and is due at `next_at` (default now).

    False, and nothing is written, where the token is stale. Twice is once: the batch is no longer held after the first.
    """
    if untracked:
        locking.hold(session, holding.issue_id)  # whose count changes: before the batch
    if not batching.hold(session, holding.issue_id, holding.no, holding.token):
        return False
    now = clock.now()
    by_outcome: dict[Outcome, list[Settled]] = defaultdict(list)
    for settled in outcomes:
        by_outcome[settled.result.outcome].append(settled)
    _settle(session, settings, holding, by_outcome, now)
    _skip(session, holding, skipped or {}, now)
    _untrack(session, holding, untracked)
    tally = tallies.count(session, holding.issue_id, [holding.no])[holding.no]
    known = {"accepted": len(by_outcome[Outcome.ACCEPTED]), "next_at": next_at or now, "tally": tally}
    batching.release(session, holding.issue_id, holding.no, holding.token, now, **known)
    return True


def _settle(session: Session, settings: Settings, holding: Holding, by_outcome: Mapping[Outcome, list[Settled]], now: datetime) -> None:
    for outcome, state in _STATES.items():
        _tried(session, holding, state, by_outcome[outcome], now)
    uncertain = [(settled.subscriber_id, settled.result) for settled in by_outcome[Outcome.UNCERTAIN]]
    doubts.note(session, settings, holding.issue_id, holding.no, holding.lane, uncertain, now)
    _defer(session, settings, holding, by_outcome[Outcome.DEFERRED], now)
    _attempts(session, holding, [settled for kind in _WORTH_WORDS for settled in by_outcome[kind]], now)


_STATES = {
    Outcome.ACCEPTED: DeliveryState.ACCEPTED,
    Outcome.REFUSED: DeliveryState.REFUSED,
    Outcome.UNCERTAIN: DeliveryState.UNCERTAIN,
}
_WORTH_WORDS = (Outcome.REFUSED, Outcome.UNCERTAIN, Outcome.DEFERRED)


def _tried(session: Session, holding: Holding, state: DeliveryState, group: list[Settled], now: datetime) -> None:
    by_reason: dict[Reason, list[int]] = defaultdict(list)
    for settled in group:
        by_reason[settled.result.reason].append(settled.subscriber_id)
    for reason, ids in by_reason.items():
        _move(session, holding, state, ids, now, reason=reason.value or None, compiled_id=holding.compiled_id, tries=Delivery.tries + 1)


def _defer(session: Session, settings: Settings, holding: Holding, group: list[Settled], now: datetime) -> None:
    """Times by class of reply (E6); what waits for us has none; what has waited long enough is given up (E7)."""
    waiting, retries = list[Settled](), list[dict[str, object]]()
    given_up: dict[tuple[DeliveryState, str], list[int]] = defaultdict(list)
    for settled in group:
        decision = backoff.decide(
            settled.result.reason, settled.tries + 1, now, holding.give_up_at, random.random(), scale=settings.retry_scale
        )
        if decision.next is Next.GIVE_UP:
            given_up[_ending(settled.result.reason, decision.reason)].append(settled.subscriber_id)
            continue
        waiting.append(settled)
        row = {"issue_id": holding.issue_id, "subscriber_id": settled.subscriber_id, "lane": holding.lane, "next_at": decision.at}
        retries.append(row)
    _tried(session, holding, DeliveryState.DEFERRED, waiting, now)
    for (state, reason), ids in given_up.items():
        _move(session, holding, state, ids, now, reason=reason, compiled_id=holding.compiled_id, tries=Delivery.tries + 1)
    if retries:
        statement = insert(session, Retry)
        excluded = {"next_at": statement.excluded.next_at, "lane": statement.excluded.lane}
        session.execute(statement.on_conflict_do_update(index_elements=["issue_id", "subscriber_id"], set_=excluded), retries)


def _ending(said: Reason, ending: Reason | None) -> tuple[DeliveryState, str]:
    """How a delivery ends that is tried no more: skipped where it waited for us, and no address is blamed (A12); else refused."""
    if said in WAITS_FOR_US:
        return DeliveryState.SKIPPED, SkipReason.TOO_OLD.value
    return DeliveryState.REFUSED, (ending or Reason.EXPIRED).value


def _attempts(session: Session, holding: Holding, group: list[Settled], now: datetime) -> None:
    rows = [
        {
            "issue_id": holding.issue_id,
            "subscriber_id": settled.subscriber_id,
            "at": now,
            "phase": settled.result.phase.value,
            "code": settled.result.code,
            "enhanced": settled.result.enhanced,
            "text": logs.mask_text(settled.result.text),
            "outcome": settled.result.outcome.value,
            "reason": settled.result.reason.value,
        }
        for settled in group
    ]
    if rows:
        session.execute(plain_insert(Attempt), rows)


def _skip(session: Session, holding: Holding, skipped: Mapping[int, SkipReason], now: datetime) -> None:
    for reason in sorted(set(skipped.values())):
        ids = [subscriber_id for subscriber_id, why in skipped.items() if why is reason]
        _move(session, holding, DeliveryState.SKIPPED, ids, now, reason=reason.value)


def _untrack(session: Session, holding: Holding, subscriber_ids: Collection[int]) -> None:
    """Who took the consent back between launch and hand-over got a mail without a pixel and leaves the base of the open rate (B15)."""
    if not subscriber_ids:
        return
    tracked = (Delivery.issue_id == holding.issue_id, among(session, Delivery.subscriber_id, subscriber_ids), Delivery.is_tracked)
    count = changed(session, update(Delivery).where(*tracked).values(is_tracked=False))
    changed(session, update(Launch).where(Launch.issue_id == holding.issue_id).values(tracked=Launch.tracked - count))


def _move(session: Session, holding: Holding, state: DeliveryState, ids: list[int], now: datetime, **values: object) -> None:
    """One UPDATE by the primary key; a row that is not in a state from which this may follow is left alone."""
    if not ids:
        return
    rows = (
        Delivery.issue_id == holding.issue_id,
        among(session, Delivery.subscriber_id, ids),
        Delivery.state == DeliveryState.QUEUED,
    )
    if DeliveryState.QUEUED not in sources(state):
        raise ValueError(f"a queued delivery cannot become {state}")
    changed(session, update(Delivery).where(*rows).values(state=state, changed_at=now, **values))
