"""What is answered for each reader that an operator names: English msgids for the page and the terminal. Pure."""

from service.delivery.launching.again import Answer, Group, Verdict
from service.delivery.overview.reason_words import REASONS

VERDICTS = {
    Verdict.QUEUED: "Goes out again, before the others",
    Verdict.REPEATED: "Goes out again, before the others; it may be a second copy",
    Verdict.HAS_IT: "Has it already: the mail server took it",
    Verdict.WAITING: "Waits already",
    Verdict.UNCERTAIN: "May have it: sent again only if a second copy is allowed",
    Verdict.BARRED: "Not sent to",
    Verdict.NOT_IN_AUDIENCE: "Was no reader when the issue was started",
    Verdict.UNKNOWN: "There is no reader with this address",
    Verdict.NOT_AN_ADDRESS: "This is not an address",
}
GROUPS = {
    Group.REFUSED: "Refused",
    Group.DEFERRED: "Will retry",
    Group.TOO_OLD: "Not sent because it was too old",
    Group.UNCERTAIN: "Not sure it arrived",
}


def msgid(answer: Answer) -> tuple[str, str]:
    """The verdict, and its reason where there is one, each an English msgid."""
    return VERDICTS[answer.verdict], REASONS[answer.reason.value] if answer.reason else ""
