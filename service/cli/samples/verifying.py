"""Who really got an issue: counted in the mails the catcher keeps, without trusting the ledger."""

import email
import email.policy
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from service.subscribers.models import Standing, Subscriber, Subscription, Suppression

HEADER_BYTES = 16_384


@dataclass(frozen=True)
class Verdict:
    """`recipients`: entitled readers; `accepted`: those with a mail; `duplicates`: mails beyond a reader's first.

    `skipped`: readers who were rightly left out (pending, unsubscribed, suppressed); `strangers`: those who got one all the same.
    """

    recipients: int
    accepted: int
    duplicates: int
    skipped: int
    strangers: int

    @property
    def is_right(self) -> bool:
        return self.accepted == self.recipients and not self.duplicates and not self.strangers


def standing(session: Session, newsletter_id: int) -> tuple[int, int]:
    """How many readers a newsletter has, and how many of them are entitled to its next issue."""
    everyone = session.scalar(select(func.count()).where(Subscription.newsletter_id == newsletter_id)) or 0
    return everyone, len(set(session.scalars(_entitled(newsletter_id))))


def verify(session: Session, mails: Path, newsletter_id: int, issue_id: int) -> Verdict:
    """Hold the caught mails of an issue against who was entitled to it."""
    copies = caught(mails, issue_id)
    entitled = set(session.scalars(_entitled(newsletter_id)))
    everyone, _ = standing(session, newsletter_id)
    return Verdict(
        recipients=len(entitled),
        accepted=len(entitled & set(copies)),
        duplicates=sum(count - 1 for count in copies.values()),
        skipped=everyone - len(entitled),
        strangers=len(set(copies) - entitled),
    )


def caught(mails: Path, issue_id: int) -> Counter[str]:
    """How many mails of this issue each address got."""
    copies: Counter[str] = Counter()
    for path in [*(mails / "new").iterdir(), *(mails / "cur").iterdir()]:
        with path.open("rb") as file:
            mail = email.message_from_bytes(file.read(HEADER_BYTES), policy=email.policy.default)
        if str(mail.get("Feedback-ID", "")).startswith(f"issue{issue_id}:"):
            copies[str(mail["Delivered-To"])] += 1
    return copies


def _entitled(newsletter_id: int) -> Select[Any]:
    """The addresses that stand active and are not suppressed; asked anew, not taken from the ledger."""
    suppressed = select(Suppression.address_hash)
    return (
        select(Subscriber.email)
        .join(Subscription, Subscription.subscriber_id == Subscriber.id)
        .where(
            Subscription.newsletter_id == newsletter_id,
            Subscription.state == Standing.ACTIVE,
            Subscriber.email.is_not(None),
            Subscriber.address_hash.not_in(suppressed),
        )
    )
