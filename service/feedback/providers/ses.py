"""Amazon SES by way of SNS: signatures of version 1 and 2, topics from a list, certificates from Amazon's own hosts only (D13).

Fetching a certificate is handed in, so that everything else is pure.
"""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from service.delivery.reasons import Reason
from service.feedback.classifying import Classified
from service.feedback.providers import event
from service.feedback.providers.event import Delivered, Event, NotSigned, Request, Unreadable

OLDEST = timedelta(hours=1)
HOST = re.compile(r"^sns\.[a-z0-9-]{1,30}\.amazonaws\.com(\.cn)?$")
_CERTIFICATE_PATH = re.compile(r"^/SimpleNotificationService-[A-Za-z0-9]{1,64}\.pem$")
_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
_HASHES: dict[str, type[hashes.SHA1] | type[hashes.SHA256]] = {"1": hashes.SHA1, "2": hashes.SHA256}
# SES's own classes, where the receiving server's words say nothing
_REASONS = {
    "NoEmail": Reason.UNKNOWN_USER,
    "Suppressed": Reason.UNKNOWN_USER,
    "MailboxFull": Reason.FULL,
    "MessageTooLarge": Reason.SIZE,
    "ContentRejected": Reason.CONTENT,
    "AttachmentRejected": Reason.CONTENT,
}

Certificates = Callable[[str], bytes]


@dataclass(frozen=True)
class Confirmation:
    """A topic of ours that asks whether we want its messages. `url` is made by us, never taken from the message."""

    topic: str
    url: str


def read(request: Request, topics: list[str], certificates: Certificates) -> list[Event | Delivered] | Confirmation:
    """What an SNS message holds. `certificates` gives the PEM of an address that was found to be Amazon's. Raises NotSigned, Unreadable."""
    message = event.as_object(request.body)
    topic = event.text(message, "TopicArn")
    if topic not in topics:
        raise NotSigned("this topic is not in PRESSRUN_SES_TOPICS")
    _verify(message, request.at, certificates)
    if event.text(message, "Type") == "SubscriptionConfirmation":
        return Confirmation(topic, _confirmation_url(topic, event.text(message, "Token")))
    return _events(event.as_object(event.text(message, "Message")), event.text(message, "MessageId"))


def _verify(message: dict[str, Any], now: datetime, certificates: Certificates) -> None:
    kind = _HASHES.get(event.text(message, "SignatureVersion"))
    names = _SIGNED.get(event.text(message, "Type"))
    if kind is None or names is None:
        raise NotSigned("the kind of this message or of its signature is not known")
    at = _time(event.text(message, "Timestamp"))
    if at is None or abs(now - at) > OLDEST:
        raise NotSigned("the message is too old")
    signed = "".join(f"{name}\n{message[name]}\n" for name in names if isinstance(message.get(name), str))
    try:
        key = x509.load_pem_x509_certificate(certificates(_certificate_url(event.text(message, "SigningCertURL")))).public_key()
        signature = base64.b64decode(event.text(message, "Signature"), validate=True)
        if not isinstance(key, RSAPublicKey):
            raise NotSigned("the certificate holds no RSA key")
        key.verify(signature, signed.encode(), padding.PKCS1v15(), kind())
    except (InvalidSignature, ValueError, binascii.Error):
        raise NotSigned("the signature is wrong") from None


def _certificate_url(given: str) -> str:
    """The address, where it is Amazon's. Raises NotSigned."""
    try:
        parts = urlsplit(given)
        is_theirs = (parts.scheme, parts.port, parts.username, parts.query, parts.fragment) == ("https", None, None, "", "")
    except ValueError:
        is_theirs = False
    if not is_theirs or not HOST.match(parts.netloc) or not _CERTIFICATE_PATH.match(parts.path):
        raise NotSigned("the certificate does not stand at Amazon")
    return f"https://{parts.netloc}{parts.path}"


def _confirmation_url(topic: str, token: str) -> str:
    """The ConfirmSubscription call at the topic's own region."""
    partition, region = topic.split(":")[1], topic.split(":")[3]
    host = f"sns.{region}.amazonaws.com" + (".cn" if partition == "aws-cn" else "")
    if not HOST.match(host) or not re.fullmatch(r"[A-Za-z0-9]{1,1000}", token):
        raise Unreadable("this is not what the provider documents")
    return f"https://{host}/?" + urlencode({"Action": "ConfirmSubscription", "TopicArn": topic, "Token": token, "Version": "2010-03-31"})


def _events(body: dict[str, Any], message_id: str) -> list[Event | Delivered]:
    """Of a notification ("notificationType") or of event publishing ("eventType")."""
    mail = event.inside(body, "mail")
    addresses, ids = (event.text(mail, "source"),), _own_ids(mail)
    kind = event.text(body, "notificationType", "eventType")
    if kind == "Delivery":
        return [Delivered(addresses, ids)]
    found = _bounces(event.inside(body, "bounce"), ids) if kind == "Bounce" else _complaints(event.inside(body, "complaint"), ids)
    if kind not in ("Bounce", "Complaint"):
        return []
    at = _time(event.text(event.inside(body, kind.lower()), "timestamp"))
    return [Event(f"ses:{message_id}:{number}"[:120], one, at, addresses) for number, one in enumerate(found)]


def _bounces(bounce: dict[str, Any], ids: tuple[str, ...]) -> list[Classified]:
    if event.text(bounce, "bounceType") == "Transient" and event.text(bounce, "bounceSubType") in ("General", ""):
        return []  # SES itself calls these out of office replies and passing troubles
    reason = _REASONS.get(event.text(bounce, "bounceSubType"))
    return [
        event.bounced(
            event.text(one, "emailAddress"), event.text(one, "diagnosticCode"), event.text(one, "status"), reason=reason, message_ids=ids
        )
        for one in event.items(bounce.get("bouncedRecipients"))
        if event.text(one, "action") in ("failed", "")
    ]


def _complaints(complaint: dict[str, Any], ids: tuple[str, ...]) -> list[Classified]:
    kind = event.text(complaint, "complaintFeedbackType") or "abuse"
    return [
        event.complained(event.text(one, "emailAddress"), kind, message_ids=ids)
        for one in event.items(complaint.get("complainedRecipients"))
    ]


def _own_ids(mail: dict[str, Any]) -> tuple[str, ...]:
    """Our Message-ID, where the topic is set to include the original headers; SES gives the mail another one."""
    headers = event.items(mail.get("headers"))
    return tuple(event.text(one, "value") for one in headers if event.text(one, "name").lower() == "message-id")


def _time(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
