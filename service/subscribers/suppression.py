"""Addresses that must not be mailed. They are kept as keyed hashes and outlive the subscriber; whoever sends, looks here first."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import Session

from service.core import audit, clock
from service.core.database import insert
from service.core.errors import Invalid, NotFound
from service.subscribers.models import Subscriber, Suppression, SuppressionReason


class ReasonMissing(Invalid):
    """Who lifts or sets a suppression by hand says why."""


def suppress(session: Session, address_hash: str, reason: SuppressionReason, *, note: str = "", user_id: int | None = None) -> bool:
    """Put an address on the list; the first reason stands. Returns whether it is new. `note` holds no address."""
    if reason is SuppressionReason.MANUAL and not note.strip():
        raise ReasonMissing("Say why this address must not be mailed.")
    added = session.execute(
        insert(session, Suppression)
        .values(address_hash=address_hash, reason=reason, at=clock.now(), note=note.strip()[:300])
        .on_conflict_do_nothing(index_elements=["address_hash"])
        .returning(Suppression.address_hash)
    ).first()
    if added:
        audit.record(session, "subscriber.suppressed", user_id=user_id, noun_id=_subscriber_id(session, address_hash), reason=reason.value)
    return added is not None


def lift(session: Session, address_hash: str, *, note: str, user_id: int | None) -> None:
    """Take an address off the list; an operator does it, with a reason. Raises NotFound where it is not on it."""
    if not note.strip():
        raise ReasonMissing("Say why this address may be mailed again.")
    if session.scalar(delete(Suppression).where(Suppression.address_hash == address_hash).returning(Suppression.address_hash)) is None:
        raise NotFound("This address is not on the do-not-mail list.")
    audit.record(
        session, "subscriber.unsuppressed", user_id=user_id, noun_id=_subscriber_id(session, address_hash), note=note.strip()[:300]
    )


def find(session: Session, address_hash: str) -> Suppression | None:
    return session.get(Suppression, address_hash)


def is_suppressed(session: Session, address_hash: str) -> bool:
    return find(session, address_hash) is not None


def among(session: Session, hashes: Collection[str]) -> set[str]:
    """Those of the given address hashes that are suppressed; for one chunk at a time (at most a few thousand)."""
    return set(session.scalars(select(Suppression.address_hash).where(Suppression.address_hash.in_(hashes)))) if hashes else set()


def of_subscriber() -> ColumnElement[bool]:
    """A condition on a query over Subscriber: the address is suppressed."""
    return exists().where(Suppression.address_hash == Subscriber.address_hash)


def _subscriber_id(session: Session, address_hash: str) -> int | None:
    return session.scalar(select(Subscriber.id).where(Subscriber.address_hash == address_hash))
