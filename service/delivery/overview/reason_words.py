"""Why a mail was not taken, or not sent, in plain words: English msgids for pages and the terminal. Never more than is known. Pure."""

from service.delivery.reasons import Reason
from service.delivery.states import SkipReason

REASONS = {
    Reason.UNKNOWN_USER.value: "There is no such mailbox",
    Reason.UNKNOWN_HOST.value: "There is no such mail domain",
    Reason.BAD_ADDRESS.value: "The address is not written right",
    Reason.MOVED.value: "The mailbox has moved",
    Reason.NO_MAIL.value: "The domain takes no mail",
    Reason.DISABLED.value: "The mailbox is closed",
    Reason.FULL.value: "The mailbox is full",
    Reason.RATE.value: "We were asked to slow down",
    Reason.GREYLIST.value: "We were asked to come again later",
    Reason.POLICY.value: "Turned away by a rule of the mail server",
    Reason.AUTHENTICATION.value: "SPF, DKIM or DMARC did not convince",
    Reason.REPUTATION.value: "Our reputation is not good enough there",
    Reason.SPAM.value: "The mail looked like spam to the mail server",
    Reason.CONTENT.value: "The content was turned away",
    Reason.SIZE.value: "The mail is too large",
    Reason.NETWORK.value: "The connection failed",
    Reason.SYSTEM.value: "The mail server had a fault",
    Reason.SENDER.value: "The sender's address was turned away",
    Reason.RELAY.value: "The mail server does not send for us",
    Reason.PROTOCOL.value: "The mail server's answer made no sense",
    Reason.EXPIRED.value: "Tried too long",
    Reason.UNKNOWN.value: "No reason was given",
    Reason.STOPPED.value: "Sending was stopped",
    SkipReason.UNSUBSCRIBED.value: "Left before the hand-over",
    SkipReason.PAUSED.value: "Paused before the hand-over",
    SkipReason.SUPPRESSED.value: "On the do-not-mail list",
    SkipReason.NO_ADVERTISING.value: "Took back the consent to advertising",
    SkipReason.ERASED.value: "Was erased",
    SkipReason.CANCELLED.value: "The issue was cancelled",
    SkipReason.TOO_OLD.value: "The issue had become too old",
    "": "No reason was given",
}
