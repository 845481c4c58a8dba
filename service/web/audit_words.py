"""The details of an audit line in words; what only the program needs (ids, checksums) is left out."""

from collections.abc import Mapping
from typing import Any

from service.accounts import permissions
from service.delivery.pacing.lanes import EVERY
from service.delivery.states import DeliveryState
from service.subscribers.models import SuppressionReason
from service.web import delivery_words
from service.web.newsletter_form import TEXTS, WEEKDAYS
from service.web.templating import number, translate

LABELS = {  # detail -> how the page says it; what is not here is not shown
    "role": "Role",
    "before": "Role before",
    "slug": "Short name",
    "settings": "Settings",
    "zone": "Time zone",
    "weekdays": "Weekdays",
    "at": "Time",
    "issue": "Issue",
    "issue_id": "Issue",
    "reason": "Reason",
    "note": "Reason",
    "recipients": "Readers",
    "lane": "Provider",
    "waiting": "Waiting",
    "is_advertising": "Contains advertising",
    "source": "Source",
    "rows": "Rows",
    "added": "Added",
    "already": "There already",
    "refused": "Turned away",
    **{state.value: says for state, (says, _tone, _meaning) in delivery_words.STATES.items() if state is not DeliveryState.REFUSED},
}
SETTINGS = {**TEXTS, "logo": "Logo", "is_public": "Readers may sign up on the public page", "open_measurement": "Measuring opens"}
REASONS = {
    SuppressionReason.HARD_BOUNCE.value: "The address does not exist",
    SuppressionReason.INACTIVE.value: "The mailbox has long been closed",
    SuppressionReason.FULL.value: "The mailbox has long been full",
    SuppressionReason.COMPLAINT.value: "Complained about our mail",
    SuppressionReason.MANUAL.value: "Put there by hand",
    SuppressionReason.ERASED.value: "Erased on request",
}


def details(act: str, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Label and value of each detail worth reading, in the language of the page."""
    labels = {**LABELS, "refused": "Refused"} if act == "issue.finished" else LABELS
    return [
        (translate(labels[name]), _value(name, value)) for name, value in values.items() if name in labels and value not in (None, "", [])
    ]


def _value(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return translate("Yes") if value else translate("No")
    if isinstance(value, list):
        words: Mapping[Any, str] = dict(WEEKDAYS) if name == "weekdays" else SETTINGS
        return ", ".join(translate(words.get(each, str(each))) for each in value)
    if name in ("issue", "issue_id"):
        return f"#{value}"
    if isinstance(value, int):
        return number(value)
    return _word(name, str(value))


def _word(name: str, value: str) -> str:
    """A word of the program as the page says it; a text of a person as it is."""
    if name in ("role", "before"):
        return translate({role.value: says for role, says in permissions.NAMES.items()}.get(value, value))
    if name == "lane":
        return translate("All") if value == EVERY else translate(delivery_words.PROVIDERS.get(value, value))
    return translate(REASONS[value]) if name == "reason" and value in REASONS else value
