"""What the sweep does with uncertain deliveries that no evidence has settled in time: the newsletter's policy, in sets, safe to repeat."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.core import audit, clock
from service.core.database import changed
from service.delivery.ledger import doubts
from service.delivery.models import Delivery, Doubt, Launch, Proof
from service.delivery.states import DeliveryState
from service.delivery.uncertain import settling
from service.delivery.uncertain.settling import Settlement
from service.issues.models import Issue, IssueState
from service.newsletters.models import Newsletter, UncertainPolicy


def apply(session: Session) -> int:
    """Let every deadline that has passed take effect; returns for how many deliveries.

    hold: what nobody decided about is left as it is. resend: sent again once; what is uncertain a second time is held like the others. Of
    a cancelled issue nothing is sent again, so that nothing is waited for.
    """
    now, count = clock.now(), 0
    for issue_id in session.scalars(select(Doubt.issue_id).where(doubts.is_pending()).distinct().order_by(Doubt.issue_id)).all():
        issue, newsletter, launch = session.execute(
            select(Issue, Newsletter, Launch)
            .join(Newsletter, Newsletter.id == Issue.newsletter_id)
            .join(Launch, Launch.issue_id == Issue.id)
            .where(Issue.id == issue_id)
        ).one()
        if newsletter.uncertain_policy is UncertainPolicy.RESEND and issue.state is IssueState.SENDING and now < launch.give_up_at:
            count += _resend(session, issue_id, now - timedelta(minutes=newsletter.resend_minutes))
        patience = timedelta() if issue.state is IssueState.CANCELLED else _patience(newsletter)
        count += _leave(session, issue_id, now - patience)
    return count


def resend_at(newsletter: Newsletter, since: datetime) -> datetime:
    """When the policy `resend` sends again what became uncertain at `since`."""
    return since + timedelta(minutes=newsletter.resend_minutes)


def leave_at(newsletter: Newsletter, since: datetime) -> datetime:
    """Until when somebody may decide about what became uncertain at `since`."""
    return since + _patience(newsletter)


def deadline(session: Session, issue_id: int) -> datetime | None:
    """When the first of an issue's pending doubts is left as it is; None where none is pending."""
    row = session.execute(
        select(Doubt.since, Newsletter)
        .join(Issue, Issue.id == Doubt.issue_id)
        .join(Newsletter, Newsletter.id == Issue.newsletter_id)
        .where(Doubt.issue_id == issue_id, doubts.is_pending())
        .order_by(Doubt.since)
        .limit(1)
    ).first()
    return None if row is None else leave_at(row[1], row[0])


def _patience(newsletter: Newsletter) -> timedelta:
    waits = newsletter.resend_minutes if newsletter.uncertain_policy is UncertainPolicy.RESEND else 0
    return timedelta(minutes=max(newsletter.hold_minutes, waits))


def _resend(session: Session, issue_id: int, before: datetime) -> int:
    first_time = (
        select(Doubt.subscriber_id)
        .join(Delivery, (Delivery.issue_id == Doubt.issue_id) & (Delivery.subscriber_id == Doubt.subscriber_id))
        .where(Doubt.issue_id == issue_id, doubts.is_pending(), Doubt.since <= before, Delivery.maybe_duplicate.is_(False))
    )
    who = list(session.scalars(first_time))
    return settling.settle(session, issue_id, Settlement(DeliveryState.DEFERRED, Proof.POLICY, is_repeat=True), who) if who else 0


def _leave(session: Session, issue_id: int, before: datetime) -> int:
    now = clock.now()
    overdue = (Doubt.issue_id == issue_id, doubts.is_pending(), Doubt.since <= before)
    count = changed(session, update(Doubt).where(*overdue).values(left_at=now))
    if count:
        audit.record(session, "delivery.left_uncertain", user_id=None, noun_id=issue_id, readers=count)
    return count
