"""Double opt-in: the mailed link, how often one may be mailed, and what it does when its button is pressed (B19, F12)."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from service.core import clock, ids, jobs
from service.core.errors import Conflict
from service.core.signing import Signer
from service.subscribers import consent, lifecycle
from service.subscribers.consent import Evidence
from service.subscribers.models import Confirmation, ConsentAction, Purpose, Subscriber
from service.subscribers.states import Act

MAIL_JOB = "mail_confirmation"  # argument confirmation_id
VALID_HOURS = 72
MAIL_HOURS = 24  # at most one confirmation mail per address in this time
MOST_UNANSWERED = 3  # confirmation mails that were never followed; after them no more
MOST_PER_MINUTE = 120  # over all addresses: what a list-bombing attempt is held to (F16); the rest waits
_NONCE = 16  # bytes


class TooManyConfirmations(Conflict):
    """More confirmation mails were asked for in this minute than we send; the job is tried again."""


class State(StrEnum):
    """What a confirmation link is good for."""

    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Link:
    """What the page behind a confirmation link may know."""

    state: State
    newsletter_id: int = 0
    subscriber_id: int = 0
    language: str = ""
    purposes: tuple[Purpose, ...] = ()


def ask(
    session: Session, signer: Signer, *, newsletter_id: int, subscriber_id: int, name: str, language: str, words: Mapping[Purpose, str]
) -> Confirmation | None:
    """Open a confirmation and ask for its mail; None where the address has had its share of mails (B19).

    While one is open, it only shrinks to what both requests agreed to, so that nobody can add to another's consent.
    Raises TooManyConfirmations.
    """
    now = clock.now()
    earlier = _unanswered(session, subscriber_id)
    for confirmation in earlier:
        if confirmation.newsletter_id == newsletter_id:
            confirmation.words = {purpose: text for purpose, text in confirmation.words.items() if purpose in words}
    if _had_its_share(session, subscriber_id, earlier, now):
        return None
    if _lately(session, now) >= MOST_PER_MINUTE:
        raise TooManyConfirmations("More than {most} confirmation mails in one minute; the rest waits.", most=MOST_PER_MINUTE)
    nonce = ids.hex_id(_NONCE)
    confirmation = Confirmation(
        token_hash=_hash(token(signer, nonce)),
        nonce=f"{signer.key_id}.{nonce}",
        newsletter_id=newsletter_id,
        subscriber_id=subscriber_id,
        words={purpose.value: text for purpose, text in words.items()},
        name=name,
        language=language,
        created_at=now,
    )
    session.add(confirmation)
    session.flush()
    jobs.ask(session, MAIL_JOB, key=f"confirmation:{confirmation.id}", confirmation_id=confirmation.id)
    return confirmation


def token(signer: Signer, nonce: str, key_id: int | None = None) -> str:
    """The token of a nonce: URL-safe, 128 random bits sealed with 128 bits of the key."""
    raw = bytes.fromhex(nonce)
    return base64.urlsafe_b64encode(raw + signer.mac("confirm", raw, size=16, key_id=key_id)).decode().rstrip("=")


def token_of(signer: Signer, confirmation: Confirmation) -> str:
    """The token to mail for a stored confirmation; the key that made it is remembered beside the nonce."""
    key_id, _, nonce = confirmation.nonce.partition(".")
    return token(signer, nonce, int(key_id))


def look(session: Session, token: str) -> Link:
    """What stands behind a token; changes nothing, however often it is asked (scanners follow every link)."""
    found = session.scalar(select(Confirmation).where(Confirmation.token_hash == _hash(token)))
    if found is None:
        return Link(State.UNKNOWN)
    state = State.USED if found.used_at else State.EXPIRED if _expired(found) else State.OPEN
    purposes = tuple(Purpose(purpose) for purpose in found.words)
    return Link(state, found.newsletter_id, found.subscriber_id, found.language, purposes)


def confirm(session: Session, token: str, *, ip_hash: str = "", user_agent: str = "") -> Link:
    """The button was pressed: the subscription becomes active and each consent is logged with the words that were ticked.

    A token works once; a second press finds it USED and changes nothing.
    """
    link = look(session, token)
    if link.state is not State.OPEN:
        return link
    taken = session.scalar(
        update(Confirmation)
        .where(Confirmation.token_hash == _hash(token), Confirmation.used_at.is_(None))
        .values(used_at=clock.now())
        .returning(Confirmation.id)
        .execution_options(synchronize_session=False)
    )
    if taken is None:
        return look(session, token)
    confirmation = session.get_one(Confirmation, taken, populate_existing=True)
    words = {Purpose(purpose): text for purpose, text in confirmation.words.items()}
    subscriber = session.get_one(Subscriber, link.subscriber_id)
    subscriber.name = confirmation.name or subscriber.name
    subscriber.language = confirmation.language
    lifecycle.move(session, link.newsletter_id, link.subscriber_id, Act.CONFIRM)
    consent.record(
        session,
        newsletter_id=link.newsletter_id,
        subscriber_id=link.subscriber_id,
        changes=dict.fromkeys(words, ConsentAction.GRANTED),
        evidence=Evidence("confirmation link", confirmation.language, words, ip_hash, user_agent),
    )
    return link


def _unanswered(session: Session, subscriber_id: int) -> list[Confirmation]:
    """Mails to this address since the last one that was answered."""
    answered = select(func.max(Confirmation.id)).where(Confirmation.subscriber_id == subscriber_id, Confirmation.used_at.is_not(None))
    last = session.scalar(answered) or 0
    return list(session.scalars(select(Confirmation).where(Confirmation.subscriber_id == subscriber_id, Confirmation.id > last)))


def _had_its_share(session: Session, subscriber_id: int, unanswered: list[Confirmation], now: datetime) -> bool:
    newest = session.scalar(select(func.max(Confirmation.created_at)).where(Confirmation.subscriber_id == subscriber_id))
    return len(unanswered) >= MOST_UNANSWERED or (newest is not None and newest > now - timedelta(hours=MAIL_HOURS))


def _lately(session: Session, now: datetime) -> int:
    return session.scalar(select(func.count()).where(Confirmation.created_at > now - timedelta(minutes=1))) or 0


def _expired(confirmation: Confirmation) -> bool:
    return confirmation.created_at < clock.now() - timedelta(hours=VALID_HOURS)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
