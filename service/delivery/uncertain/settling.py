"""Uncertain deliveries are settled here, and only here: by evidence from below or above, by a decision, by the newsletter's policy.

Everything is a conditional UPDATE that names `uncertain`, so twice is once and the first word counts. Nothing here sends anything: what
is to go out again becomes due, and is looked at for standing like any other mail.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, literal, select, update
from sqlalchemy.orm import Session

from service.core import clock, logs
from service.core.database import among, changed, insert
from service.delivery.ledger import doubts, tallies
from service.delivery.models import Delivery, Doubt, Launch, Proof, Retry
from service.delivery.reasons import WAITS_FOR_US, Reason
from service.delivery.states import DeliveryState, sources

log = logs.get(__name__)

MOST_COUNTED = 50
"""Batches that are counted again at once; more are left to the sweep."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a piece of evidence says of one delivery.

    `state` is accepted; refused; or deferred: it was certainly not taken and may go again without becoming a second copy. `words` are the
    evidence's own, to be shown; addresses in them are masked here.
    """

    issue_id: int
    subscriber_id: int
    state: DeliveryState
    proof: Proof
    reason: Reason = Reason.NONE
    words: str = ""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a group of uncertain deliveries becomes, and by what right."""

    state: DeliveryState
    proof: Proof
    reason: Reason = Reason.NONE
    words: str = ""
    user_id: int | None = None
    is_repeat: bool = False  # it may arrive a second time (maybe_duplicate)


def by_evidence(session: Session, findings: Iterable[Finding]) -> int:
    """Settle what these settle; whatever is not uncertain is left alone. Returns how many deliveries were settled.

    Acceptance comes first: where two findings disagree, a mail that was taken once has been taken.
    """
    groups: dict[tuple[int, Settlement], list[int]] = defaultdict(list)
    for found in findings:
        settlement = Settlement(found.state, found.proof, found.reason, logs.mask_text(found.words))
        groups[found.issue_id, settlement].append(found.subscriber_id)
    accepted_first = sorted(groups.items(), key=lambda item: (item[0][0], item[0][1].state is not DeliveryState.ACCEPTED))
    return sum(settle(session, issue_id, settlement, ids) for (issue_id, settlement), ids in accepted_first)


def responded(session: Session, pairs: Collection[tuple[int, int]]) -> int:
    """These (issue, subscriber) were opened or clicked, by the token of that delivery: it has arrived. Returns how many that settles.

    Costs one look at a small index where nothing is uncertain, which is nearly always.
    """
    wanted = defaultdict(set)
    for issue_id, subscriber_id in pairs:
        wanted[issue_id].add(subscriber_id)
    count = 0
    for issue_id in sorted(issues_in_doubt(session, wanted)):
        in_doubt = doubts.open_among(session, issue_id, wanted[issue_id])
        if in_doubt:
            count += settle(session, issue_id, Settlement(DeliveryState.ACCEPTED, Proof.RESPONSE), in_doubt)
    return count


def settle(session: Session, issue_id: int, settlement: Settlement, who: Collection[int] | None = None) -> int:
    """Move these uncertain deliveries of an issue (default: all that wait for a decision); returns how many were moved.

    Of a finished issue nothing goes out again: what was certainly not taken is refused there, and the stored counts are corrected.
    """
    launch = session.get(Launch, issue_id, with_for_update=True, populate_existing=True)
    if launch is None or not _are_legal(settlement):
        return 0
    state = settlement.state
    if state is DeliveryState.DEFERRED and launch.finished_at is not None:
        if settlement.is_repeat:
            return 0
        state = DeliveryState.REFUSED
    moved = _move(session, issue_id, state, settlement, _whose(session, issue_id, who))
    if not moved:
        return 0
    ids = [subscriber_id for subscriber_id, _ in moved]
    _close_doubts(session, issue_id, ids, state, settlement)
    if state is DeliveryState.DEFERRED:
        _make_due(session, issue_id, ids, settlement)
    _count_again(session, launch, {no for _, no in moved}, state, len(moved))
    log.info("uncertain deliveries were settled", issue=issue_id, state=state.value, proof=settlement.proof.value, count=len(moved))
    return len(moved)


def _are_legal(settlement: Settlement) -> bool:
    if DeliveryState.UNCERTAIN not in sources(settlement.state):
        raise ValueError(f"an uncertain delivery cannot become {settlement.state}")
    return True


def _whose(session: Session, issue_id: int, who: Collection[int] | None) -> ColumnElement[bool]:
    if who is not None:
        return among(session, Delivery.subscriber_id, who)
    return Delivery.subscriber_id.in_(select(Doubt.subscriber_id).where(Doubt.issue_id == issue_id, doubts.is_pending()))


def _move(
    session: Session, issue_id: int, state: DeliveryState, settlement: Settlement, whose: ColumnElement[bool]
) -> list[tuple[int, int]]:
    values: dict[str, Any] = {"state": state, "reason": settlement.reason.value or None, "changed_at": clock.now()}
    if settlement.is_repeat:
        values["maybe_duplicate"] = True
    rows = session.execute(
        update(Delivery)
        .where(Delivery.issue_id == issue_id, Delivery.state == DeliveryState.UNCERTAIN, whose)
        .values(**values)
        .returning(Delivery.subscriber_id, Delivery.batch_no)
        .execution_options(synchronize_session=False)
    )
    return [(subscriber_id, no) for subscriber_id, no in rows]


def _close_doubts(session: Session, issue_id: int, ids: list[int], state: DeliveryState, settlement: Settlement) -> None:
    values: dict[str, Any] = {"settled_at": clock.now(), "outcome": state, "proof": settlement.proof, "words": settlement.words}
    if settlement.user_id is not None:
        values["user_id"] = settlement.user_id
    these = (Doubt.issue_id == issue_id, among(session, Doubt.subscriber_id, ids), doubts.is_open())
    changed(session, update(Doubt).where(*these).values(**values))


def _make_due(session: Session, issue_id: int, ids: list[int], settlement: Settlement) -> None:
    """Due now, or once we have mended what was wrong with us (A12); the lane is the one the delivery had."""
    waits = settlement.reason in WAITS_FOR_US
    lanes = (
        select(Doubt.issue_id, Doubt.subscriber_id, Doubt.lane, literal(None if waits else clock.now(), Retry.next_at.type))
        .where(Doubt.issue_id == issue_id, among(session, Doubt.subscriber_id, ids))
        .distinct()
    )
    statement = insert(session, Retry).from_select(["issue_id", "subscriber_id", "lane", "next_at"], lanes)
    session.execute(statement.on_conflict_do_nothing(index_elements=["issue_id", "subscriber_id"]))


def _count_again(session: Session, launch: Launch, nos: Collection[int], state: DeliveryState, moved: int) -> None:
    tallies.forget(session, launch.issue_id, nos)
    if len(nos) <= MOST_COUNTED:
        tallies.refill(session, launch.issue_id)
    if launch.finished_at is not None:
        before, after = DeliveryState.UNCERTAIN.value, state.value
        counts = {**launch.counts, before: launch.counts.get(before, 0) - moved, after: launch.counts.get(after, 0) + moved}
        launch.counts = {name: count for name, count in counts.items() if count}
        session.flush()


def issues_in_doubt(session: Session, issue_ids: Collection[int]) -> set[int]:
    """Those of these issues that have an uncertain delivery; one look at a small index."""
    query = select(Doubt.issue_id).where(among(session, Doubt.issue_id, list(issue_ids)), doubts.is_open()).distinct()
    return set(session.scalars(query))
