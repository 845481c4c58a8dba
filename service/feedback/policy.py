"""What follows from a classified message for the reader it is about (D1 to D9). Pure; who acts is intake.py."""

from enum import StrEnum

from service.delivery.reasons import Reason
from service.feedback.bounce_reasons import Because


class Action(StrEnum):
    """What is done. Only `suppress` and `unsubscribe` touch a reader's standing at once; `confirm` and `count` wait for more."""

    SUPPRESS = "suppress"
    CONFIRM = "confirm"  # hard by its words alone: a second one is wanted (D1)
    COUNT = "count"  # inactive or full: counted over issues and weeks (D2, D3)
    UNSUBSCRIBE = "unsubscribe"
    ALARM = "alarm"  # our own fault or a provider's block: people are told, the address is not blamed (D4, D5)
    LOG = "log"
    IGNORE = "ignore"


OURS = frozenset(
    {
        Reason.POLICY,
        Reason.AUTHENTICATION,
        Reason.REPUTATION,
        Reason.SPAM,
        Reason.CONTENT,
        Reason.SIZE,
        Reason.SENDER,
        Reason.RELAY,
        Reason.PROTOCOL,
    }
)

_COMPLAINTS = {
    "abuse": Action.SUPPRESS,
    "fraud": Action.SUPPRESS,
    "virus": Action.SUPPRESS,
    "other": Action.SUPPRESS,
    "opt-out": Action.UNSUBSCRIBE,
    "not-spam": Action.LOG,
    "auth-failure": Action.ALARM,
}

NO_COMPLAINTS = frozenset(kind for kind, action in _COMPLAINTS.items() if action in (Action.LOG, Action.ALARM))
"""Reports that come by the complaints' door and are none."""


def of_bounce(because: Because) -> Action:
    """D1 to D6."""
    if because.is_hard:
        return Action.SUPPRESS if because.is_by_code else Action.CONFIRM
    if because.reason in (Reason.DISABLED, Reason.FULL):
        return Action.COUNT
    return Action.ALARM if because.reason in OURS else Action.LOG


def of_complaint(kind: str) -> Action:
    """D7, by the feedback type of RFC 5965; an unknown one counts as abuse."""
    return _COMPLAINTS.get(kind, Action.SUPPRESS)
