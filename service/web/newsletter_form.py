"""The settings form of a newsletter: its labels, and from the form's fields to the room's values and back."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from werkzeug.datastructures import MultiDict

from service.newsletters.identity import Identity
from service.newsletters.models import Newsletter, OpenMeasurement, UncertainPolicy

TEXTS = {  # field -> label
    "name": "Name of the newsletter",
    "description": "What it is about",
    "tagline": "Tagline",
    "sender_name": "Sender's name",
    "sender_email": "Sender's address",
    "reply_to": "Answers go to",
    "bounce_domain": "Domain for returned mail",
    "legal_name": "Legal name",
    "legal_email": "Contact e-mail",
    "legal_telephone": "Telephone",
    "legal_address": "Postal address",
    "privacy_url": "Address of the privacy notice",
    "brand_color": "Brand colour",
    "readers_zone": "Readers' time zone",
    "editors_zone": "Editors' time zone",
    "language": "Language of the letters",
    "hold_minutes": "Minutes in which somebody may decide",
    "resend_minutes": "Minutes before it is sent again",
    "on_duty_id": "Who is told",
}
MEASUREMENTS = (
    (OpenMeasurement.OFF.value, "Off", "No letter carries a pixel."),
    (OpenMeasurement.CONSENT.value, "Readers who agreed", "Only readers who ticked the box at sign-up."),
    (OpenMeasurement.NOTICE.value, "Every reader, told in the privacy notice", "Needs the address of the privacy notice."),
)
UNCERTAIN_POLICIES = (
    (
        UncertainPolicy.HOLD.value,
        "Hold and ask",
        "It is not sent again. The person on duty is asked; without an answer it stays “not sure”, and nobody gets it twice.",
    ),
    (
        UncertainPolicy.RESEND.value,
        "Send again by itself",
        "After a while it is sent once more, with the same Message-ID. Nobody misses it; a reader who had it may see it twice.",
    ),
)
WEEKDAYS = (
    (1, "Monday"),
    (2, "Tuesday"),
    (3, "Wednesday"),
    (4, "Thursday"),
    (5, "Friday"),
    (6, "Saturday"),
    (7, "Sunday"),
)
LABEL_TEXTS = (
    ("summary", "Fact summary"),
    ("why", "Why it matters"),
    ("more", "Learn more"),
    ("insight", "Insight"),
    ("digest", "News in brief"),
    ("contents", "Contents"),
    ("question", "Question"),
    ("answer", "Answer"),
)


def given(form: MultiDict[str, str]) -> Identity:
    """The identity a form carries: texts trimmed, addresses in lower case, colour and measurement as the room knows them."""
    texts = {field.name: form.get(field.name, "").strip() for field in fields(Identity)}
    values: dict[str, Any] = {
        **texts,
        "sender_email": texts["sender_email"].lower(),
        "reply_to": texts["reply_to"].lower(),
        "legal_email": texts["legal_email"].lower(),
        "bounce_domain": texts["bounce_domain"].lower().removeprefix("@"),
        "brand_color": texts["brand_color"].lower(),
        "is_public": form.get("is_public") == "1",
        "open_measurement": _measurement(texts["open_measurement"]),
        "uncertain_policy": _policy(texts["uncertain_policy"]),
        "hold_minutes": _number(form.get("hold_minutes", "180")),
        "resend_minutes": _number(form.get("resend_minutes", "30")),
        "on_duty_id": _number(texts["on_duty_id"]) or None,
    }
    return Identity(**values)


def of(newsletter: Newsletter) -> Identity:
    """The identity a newsletter has now."""
    return Identity(**{field.name: getattr(newsletter, field.name) for field in fields(Identity)})


def labels_given(form: MultiDict[str, str]) -> dict[str, list[str]]:
    """The label words a form carries, by kind; they are written with commas between."""
    return {kind: form.get(f"label-{kind}", "").replace("，", ",").split(",") for kind, _text in LABEL_TEXTS}


def labels_text(words: Iterable[str]) -> str:
    """The words as the form shows them."""
    return ", ".join(words)


def _measurement(value: str) -> OpenMeasurement:
    return next((kind for kind in OpenMeasurement if kind.value == value), OpenMeasurement.OFF)


def _policy(value: str) -> UncertainPolicy:
    return next((kind for kind in UncertainPolicy if kind.value == value), UncertainPolicy.HOLD)


def _number(value: str) -> int:
    return int(value) if value.isdecimal() and len(value) < 10 else 0
