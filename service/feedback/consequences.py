"""What a correlated bounce, complaint or wish to leave does to its reader, by D1 to D7; in the caller's transaction, safe to repeat."""

from datetime import timedelta
from enum import StrEnum

from sqlalchemy import Select, distinct, func, select
from sqlalchemy.orm import Session

from service.delivery.reasons import Reason
from service.feedback.models import Returned
from service.feedback.policy import Action
from service.issues.models import Issue
from service.subscribers import lifecycle, suppression
from service.subscribers.models import Subscriber, Subscription, SuppressionReason

INACTIVE_APART = timedelta(days=7)  # D2: two hits, this far apart
FULL_ISSUES, FULL_APART = 5, timedelta(days=21)  # D3
CONFIRM_APART = timedelta(days=1)  # D1: two hits by words alone, of two issues or this far apart
MEMORY = timedelta(days=180)  # older hits count no more


class Effect(StrEnum):
    """What followed, for people to read."""

    SUPPRESSED = "suppressed"
    UNSUBSCRIBED = "unsubscribed"
    COUNTED = "counted"
    NONE = ""


def follow(session: Session, row: Returned) -> Effect:
    """Apply the row's action to the reader it is about; a row without a delivery does nothing."""
    if row.subscriber_id is None or row.issue_id is None:
        return Effect.NONE
    action = Action(row.action)
    if action is Action.UNSUBSCRIBE:
        return _leave(session, row, "mail")
    if action is Action.SUPPRESS and row.kind == "complaint":
        _leave(session, row, "complaint")
        return _suppress(session, row, SuppressionReason.COMPLAINT)
    if action is Action.SUPPRESS:
        return _suppress(session, row, SuppressionReason.HARD_BOUNCE)
    if action is Action.CONFIRM:
        return _suppress(session, row, SuppressionReason.HARD_BOUNCE) if _is_confirmed(session, row) else Effect.COUNTED
    if action is Action.COUNT:
        reason = _worn_out(session, row)
        return _suppress(session, row, reason) if reason else Effect.COUNTED
    return Effect.NONE


def _suppress(session: Session, row: Returned, reason: SuppressionReason) -> Effect:
    hashed = session.scalar(select(Subscriber.address_hash).where(Subscriber.id == row.subscriber_id))
    if hashed is None:
        return Effect.NONE
    # the note is ours alone: a mail system's words would be a stranger's words on the list
    suppression.suppress(session, hashed, reason, note=row.status)
    return Effect.SUPPRESSED


def _leave(session: Session, row: Returned, source: str) -> Effect:
    newsletter_id = session.scalar(select(Issue.newsletter_id).where(Issue.id == row.issue_id))
    if newsletter_id is None or session.get(Subscription, (newsletter_id, row.subscriber_id)) is None:
        return Effect.NONE
    # who complained wants no further mail, not even one that says so
    lifecycle.unsubscribe(session, newsletter_id, row.subscriber_id or 0, source=source, owes_notice=source == "mail")
    return Effect.UNSUBSCRIBED


def _is_confirmed(session: Session, row: Returned) -> bool:
    earlier = _same_reader(row).where(Returned.is_hard, (Returned.issue_id != row.issue_id) | (Returned.at <= row.at - CONFIRM_APART))
    return session.scalar(earlier.limit(1)) is not None


def _worn_out(session: Session, row: Returned) -> SuppressionReason | None:
    """Whether inactive or full has been said often and long enough (D2, D3)."""
    if row.reason == Reason.DISABLED.value:
        earlier = _same_reader(row).where(Returned.reason == row.reason, Returned.at <= row.at - INACTIVE_APART)
        return SuppressionReason.INACTIVE if session.scalar(earlier.limit(1)) is not None else None
    facts = select(func.count(distinct(Returned.issue_id)), func.min(Returned.at)).where(
        Returned.subscriber_id == row.subscriber_id,
        Returned.kind == "bounce",
        Returned.reason == row.reason,
        Returned.at > row.at - MEMORY,
    )
    issues, first = session.execute(facts).one()
    return SuppressionReason.FULL if issues >= FULL_ISSUES and first <= row.at - FULL_APART else None


def _same_reader(row: Returned) -> Select[int]:
    return select(Returned.id).where(
        Returned.subscriber_id == row.subscriber_id, Returned.id != row.id, Returned.kind == "bounce", Returned.at > row.at - MEMORY
    )
