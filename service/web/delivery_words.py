"""How states, reasons and mailbox providers are said on screen: plain words, never more than the program knows."""

from service.delivery.overview.provider_words import PROVIDERS as PROVIDERS
from service.delivery.overview.reason_words import REASONS as REASONS
from service.delivery.states import DeliveryState
from service.issues.models import IssueState

STATES = {  # state -> words, tone, what it means
    DeliveryState.ACCEPTED: ("Taken by the mail server", "good", "The receiving side said yes. Whether it was read is another matter."),
    DeliveryState.QUEUED: ("Waiting", "quiet", "Not handed over yet."),
    DeliveryState.DEFERRED: ("Will retry", "info", "Not taken this time; it is tried again by itself."),
    DeliveryState.UNCERTAIN: ("Not sure it arrived", "warn", "Handed over, but the reply was lost."),
    DeliveryState.REFUSED: ("Refused", "bad", "Not taken, and not tried again."),
    DeliveryState.SKIPPED: ("Not sent, on purpose", "quiet", "Left, paused, or on the do-not-mail list before the hand-over."),
}
ORDER = tuple(STATES)
RELAY_KINDS = {
    "spooling": "a mail server of ours that queues",
    "esp": "a mail provider",
    "direct": "straight to the mailbox providers",
    "file": "a folder of files",
}
ISSUE_STATES = {
    IssueState.SENDING: ("Being sent", "info"),
    IssueState.PAUSED: ("Paused", "warn"),
    IssueState.NEEDS_DECISION: ("Needs a decision", "bad"),
    IssueState.SENT: ("Sent", "good"),
    IssueState.CANCELLED: ("Cancelled", "quiet"),
}
