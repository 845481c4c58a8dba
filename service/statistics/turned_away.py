"""Mails that a provider turned away for a fault of ours: alarms count them, what still waits there is held (D4, D5).

No address is ever blamed.
"""

from collections.abc import Iterator, Mapping

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from service.delivery.models import Batch, BatchState
from service.delivery.pacing import lanes
from service.delivery.reasons import Reason
from service.delivery.states import DeliveryState
from service.feedback.models import Returned
from service.feedback.policy import Action
from service.issues.models import Issue, IssueState
from service.statistics.alarm_rules import TURNED_AWAY, Kind, Measure
from service.subscribers.models import Subscriber

OF_THE_LETTER = (Reason.CONTENT.value, Reason.SIZE.value)
KINDS = ("bounce", "complaint")  # a report of failed authentication is a complaint by its form (RFC 6591)

_KIND: ColumnElement[str] = case((Returned.reason.in_(OF_THE_LETTER), Kind.CONTENT.value), else_=Kind.BLOCKED.value)


def measures(session: Session, issue_id: int, by_provider: Mapping[str, Mapping[DeliveryState, int]]) -> Iterator[Measure]:
    """Readers at each provider whose mail was turned away, out of those whose mail got an answer; index: ix_returned_issue."""
    query = (
        select(Subscriber.provider, _KIND, func.count(Returned.subscriber_id.distinct()))
        .join(Subscriber, Subscriber.id == Returned.subscriber_id)
        .where(Returned.issue_id == issue_id, Returned.kind.in_(KINDS), Returned.action == Action.ALARM.value)
        .group_by(Subscriber.provider, _KIND)
    )
    found = {(provider, kind): readers for provider, kind, readers in session.execute(query)}
    for provider, states in by_provider.items():
        answered = states.get(DeliveryState.ACCEPTED, 0) + states.get(DeliveryState.REFUSED, 0)
        for kind in sorted(TURNED_AWAY):
            yield Measure(kind, provider, found.get((provider, kind.value), 0), answered)


def hold(session: Session, issue_id: int, measure: Measure) -> bool:
    """Hold a provider's lane where mails of this issue still wait for it, until an operator resumes; returns whether it did (E9a)."""
    if measure.kind not in TURNED_AWAY or session.get_one(Issue, issue_id).state is not IssueState.SENDING:
        return False
    waits = select(Batch.no).where(Batch.issue_id == issue_id, Batch.lane == measure.subject, Batch.state != BatchState.DONE).limit(1)
    if session.scalar(waits) is None:
        return False
    reason, text = _newest(session, issue_id, measure)
    lanes.hold(session, measure.subject, reason, text)
    return True


def _newest(session: Session, issue_id: int, measure: Measure) -> tuple[Reason, str]:
    """Why, and in the provider's own words."""
    query = (
        select(Returned.reason, Returned.text)
        .join(Subscriber, Subscriber.id == Returned.subscriber_id)
        .where(Returned.issue_id == issue_id, Returned.kind.in_(KINDS), Returned.action == Action.ALARM.value)
        .where(Subscriber.provider == measure.subject, _KIND.in_([measure.kind.value]))
        .order_by(Returned.id.desc())
    )
    reason, text = session.execute(query.limit(1)).one()
    return (Reason(reason) if reason in set(Reason) else Reason.AUTHENTICATION), text
