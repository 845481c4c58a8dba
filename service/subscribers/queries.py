"""Reads over readers: lists, one reader, the consent log, and counts for the desk."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from service.core import pages
from service.subscribers import suppression
from service.subscribers.models import ConsentEvent, Import, Purpose, Standing, Subscriber, Subscription, Suppression


@dataclass(frozen=True)
class Line:
    """One reader in a list."""

    subscriber: Subscriber
    subscription: Subscription
    is_suppressed: bool


@dataclass(frozen=True)
class Counts:
    """How many readers a newsletter has of each state; `mailable` are those an issue would go to."""

    pending: int = 0
    active: int = 0
    paused: int = 0
    unsubscribed: int = 0
    mailable: int = 0
    with_advertising: int = 0
    with_open_tracking: int = 0

    @property
    def total(self) -> int:
        return self.pending + self.active + self.paused + self.unsubscribed


def counts(session: Session, newsletter_id: int) -> Counts:
    """The readers of a newsletter by state, by its index (newsletter, state); who is suppressed or erased is not mailable."""
    by_state = {
        row.state.value: row.number
        for row in session.execute(
            select(Subscription.state, func.count().label("number"))
            .where(Subscription.newsletter_id == newsletter_id)
            .group_by(Subscription.state)
        )
    }
    mailable = (
        select(
            func.count().label("mailable"),
            func.count().filter(Subscription.wants_advertising).label("with_advertising"),
            func.count().filter(Subscription.may_track_opens).label("with_open_tracking"),
        )
        .select_from(Subscription)
        .join(Subscriber, Subscriber.id == Subscription.subscriber_id)
        .where(
            Subscription.newsletter_id == newsletter_id,
            Subscription.state == Standing.ACTIVE,
            Subscriber.email.is_not(None),
            ~suppression.of_subscriber(),
        )
    )
    return Counts(**by_state, **session.execute(mailable).one()._asdict())


def count_suppressed(session: Session) -> int:
    """How many addresses must not be mailed."""
    return session.scalar(select(func.count()).select_from(Suppression)) or 0


def search(
    session: Session, newsletter_id: int, *, text: str = "", state: Standing | None = None, suppressed_only: bool = False, page: int = 1
) -> pages.Page[Any]:
    """Readers whose address or name contains `text` (`@domain` finds a domain), newest first; items are Line."""
    query = _readers(newsletter_id).order_by(Subscription.created_at.desc(), Subscriber.id.desc())
    if text.strip():
        pattern = f"%{_escaped(text.strip())}%"
        query = query.where(or_(Subscriber.email.ilike(pattern, escape="\\"), Subscriber.name.ilike(pattern, escape="\\")))
    if state is not None:
        query = query.where(Subscription.state == state)
    if suppressed_only:
        query = query.where(suppression.of_subscriber())
    found = pages.paginate(session, query, page)
    return pages.Page([Line(*row) for row in found.items], found.number, found.total, found.size)


def find(session: Session, newsletter_id: int, subscriber_id: int) -> Line | None:
    """One reader of a newsletter."""
    row = session.execute(_readers(newsletter_id).where(Subscriber.id == subscriber_id)).first()
    return None if row is None else Line(*row)


def subscriptions_of(session: Session, subscriber_id: int) -> list[Subscription]:
    """Every newsletter a subscriber has to do with."""
    return list(
        session.scalars(select(Subscription).where(Subscription.subscriber_id == subscriber_id).order_by(Subscription.newsletter_id))
    )


def consent_log(session: Session, subscriber_id: int, newsletter_id: int | None = None) -> list[ConsentEvent]:
    """What was agreed to and taken back, oldest first."""
    query = select(ConsentEvent).where(ConsentEvent.subscriber_id == subscriber_id).order_by(ConsentEvent.id)
    if newsletter_id is not None:
        query = query.where(ConsentEvent.newsletter_id == newsletter_id)
    return list(session.scalars(query))


def by_address(session: Session, address_hash: str) -> Subscriber | None:
    """The subscriber with this address (address.fingerprint)."""
    return session.scalar(select(Subscriber).where(Subscriber.address_hash == address_hash))


def may_track_opens(session: Session, newsletter_id: int, subscriber_ids: list[int]) -> set[int]:
    """Those of the given readers whose opens may be counted today (B15)."""
    query = select(Subscription.subscriber_id).where(
        Subscription.newsletter_id == newsletter_id, Subscription.subscriber_id.in_(subscriber_ids), Subscription.may_track_opens
    )
    return set(session.scalars(query))


def imports(session: Session, newsletter_id: int, page: int = 1) -> pages.Page[Any]:
    """Imports of a newsletter, newest first."""
    return pages.paginate(session, select(Import).where(Import.newsletter_id == newsletter_id).order_by(Import.id.desc()), page)


def consented_purposes(line: Line) -> list[Purpose]:
    """The consents beyond the newsletter itself that stand today."""
    found = [Purpose.ADVERTISING] if line.subscription.wants_advertising else []
    return found + ([Purpose.OPEN_TRACKING] if line.subscription.may_track_opens else [])


def _readers(newsletter_id: int) -> Select[Subscriber, Subscription, bool]:
    return (
        select(Subscriber, Subscription, suppression.of_subscriber())
        .join(Subscription, Subscription.subscriber_id == Subscriber.id)
        .where(Subscription.newsletter_id == newsletter_id)
    )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
