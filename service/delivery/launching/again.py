"""Send again to these: an operator names readers of a launched issue, and those whose state allows it are queued before all others.

Nobody who has it is sent to again. A mail that may have arrived is repeated only where that is asked for in so many words, and is marked.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from service.core import audit, clock
from service.core.database import among
from service.core.errors import Conflict, Invalid
from service.core.settings import Settings
from service.delivery import launches
from service.delivery.ledger import audience, batching, tallies
from service.delivery.models import Batch, Delivery, Launch, Proof
from service.delivery.pacing import backoff
from service.delivery.states import DeliveryState, SkipReason
from service.delivery.uncertain import settling
from service.delivery.uncertain.settling import Settlement
from service.issues import workflow
from service.issues.models import Issue, IssueState
from service.schedule import due
from service.subscribers import address
from service.subscribers.address import InvalidAddress
from service.subscribers.models import Subscriber

MOST_ADDRESSES = 10_000
MAY_GO_AGAIN = (DeliveryState.DEFERRED, DeliveryState.REFUSED, DeliveryState.SKIPPED)


class Group(StrEnum):
    """Readers who may be named all at once."""

    DEFERRED = "deferred"
    REFUSED = "refused"
    TOO_OLD = "too-old"
    UNCERTAIN = "uncertain"


class Verdict(StrEnum):
    """What becomes of one named reader."""

    QUEUED = "queued"  # goes out first
    REPEATED = "repeated"  # likewise, and may be a second copy
    HAS_IT = "has_it"
    WAITING = "waiting"  # queued already
    UNCERTAIN = "uncertain"  # may have it: only with may_repeat
    BARRED = "barred"  # left, paused, suppressed: `reason` says which
    NOT_IN_AUDIENCE = "not_in_audience"
    UNKNOWN = "unknown"
    NOT_AN_ADDRESS = "not_an_address"


SENT = (Verdict.QUEUED, Verdict.REPEATED)


@dataclass(frozen=True, slots=True)
class Answer:
    """To one line as it was written; where a group was named, `written` is empty."""

    written: str
    subscriber_id: int | None
    verdict: Verdict
    reason: SkipReason | None = None


class NothingMore(Conflict):
    """The issue was cancelled, so that nothing of it goes out any more."""


def to_addresses(
    session: Session, settings: Settings, issue_id: int, lines: Iterable[str], *, user_id: int | None, may_repeat: bool = False
) -> list[Answer]:
    """Queue these readers again, one address a line, and answer for each, in order, once.

    Raises NotLaunched, NothingMore, Invalid where there are too many or none.
    """
    written = list(dict.fromkeys(line.strip() for line in lines if line.strip()))
    if not written:
        raise Invalid("There is no address.", remedy="Write one address on each line.")
    if len(written) > MOST_ADDRESSES:
        raise Invalid("There are more than {most} addresses.", remedy="Send the list in parts.", most=MOST_ADDRESSES)
    found = _readers(session, written)
    judged = _send(session, settings, issue_id, [id_ for id_ in found.values() if id_], user_id=user_id, may_repeat=may_repeat)
    return [_answer(line, found.get(line, -1), judged) for line in written]


def to_group(
    session: Session, settings: Settings, issue_id: int, group: Group, *, user_id: int | None, may_repeat: bool = False
) -> list[Answer]:
    """Queue everybody in this group again; answers as for addresses. Raises NotLaunched, NothingMore."""
    who = session.scalars(select(Delivery.subscriber_id).where(Delivery.issue_id == issue_id, *_in_group(group))).all()
    judged = _send(session, settings, issue_id, who, user_id=user_id, may_repeat=may_repeat)
    return [Answer("", subscriber_id, *judged[subscriber_id]) for subscriber_id in who]


def counts(session: Session, issue_id: int) -> dict[Group, int]:
    """How many readers each group has, from the counts kept with the batches: no delivery is read."""
    found = dict.fromkeys(Group, 0)
    for each in tallies.counts(session, issue_id):
        is_too_old = each.state is DeliveryState.SKIPPED and each.reason == SkipReason.TOO_OLD.value
        group = Group.TOO_OLD if is_too_old else _BY_STATE.get(each.state)
        if group is not None:
            found[group] += each.number
    return found


_BY_STATE = {DeliveryState.DEFERRED: Group.DEFERRED, DeliveryState.REFUSED: Group.REFUSED, DeliveryState.UNCERTAIN: Group.UNCERTAIN}


def _send(
    session: Session, settings: Settings, issue_id: int, who: Collection[int], *, user_id: int | None, may_repeat: bool
) -> dict[int, tuple[Verdict, SkipReason | None]]:
    row = launches.of(session, issue_id)
    issue = session.get_one(Issue, issue_id, populate_existing=True, with_for_update=True)
    # held until the commit (locking.py); the sweep may just have closed the issue: what is queued now would then wait in a finished one
    session.refresh(row, with_for_update=True)
    if issue.state is IssueState.CANCELLED:
        raise NothingMore("The issue was cancelled, so nothing of it is sent any more.", remedy="Send its text as a new issue.")
    judged = dict(_judge(session, issue_id, who, may_repeat=may_repeat))
    going = [id_ for id_, (verdict, _) in judged.items() if verdict in SENT]
    if going:
        _reopen(session, row, issue, user_id)
        repeated = [id_ for id_ in going if judged[id_][0] is Verdict.REPEATED]
        _repeat(session, issue_id, repeated, user_id)
        _queue(session, settings, issue_id, going)
        audit.record(session, "delivery.sent_again", user_id=user_id, noun_id=issue_id, readers=len(going), repeated=len(repeated))
    return judged


def _judge(
    session: Session, issue_id: int, who: Collection[int], *, may_repeat: bool
) -> Iterator[tuple[int, tuple[Verdict, SkipReason | None]]]:
    theirs = (Delivery.issue_id == issue_id, among(session, Delivery.subscriber_id, who))
    states = dict(session.execute(select(Delivery.subscriber_id, Delivery.state).where(*theirs)).all())
    barred = audience.barred(session, audience.terms(session, issue_id), list(states))
    for id_ in who:
        state = states.get(id_)
        if state is None:
            yield id_, (Verdict.NOT_IN_AUDIENCE, None)
        elif state is DeliveryState.ACCEPTED:
            yield id_, (Verdict.HAS_IT, None)
        elif state is DeliveryState.QUEUED:
            yield id_, (Verdict.WAITING, None)
        elif id_ in barred:
            yield id_, (Verdict.BARRED, barred[id_])
        elif state is DeliveryState.UNCERTAIN:
            yield id_, (Verdict.REPEATED if may_repeat else Verdict.UNCERTAIN, None)
        else:
            yield id_, (Verdict.QUEUED, None)


def _reopen(session: Session, row: Launch, issue: Issue, user_id: int | None) -> None:
    """A sent issue is sending again, until these are through; the age limit counts from here, as after a resume (E7)."""
    now = clock.now()
    row.give_up_at = max(row.give_up_at, backoff.give_up_at(now, due.next_booked_at(session, issue.newsletter_id, now)))
    if issue.state is IssueState.SENT:
        row.finished_at = None
        workflow.move(session, issue.id, IssueState.SENDING, user_id=user_id, from_=(IssueState.SENT,), is_told=False)
    session.flush()


def _repeat(session: Session, issue_id: int, who: Collection[int], user_id: int | None) -> None:
    if who:
        settling.settle(session, issue_id, Settlement(DeliveryState.DEFERRED, Proof.OPERATOR, user_id=user_id, is_repeat=True), who)


def _queue(session: Session, settings: Settings, issue_id: int, who: Collection[int]) -> None:
    lanes = session.execute(
        select(Batch.lane, Delivery.subscriber_id)
        .join(Batch, and_(Batch.issue_id == Delivery.issue_id, Batch.no == Delivery.batch_no))
        .where(Delivery.issue_id == issue_id, among(session, Delivery.subscriber_id, who))
        .order_by(Batch.lane, Delivery.subscriber_id)
    )
    by_lane: dict[str, list[int]] = defaultdict(list)
    for lane, subscriber_id in lanes:
        by_lane[lane].append(subscriber_id)
    for lane, ids in by_lane.items():
        batching.requeue(session, settings, issue_id, lane, ids, clock.now(), is_first=True, from_=MAY_GO_AGAIN)


def _readers(session: Session, written: Collection[str]) -> dict[str, int | None]:
    """Subscriber by line; None where there is none of this address; lines that are no address are not in it."""
    stored: dict[str, str] = {}
    for line in written:
        try:
            stored[line] = address.normalise(line)
        except InvalidAddress:
            continue
    emails, known = list(set(stored.values())), dict[str, int]()
    for start in range(0, len(emails), 500):
        rows = session.execute(select(Subscriber.email, Subscriber.id).where(Subscriber.email.in_(emails[start : start + 500])))
        known |= {email: id_ for email, id_ in rows if email}
    return {line: known.get(email) for line, email in stored.items()}


def _answer(line: str, subscriber_id: int | None, judged: dict[int, tuple[Verdict, SkipReason | None]]) -> Answer:
    if subscriber_id == -1:
        return Answer(line, None, Verdict.NOT_AN_ADDRESS)
    if subscriber_id is None:
        return Answer(line, None, Verdict.UNKNOWN)
    return Answer(line, subscriber_id, *judged[subscriber_id])


def _in_group(group: Group) -> list[ColumnElement[bool]]:
    if group is Group.TOO_OLD:
        return [Delivery.state == DeliveryState.SKIPPED, Delivery.reason == SkipReason.TOO_OLD.value]
    return [Delivery.state == DeliveryState(group.value)]
