"""Postmark's webhooks: a secret in basic authentication over https is all they offer (D14). Pure."""

import base64
import binascii
from datetime import datetime
from typing import Any

from service.delivery.reasons import Reason
from service.feedback.classifying import Classified
from service.feedback.providers import event
from service.feedback.providers.event import Delivered, Event, NotSigned, Request

# its classes, where the receiving server's words say nothing
_REASONS = {
    "HardBounce": Reason.UNKNOWN_USER,
    "BadEmailAddress": Reason.BAD_ADDRESS,
    "AddressChange": Reason.MOVED,
    "DnsError": Reason.NETWORK,
    "SpamNotification": Reason.SPAM,
    "VirusNotification": Reason.CONTENT,
    "Blocked": Reason.REPUTATION,
    "DMARCPolicy": Reason.AUTHENTICATION,
    "ManuallyDeactivated": Reason.POLICY,
    "SMTPApiError": Reason.SYSTEM,
}
_NO_BOUNCE = {"Transient", "AutoResponder", "ChallengeVerification", "Subscribe", "OpenRelayTest", "TemplateRenderingFailed", "Unconfirmed"}


def read(request: Request, secret: str) -> list[Event | Delivered]:
    """The event of a request. `secret` is NAME:PASSWORD. Raises NotSigned, Unreadable."""
    if not (secret and event.is_same(_given(request), secret)):
        raise NotSigned("the name or the password is wrong")
    body = event.as_object(request.body)
    kind, own = event.text(body, "RecordType"), event.text(body, "MessageID")
    ids = _own_ids(body)
    if kind == "Delivery":
        return [Delivered((), ids)]
    found = _classified(kind, body, ids)
    if found is None:
        return []
    # a bounce has a number of its own; other records are told apart by what they are about
    key = event.text(body, "ID") or f"{own}:{event.text(body, 'Recipient', 'Email')}"
    content = event.text(body, "Content")[:100_000]  # the bounce as it came, where the webhook is set to hold it
    return [Event(f"postmark:{kind}:{key}"[:120], found, _time(body), content=content)]


def _given(request: Request) -> str:
    scheme, _, packed = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(packed.strip(), validate=True).decode()
    except (binascii.Error, UnicodeError):
        return ""


def _classified(kind: str, body: dict[str, Any], ids: tuple[str, ...]) -> Classified | None:
    recipient = event.text(body, "Email", "Recipient")
    if kind == "SpamComplaint":
        return event.complained(recipient, message_ids=ids)
    if kind == "SubscriptionChange":
        return event.left(recipient, message_ids=ids) if body.get("SuppressSending") is True and _is_from_reader(body) else None
    type_ = event.text(body, "Type")
    if kind != "Bounce" or type_ in _NO_BOUNCE:
        return None
    if type_ == "Unsubscribe":
        return event.left(recipient, message_ids=ids)
    if type_ == "SpamComplaint":
        return event.complained(recipient, message_ids=ids)
    words = event.text(body, "Details")
    return event.bounced(recipient, words, reason=_REASONS.get(type_), message_ids=ids)


def _is_from_reader(body: dict[str, Any]) -> bool:
    return event.text(body, "Origin") == "Recipient" and event.text(body, "SuppressionReason") == "ManualSuppression"


def _own_ids(body: dict[str, Any]) -> tuple[str, ...]:
    """Our Message-ID, where the mail asked to keep it (X-PM-KeepID) or carries it as metadata."""
    given = event.text(event.inside(body, "Metadata"), "message-id", "message_id").strip("<>")
    return (f"<{given}>",) if given else ()


def _time(body: dict[str, Any]) -> datetime | None:
    try:
        found = datetime.fromisoformat(event.text(body, "BouncedAt", "ChangedAt", "DeliveredAt"))
    except ValueError:
        return None
    return found if found.tzinfo else None
