"""Mailgun's webhooks: HMAC-SHA256 over timestamp and token, which says nothing of the event, so each token counts once (D14). Pure."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

from service.delivery.reasons import Reason
from service.feedback.classifying import Classified
from service.feedback.providers import event
from service.feedback.providers.event import Delivered, Event, NotSigned, Request

OLDEST, NEWEST = timedelta(hours=12), timedelta(minutes=15)  # it repeats a webhook for eight hours

_REASONS = {"suppress-bounce": Reason.UNKNOWN_USER, "greylisted": Reason.GREYLIST, "espblock": Reason.REPUTATION, "old": Reason.EXPIRED}


def read(request: Request, signing_key: str) -> list[Event | Delivered]:
    """The event of a request. Raises NotSigned, Unreadable."""
    body = event.as_object(request.body)
    token = _verified(event.inside(body, "signature"), signing_key, request.at)
    data = event.inside(body, "event-data")
    envelope = event.inside(data, "envelope")
    own_id = event.text(event.inside(data, "message", "headers"), "message-id").strip("<>")
    ids = (f"<{own_id}>",) if own_id else ()
    addresses = (event.text(envelope, "sender"),)
    if event.text(data, "event") == "delivered":
        return [Delivered(addresses, ids)]
    found = _classified(data, ids)
    if found is None:
        return []
    return [Event(f"mailgun:{event.text(data, 'id')}"[:120], found, _time(data), addresses, nonce=f"mailgun:{token}"[:120])]


def _verified(signature: dict[str, Any], key: str, now: datetime) -> str:
    timestamp, token = event.text(signature, "timestamp"), event.text(signature, "token")
    wanted = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    if not (key and token and event.is_same(event.text(signature, "signature"), wanted)):
        raise NotSigned("the signature is wrong")
    at = _moment(timestamp)
    if at is None or not now - OLDEST < at < now + NEWEST:
        raise NotSigned("the signature is too old")
    return token


def _classified(data: dict[str, Any], ids: tuple[str, ...]) -> Classified | None:
    kind, recipient = event.text(data, "event"), event.text(data, "recipient")
    if kind == "complained":
        return event.complained(recipient, message_ids=ids)
    if kind == "unsubscribed":
        return event.left(recipient, message_ids=ids)
    if kind != "failed" or event.text(data, "severity") != "permanent":
        return None
    status = event.inside(data, "delivery-status")
    code = event.text(status, "code")
    said = " ".join(filter(None, [code if code.isdigit() and 400 <= int(code) < 600 else "", event.text(status, "message", "description")]))
    return event.bounced(
        recipient, said, event.text(status, "enhanced-code"), reason=_REASONS.get(event.text(data, "reason")), message_ids=ids
    )


def _time(data: dict[str, Any]) -> datetime | None:
    return _moment(event.text(data, "timestamp"))


def _moment(seconds: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return None
