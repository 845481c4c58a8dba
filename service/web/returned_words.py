"""How what came back is said on screen: plain words, the mail systems' own ones only as quotation."""

from service.feedback.consequences import Effect
from service.feedback.models import Source
from service.web.delivery_words import REASONS

KINDS = {  # kind -> words, tone
    "bounce": ("Came back", "warn"),
    "complaint": ("Complaint", "bad"),
    "unsubscribe": ("Wants to leave", "info"),
}
COMPLAINTS = {
    "abuse": "Reported as spam",
    "fraud": "Reported as fraud",
    "virus": "Reported as a virus",
    "opt-out": "Asked the provider to leave",
    "not-spam": "Said that it is not spam",
    "auth-failure": "SPF, DKIM or DMARC did not convince",
    "other": "Reported for another reason",
}
EFFECTS = {
    Effect.SUPPRESSED.value: "On the do-not-mail list",
    Effect.UNSUBSCRIBED.value: "Unsubscribed",
    Effect.COUNTED.value: "Counted; more of the same and the address is not mailed",
    Effect.NONE.value: "Nothing changed for the reader",
}
SOURCES = {
    Source.LMTP: "By mail",
    Source.IMAP: "From the bounce mailbox",
    Source.SES: "Amazon SES",
    Source.MAILGUN: "Mailgun",
    Source.POSTMARK: "Postmark",
    Source.LEDGER: "Refused while sending",
}


def reason(kind: str, value: str) -> str:
    """The reason in words, to be translated; of a wish to leave there is none."""
    if kind == "complaint":
        return COMPLAINTS.get(value, COMPLAINTS["other"])
    return REASONS.get(value, "The mail server gave no reason") if kind == "bounce" else ""
