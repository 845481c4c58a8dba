"""What a stored notice becomes as a mail: sender, links made at the last moment (so that none lies in a table), words, bytes."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.accounts.models import User
from service.core import clock
from service.core.signing import Signer
from service.delivery.models import Notice
from service.delivery.uncertain import decision_links
from service.newsletters.models import Newsletter
from service.rendering import letterhead, message, notices
from service.rendering.letterhead import Letterhead
from service.subscribers import confirming, suppression, tokens
from service.subscribers.models import Confirmation, Subscriber

FALLBACK_NAME = "Pressrun"


@dataclass(frozen=True)
class Mail:
    """Everything a notice needs to be written; no session in it."""

    notice_id: int
    kind: str
    created_at: datetime
    recipient: str
    language: str
    zone: str
    head: Letterhead | None
    sender_name: str
    sender_email: str
    envelope_sender: str
    reply_to: str
    message_id: str
    values: dict[str, Any] = field(default_factory=dict)


def prepare(session: Session, notice: Notice, signer: Signer, base_url: str) -> Mail | None:
    """Gather what the mail needs; None where a reader's address has come on the do-not-mail list meanwhile."""
    newsletter = _newsletter(session, notice.newsletter_id)
    values = dict(notice.values)
    if "subscriber_id" in values:
        subscriber = session.get(Subscriber, values["subscriber_id"])
        if subscriber is None or suppression.is_suppressed(session, subscriber.address_hash):
            return None
        values |= _links(session, values, newsletter, signer, base_url)
    if "decide" in values:
        values["url"] = decision_links.link(signer, base_url, **values.pop("decide"))
    if "at" in values:
        values["at"] = datetime.fromisoformat(values["at"])
    sender = newsletter.sender_email if newsletter and newsletter.sender_email else f"pressrun@{_host(base_url)}"
    domain = sender.rpartition("@")[2]
    own = notice.newsletter_id is not None
    return Mail(
        notice_id=notice.id,
        kind=notice.kind,
        created_at=notice.created_at,
        recipient=notice.email,
        language=notice.language,
        zone=_zone(session, notice, newsletter),
        head=letterhead.of(newsletter, base_url=base_url, edge_url=base_url, language=notice.language) if newsletter and own else None,
        sender_name=(newsletter.sender_name or newsletter.name) if newsletter and own else FALLBACK_NAME,
        sender_email=sender,
        envelope_sender=f"notices@{(newsletter.bounce_domain if newsletter else '') or domain}",  # not the bulk stream's (A17)
        reply_to=(newsletter.reply_to if newsletter and own else ""),
        message_id=f"<n{notice.id}.{signer.mac('notice', str(notice.id).encode(), size=10).hex()}@{domain}>",  # the same on every try
        values=values,
    )


def compose(mail: Mail, environment: Environment) -> bytes:
    """The whole mail: `Auto-Submitted: auto-generated`, no list headers, no tracking (A28, C11)."""
    rendered = notices.render(mail.kind, mail.values, language=mail.language, head=mail.head, zone=mail.zone, environment=environment)
    return message.build_notice(
        message.Notice(
            sender_name=mail.sender_name,
            sender_email=mail.sender_email,
            recipient=mail.recipient,
            subject=rendered.subject,
            html=rendered.html,
            text=rendered.text,
            message_id=mail.message_id,
            sent_at=clock.now(),
            reply_to=mail.reply_to,
        )
    )


def _newsletter(session: Session, newsletter_id: int | None) -> Newsletter | None:
    """The newsletter it is about; for one about none, any that can send."""
    if newsletter_id is not None:
        return session.get(Newsletter, newsletter_id)
    return session.scalars(select(Newsletter).where(Newsletter.sender_email != "").order_by(Newsletter.id)).first()


def _links(session: Session, values: dict[str, Any], newsletter: Newsletter | None, signer: Signer, base_url: str) -> dict[str, str]:
    if newsletter is None:
        return {}
    acting = tokens.acting_for_newsletter(signer, newsletter.id, values["subscriber_id"])
    links = {
        "unsubscribe_url": f"{base_url}{tokens.UNSUBSCRIBE_PATH}{acting}",
        "preferences_url": f"{base_url}{tokens.PREFERENCES_PATH}{acting}",
        "sign_up_url": f"{base_url}{tokens.SIGN_UP_PATH}{newsletter.slug}",
    }
    if "confirmation_id" in values:
        confirmation = session.get_one(Confirmation, values["confirmation_id"])
        links["confirm_url"] = f"{base_url}{tokens.CONFIRM_PATH}{confirming.token_of(signer, confirmation)}"
    return links


def _zone(session: Session, notice: Notice, newsletter: Newsletter | None) -> str:
    if "subscriber_id" in notice.values and newsletter:
        return newsletter.readers_zone
    return session.scalar(select(User.zone).where(User.email == notice.email)) or "UTC"


def _host(base_url: str) -> str:
    host = urlsplit(base_url).hostname or ""
    return host if any(letter.isalpha() for letter in host) else "localhost"
