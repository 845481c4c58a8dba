"""From what happened to a reader to the notice that is owed: confirmation mails, results of consents (B7), reports on imports."""

from datetime import datetime, timedelta

from sqlalchemy import exists, func, literal, select
from sqlalchemy.orm import Session

from service.accounts.models import Role, User
from service.core import clock
from service.delivery.models import Notice, NoticeState
from service.delivery.telling import notices
from service.delivery.telling.notices import Kind
from service.newsletters.models import Newsletter
from service.subscribers import confirming, consent
from service.subscribers.models import Confirmation, ConsentAction, ConsentEvent, Import, Purpose, Subscriber

LEGAL_DAYS = 14  # art. 50(7): the result of a consent or its withdrawal is told within 14 days (B7)
ALARM_AFTER = timedelta(days=2)  # ours: a notice that is not out by then needs somebody to look
LOOK_BACK = timedelta(days=60)


def confirmation(session: Session, confirmation_id: int) -> None:
    """Write down the mail of a double opt-in; nothing for one that was used or has run out meanwhile. It never holds the name (F16)."""
    found = session.get(Confirmation, confirmation_id)
    valid_from = clock.now() - timedelta(hours=confirming.VALID_HOURS)
    if found is None or found.used_at or found.created_at < valid_from:
        return
    subscriber = session.get_one(Subscriber, found.subscriber_id)
    if subscriber.email is None:
        return
    notices.enqueue(
        session,
        Kind.CONFIRM_SUBSCRIPTION,
        key=f"confirmation:{found.id}",
        email=subscriber.email,
        language=found.language,
        values={"subscriber_id": subscriber.id, "confirmation_id": found.id, "hours": confirming.VALID_HOURS},
        newsletter_id=found.newsletter_id,
    )


def of_consent(session: Session, event_id: int) -> None:
    """Write down the one notice for the act that an event belongs to: sender, what was said, the day, the result (B7)."""
    events = consent.of_act(session, event_id)
    if not events:
        return
    first = events[0]
    subscriber = session.get_one(Subscriber, first.subscriber_id)
    if subscriber.email is None:
        return
    facts = [[event.purpose.value, event.action.value] for event in events]
    notices.enqueue(
        session,
        _kind([(event.purpose, event.action) for event in events]),
        key=f"consent:{first.act}",
        email=subscriber.email,
        language=subscriber.language,
        values={"subscriber_id": subscriber.id, "name": subscriber.name, "facts": facts, "at": first.at.isoformat()},
        newsletter_id=first.newsletter_id,
    )


def of_import(session: Session, import_id: int, base_url: str) -> None:
    """Tell whoever started an import that it is done."""
    row = session.get(Import, import_id)
    user = session.get(User, row.user_id) if row and row.user_id else None
    if row is None or user is None or user.is_disabled:
        return
    notices.enqueue(
        session,
        Kind.IMPORT_FINISHED,
        key=f"import:{row.id}:{row.finished_at.isoformat() if row.finished_at else ''}",
        email=user.email,
        language=user.language,
        values={
            "title": row.file_name,
            "reason": row.error,
            "url": f"{base_url}/admin/subscribers/imports/{row.id}",
            "counts": {fate: row.counts.get(fate, 0) for fate in ("added", "already", "refused")},
        },
        newsletter_id=row.newsletter_id,
    )


def overdue(session: Session, newsletter_id: int, now: datetime) -> tuple[int, datetime | None]:
    """How many acts of consent older than ALARM_AFTER still wait for their notice, and when the oldest of them was.

    Walks the partial index over acts of the last 60 days; a notice that the reader's mail server refused for good counts as told.
    """
    told = exists().where(Notice.key == literal("consent:") + ConsentEvent.act, Notice.state != NoticeState.QUEUED)
    row = session.execute(
        select(func.count(ConsentEvent.act.distinct()), func.min(ConsentEvent.at)).where(
            ConsentEvent.act.is_not(None),
            ConsentEvent.newsletter_id == newsletter_id,
            ConsentEvent.at < now - ALARM_AFTER,
            ConsentEvent.at > now - LOOK_BACK,
            ~told,
        )
    ).one()
    return row[0], row[1]


def raise_alarm(session: Session, now: datetime, base_url: str) -> int:
    """Once a day, tell the operators of notices that are overdue (B7); returns how many are."""
    total = 0
    operators = list(session.scalars(select(User).where(User.role == Role.OPERATOR, ~User.is_disabled)))
    for newsletter in session.scalars(select(Newsletter)):
        number, oldest = overdue(session, newsletter.id, now)
        total += number
        if not number or oldest is None:
            continue
        days_left = max(0, LEGAL_DAYS - (now - oldest).days)
        for operator in operators:
            notices.enqueue(
                session,
                Kind.NOTICES_OVERDUE,
                key=f"overdue:{newsletter.id}:{now.date().isoformat()}:{operator.id}",
                email=operator.email,
                language=operator.language,
                values={"title": newsletter.name, "number": number, "days_left": days_left, "url": f"{base_url}/admin/deliveries"},
                newsletter_id=newsletter.id,
            )
    return total


def _kind(facts: list[tuple[Purpose, ConsentAction]]) -> Kind:
    if (Purpose.NEWSLETTER, ConsentAction.GRANTED) in facts:
        return Kind.WELCOME
    if (Purpose.NEWSLETTER, ConsentAction.WITHDRAWN) in facts:
        return Kind.UNSUBSCRIBED
    return Kind.CONSENT_NOTICE
