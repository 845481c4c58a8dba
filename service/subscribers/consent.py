"""The append-only log of who agreed to what, and the columns derived from it in the same transaction. Nothing here changes a past row."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.core import clock, ids, jobs
from service.core.signing import Signer
from service.subscribers.models import ConsentAction, ConsentEvent, Purpose, Subscription

NOTICE_JOB = "notify_of_consent"  # argument event_id: any event of the act
DERIVED = {Purpose.ADVERTISING: "wants_advertising", Purpose.OPEN_TRACKING: "may_track_opens"}


@dataclass(frozen=True)
class Evidence:
    """How a consent came about: where it was said, in which language, on which words, from where."""

    source: str
    language: str
    words: Mapping[Purpose, str] = field(default_factory=dict)
    ip_hash: str = ""
    user_agent: str = ""


def record(
    session: Session,
    *,
    newsletter_id: int,
    subscriber_id: int,
    changes: Mapping[Purpose, ConsentAction],
    evidence: Evidence,
    at: datetime | None = None,
    owes_notice: bool = True,
) -> None:
    """Append one event per purpose, derive the columns, and ask for the one notice that this act owes the reader (B7)."""
    act = ids.hex_id() if owes_notice and changes else None
    events = [
        ConsentEvent(
            newsletter_id=newsletter_id, subscriber_id=subscriber_id, purpose=purpose, action=action, at=at or clock.now(), act=act,
            **_columns(evidence, purpose, action),
        )
        for purpose, action in changes.items()
    ]  # fmt: skip
    session.add_all(events)
    session.flush()
    derived = derive(changes)
    if derived:
        session.execute(
            update(Subscription)
            .where(Subscription.newsletter_id == newsletter_id, Subscription.subscriber_id == subscriber_id)
            .values(changed_at=clock.now(), **derived)
            .execution_options(synchronize_session="fetch")
        )
    if act:
        jobs.ask(session, NOTICE_JOB, key=f"consent:{act}", event_id=events[0].id)


def derive(changes: Mapping[Purpose, ConsentAction]) -> dict[str, bool]:
    """The derived columns that a set of changes sets; a request alone sets none."""
    return {
        DERIVED[purpose]: action is ConsentAction.GRANTED
        for purpose, action in changes.items()
        if purpose in DERIVED and action is not ConsentAction.REQUESTED
    }


def standing(session: Session, newsletter_id: int, subscriber_id: int) -> dict[Purpose, bool]:
    """What the log says today: per purpose, whether it was granted last. The columns must always agree with it."""
    events = session.execute(
        select(ConsentEvent.purpose, ConsentEvent.action)
        .where(
            ConsentEvent.subscriber_id == subscriber_id,
            ConsentEvent.newsletter_id == newsletter_id,
            ConsentEvent.action != ConsentAction.REQUESTED,
        )
        .order_by(ConsentEvent.id)
    )
    return {purpose: action is ConsentAction.GRANTED for purpose, action in events}


def of_act(session: Session, event_id: int) -> list[ConsentEvent]:
    """All events of the act that this event belongs to, in the order they were recorded; empty where no notice is owed."""
    act = select(ConsentEvent.act).where(ConsentEvent.id == event_id).scalar_subquery()
    return list(session.scalars(select(ConsentEvent).where(ConsentEvent.act == act).order_by(ConsentEvent.id)))


def hash_of(words: str) -> str:
    """The version of a consent text: SHA-256 of its exact words; empty for none."""
    return hashlib.sha256(words.encode()).hexdigest() if words else ""


def network_hash(signer: Signer, ip: str) -> str:
    """A keyed hash of a network address, so that two consents can be compared and none be traced."""
    return signer.fingerprint("network", ip) if ip else ""


def _columns(evidence: Evidence, purpose: Purpose, action: ConsentAction) -> dict[str, str]:
    is_agreeing = action in (ConsentAction.REQUESTED, ConsentAction.GRANTED)
    words = evidence.words.get(purpose, "") if is_agreeing else ""  # who takes a consent back agrees to no words
    return {
        "source": evidence.source[:120],
        "language": evidence.language,
        "text": words,
        "text_hash": hash_of(words),
        "ip_hash": evidence.ip_hash,
        "user_agent": evidence.user_agent[:300],
    }
