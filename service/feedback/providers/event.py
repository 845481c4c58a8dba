"""What every provider's events are brought to at the door, and how an untrusted request is said no to. Pure."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from service.core.errors import Forbidden, Invalid
from service.delivery.reasons import Reason
from service.feedback import addresses_in_text, bounce_reasons, policy
from service.feedback.bounce_reasons import Because
from service.feedback.classifying import Classified, Kind
from service.feedback.policy import Action


class NotSigned(Forbidden):
    """The request does not come from the provider, or it came before."""


class Unreadable(Invalid):
    """The request is signed, and yet not what its provider documents."""


@dataclass(frozen=True)
class Request:
    """A webhook as it came. Header names are in lower case."""

    headers: Mapping[str, str]
    body: bytes
    at: datetime


@dataclass(frozen=True)
class Event:
    """One thing that happened to one recipient. `key` is unique within the provider; `addresses` and `content` may hold our tokens."""

    key: str
    classified: Classified
    at: datetime | None = None
    addresses: tuple[str, ...] = ()
    content: str = ""
    nonce: str | None = None


@dataclass(frozen=True)
class Delivered:
    """The provider handed a mail over: evidence for a delivery whose reply was lost, no event to keep."""

    addresses: tuple[str, ...] = ()
    message_ids: tuple[str, ...] = field(default_factory=tuple)


def bounced(recipient: str, text: str, status: str = "", *, reason: Reason | None = None, message_ids: tuple[str, ...] = ()) -> Classified:
    """A bounce by the words of the receiving server; the provider's own class `reason` counts where they say nothing."""
    because = bounce_reasons.because([text], status)
    if because.reason is Reason.UNKNOWN and reason is not None:
        because = Because(reason, because.status, because.is_permanent)
    return Classified(
        Kind.BOUNCE,
        because.reason.value,
        because.is_hard,
        because.status,
        addresses_in_text.first(recipient),
        policy.of_bounce(because),
        text[:1000],
        message_ids,
    )


def complained(recipient: str, kind: str = "abuse", *, message_ids: tuple[str, ...] = ()) -> Classified:
    return Classified(
        Kind.COMPLAINT, kind, recipient=addresses_in_text.first(recipient), action=policy.of_complaint(kind), message_ids=message_ids
    )


def left(recipient: str, *, message_ids: tuple[str, ...] = ()) -> Classified:
    return Classified(
        Kind.UNSUBSCRIBE,
        "unsubscribe",
        recipient=addresses_in_text.first(recipient),
        action=Action.UNSUBSCRIBE,
        message_ids=message_ids,
    )


def as_object(body: bytes | str) -> dict[str, Any]:
    """The JSON object of a body. Raises Unreadable."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable("this is not JSON") from None
    if not isinstance(value, dict):
        raise Unreadable("this is not what the provider documents")
    return value


def inside(value: Any, *path: str) -> dict[str, Any]:
    """The object at a path; an empty one where there is none."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def text(value: Any, *names: str) -> str:
    """The first of these fields that is a text or a number."""
    found = (value.get(name) for name in names) if isinstance(value, dict) else ()
    return next((str(one) for one in found if isinstance(one, str | int | float) and str(one)), "")


def items(value: Any) -> list[dict[str, Any]]:
    """The objects of a list, fifty at most."""
    return [one for one in value[:50] if isinstance(one, dict)] if isinstance(value, list) else []


def is_same(given: str, wanted: str) -> bool:
    """Compared in constant time (D15)."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())
