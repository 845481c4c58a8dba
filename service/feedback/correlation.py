"""Which delivery a returned message is about: by what only that letter held, else by address where the sender is proven (D10, A26, A27).

It never guesses: what fits no delivery fits none, and a forged report finds nothing.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.core import clock
from service.core.signing import Signer
from service.delivery.models import Delivery, Launch
from service.delivery.states import DeliveryState
from service.subscribers import address, tokens
from service.subscribers.models import Subscriber
from service.tracking import tokens as measuring

WINDOW = timedelta(days=14)  # a provider that names only an address means one of the issues of this time

# b+token, in any case of letters, with more behind it (b+token+x@, b+token=x@) or in an SRS address (SRS0=…=b+token@, RFC-less practice)
_VERP = re.compile(r"(?<![a-z0-9])b[+=-]([a-z2-7]{32})(?![a-z0-9])", re.IGNORECASE)
_LEAVING = re.compile(r"(?<![a-z0-9])u[+=-]([a-z2-7]{44})(?![a-z0-9])", re.IGNORECASE)
_ACTING = re.compile(r"/[up]/([A-Za-z0-9_-]{36})(?![A-Za-z0-9_-])")


@dataclass(frozen=True, slots=True)
class Match:
    """A delivery and how it was found: verp, leaving, message_id, link or recipient."""

    issue_id: int
    subscriber_id: int
    by: str


def of_addresses(signer: Signer, addresses: Iterable[str]) -> list[Match]:
    """The deliveries whose bounce or leaving address stands among these; a forged token is none."""
    found = []
    for one in addresses:
        for pattern, read, by in ((_VERP, measuring.read_verp, "verp"), (_LEAVING, tokens.read_leaving, "leaving")):
            ids = (read(signer, match[1]) for match in pattern.finditer(one[:1000]))
            found += [Match(*pair, by) for pair in ids if pair is not None]
    return found


def of_content(signer: Signer, message_ids: Iterable[str], source: str) -> list[Match]:
    """The deliveries that returned headers and links speak of."""
    by_id = [Match(*pair, "message_id") for one in message_ids if (pair := measuring.read_message_id(signer, one)) is not None]
    links = (tokens.read(signer, match[1]) for match in _ACTING.finditer(source[:100_000]))
    return [*by_id, *of_addresses(signer, [source[:8000]]), *(Match(*pair, "link") for pair in links if pair is not None)]


def first_existing(session: Session, matches: Iterable[Match]) -> Match | None:
    """The first match whose delivery is in the ledger."""
    return next((one for one in matches if session.get(Delivery, (one.issue_id, one.subscriber_id)) is not None), None)


def of_recipient(session: Session, signer: Signer, recipient: str) -> Match | None:
    """The newest issue of the last days that was handed over to this address; only for reports whose sender is proven."""
    person = session.scalar(select(Subscriber.id).where(Subscriber.address_hash == address.fingerprint(signer, recipient)))
    if person is None:
        return None
    issues = session.scalars(select(Launch.issue_id).where(Launch.started_at > clock.now() - WINDOW).order_by(Launch.started_at.desc()))
    handed_over = (DeliveryState.ACCEPTED, DeliveryState.UNCERTAIN)
    for issue_id in issues:
        delivery = session.get(Delivery, (issue_id, person))
        if delivery is not None and delivery.state in handed_over:
            return Match(issue_id, person, "recipient")
    return None
