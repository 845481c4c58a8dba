"""The one way in for everything that comes back: kept, correlated, acted upon; once, in one transaction of the caller's (D10 to D12).

What cannot be tied to a delivery changes nothing; it is kept for people to see.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from service.core import clock, logs
from service.core.database import insert
from service.core.signing import Signer
from service.delivery.models import Proof
from service.delivery.states import DeliveryState
from service.delivery.uncertain import settling
from service.feedback import addresses_in_text, classifying, consequences, correlation, mail
from service.feedback.classifying import Classified, Kind
from service.feedback.models import Returned, Source
from service.feedback.policy import Action

KEPT_BYTES = 64 * 1024  # of the raw payload
_TO = ("delivered-to", "x-original-to", "x-envelope-to", "envelope-to", "x-rcpt-to", "to", "cc")
_OF_PEOPLE = (Kind.OTHER, Kind.AUTO_REPLY)  # letters that are not ours to keep


@dataclass(frozen=True)
class Arrival:
    """Something that came back, classified. `is_proven`: its sender has signed it, so that an address alone may be believed."""

    key: str
    source: Source
    classified: Classified
    raw: bytes = b""
    addresses: Sequence[str] = field(default_factory=tuple)  # of the envelope
    content: str = ""  # where tokens may stand: returned headers
    is_proven: bool = False
    nonce: str | None = None
    at: datetime | None = None  # when it happened, if the source says so


def of_mail(raw: bytes, source: Source, recipients: Sequence[str] = ()) -> Arrival:
    """What a mail at one of our doors is. `recipients` are those of the envelope, if the door knows them."""
    message = mail.read(raw)
    addresses = tuple(recipients) or tuple(address for value in message.headers.all(*_TO) for address in addresses_in_text.every(value))
    own_id = message.headers.first("message-id") or hashlib.sha256(raw).hexdigest()
    key = hashlib.sha256("\0".join([own_id, *sorted(one.lower() for one in addresses)]).encode()).hexdigest()
    return Arrival(f"mail:{key}", source, classifying.classify(raw), raw, addresses)


def receive(session: Session, signer: Signer, arrival: Arrival) -> Returned | None:
    """Keep it and do what follows from it. None where it was here before: nothing happens twice."""
    match = _match(session, signer, arrival)
    found = _in_the_light_of(arrival.classified, match)
    row_id = session.scalar(
        insert(session, Returned).values(_columns(arrival, found, match)).on_conflict_do_nothing().returning(Returned.id)
    )
    if row_id is None:
        return None
    row = session.get_one(Returned, row_id)
    if match is not None and found.kind in (Kind.BOUNCE, Kind.COMPLAINT, Kind.UNSUBSCRIBE):
        # it speaks of that mail, so that mail was taken by a mail server
        arrived = settling.Finding(match.issue_id, match.subscriber_id, DeliveryState.ACCEPTED, Proof.BOUNCE, words=row.text)
        settling.by_evidence(session, [arrived])
        row.effect = consequences.follow(session, row).value
        session.flush()
    return row


def delivered(session: Session, signer: Signer, addresses: Sequence[str], message_ids: Sequence[str]) -> int:
    """A provider says that it handed this mail over: that settles a delivery whose reply was lost. Returns how many."""
    found = [*correlation.of_addresses(signer, addresses), *correlation.of_content(signer, message_ids, "")]
    findings = [settling.Finding(one.issue_id, one.subscriber_id, DeliveryState.ACCEPTED, Proof.PROVIDER) for one in dict.fromkeys(found)]
    return settling.by_evidence(session, findings)


def _match(session: Session, signer: Signer, arrival: Arrival) -> correlation.Match | None:
    """D10: the envelope's token, what was returned, and the bare address only where the sender is proven."""
    found = arrival.classified
    matches = correlation.of_addresses(signer, arrival.addresses)
    matches += correlation.of_content(
        signer, found.message_ids, f"{found.token and '/u/' + found.token}\n{arrival.content or found.returned}"
    )
    match = correlation.first_existing(session, matches)
    if match is None and arrival.is_proven and found.recipient:
        match = correlation.of_recipient(session, signer, found.recipient)
    return match


def _in_the_light_of(found: Classified, match: correlation.Match | None) -> Classified:
    """Whoever writes to the leaving address wants to leave, whatever the letter says; a program that answers there does not."""
    if match is not None and match.by == "leaving" and found.kind is Kind.OTHER:
        return replace(found, kind=Kind.UNSUBSCRIBE, reason="unsubscribe", action=Action.UNSUBSCRIBE)
    return found


def _columns(arrival: Arrival, found: Classified, match: correlation.Match | None) -> dict[str, object]:
    is_kept = found.kind not in _OF_PEOPLE
    return {
        "key": arrival.key[:120],
        "nonce": arrival.nonce,
        "source": arrival.source,
        "at": arrival.at or clock.now(),
        "kind": found.kind.value,
        "reason": found.reason[:40],
        "is_hard": found.is_hard,
        "status": found.status[:12],
        "action": found.action.value,
        "effect": "",
        "issue_id": match.issue_id if match else None,
        "subscriber_id": match.subscriber_id if match else None,
        "known_by": match.by if match else "",
        "recipient": _clean(found.recipient)[:254] if is_kept else "",
        "text": logs.mask_text(_clean(found.text))[:1000] if is_kept else "",
        "raw": arrival.raw[:KEPT_BYTES] if is_kept else None,
    }


def _clean(text: str) -> str:
    """Text that both databases keep: no NUL, no lone surrogate."""
    return re.sub(r"[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", "", text)


def may_be_ours(address: str) -> bool:
    """Whether a door takes mail for this address: bounce and leaving addresses, and those that complaints are sent to."""
    local = address.rpartition("@")[0].lower()
    return bool(re.match(r"(b|u)[+=-]|srs[01][=+-]|(bounces?|fbl|abuse|postmaster|feedback|complaints?)([+=-].*)?$", local))
