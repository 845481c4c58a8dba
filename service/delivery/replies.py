"""What a mail server's answer means: (phase, code, enhanced code, text) -> outcome and reason.

Pure, and shared by SMTP replies and later delivery status notices. It never decides when to try again (backoff.py) nor
whom to suppress (feedback); it must never blame an address for a fault of our own (A12, D4).
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from service.delivery import reply_texts
from service.delivery.reasons import HARD, SLOWS_LANE, WAITS_FOR_US, Reason


class Phase(StrEnum):
    """Where in the SMTP dialogue something happened; a drop before and one after the final dot differ."""

    CONNECT = "connect"
    GREETING = "greeting"
    HELLO = "hello"
    STARTTLS = "starttls"
    AUTH = "auth"
    ENVELOPE = "envelope"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"
    FINAL = "final"


OPENING = frozenset({Phase.CONNECT, Phase.GREETING, Phase.HELLO, Phase.STARTTLS, Phase.AUTH})


class Outcome(StrEnum):
    """What a try amounts to. `unsent`: it never left, nothing was said about it, it stays queued and no try is counted."""

    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    UNSENT = "unsent"


@dataclass(frozen=True, slots=True)
class Verdict:
    outcome: Outcome
    reason: Reason

    @property
    def waits_for_us(self) -> bool:
        """Our own fault: no retry by the clock, it goes out again when an operator has mended it (A12, D4)."""
        return self.outcome is Outcome.DEFERRED and self.reason in WAITS_FOR_US

    @property
    def is_hard(self) -> bool:
        """The address does not exist or never will again (D1)."""
        return self.outcome is Outcome.REFUSED and self.reason in HARD


ACCEPTED = Verdict(Outcome.ACCEPTED, Reason.NONE)
_ENHANCED = re.compile(r"^\s*([245])\.(\d{1,3})\.(\d{1,3})(?=\s|$)")


def enhanced_code(text: str) -> str | None:
    """The RFC 3463 code with which a reply text begins, as "5.1.1", or None."""
    return _first_code(text[:LONGEST_CODE])


LONGEST_CODE = 16
"""Characters in which an enhanced code and the space after it stand."""


@lru_cache(maxsize=1024)
def _first_code(text: str) -> str | None:
    found = _ENHANCED.match(text)
    return f"{found[1]}.{int(found[2])}.{int(found[3])}" if found else None


def judge(phase: Phase, code: int, enhanced: str | None, text: str) -> Verdict:
    """Outcome and reason of one reply (A12, D1 to D6, E6).

    `code` is the three-digit reply to the command of `phase`. A reply before MAIL is about the relay and ourselves, so
    nothing that waits is blamed: `unsent`. Codes outside 2xx, 4xx and 5xx are the dialogue's to treat as nonsense.
    """
    if 200 <= code < 300:
        return ACCEPTED
    reason = classify(code, enhanced, text)
    if phase in OPENING:
        return Verdict(Outcome.UNSENT, _opening_reason(phase, code, reason))
    if phase is Phase.MAIL and code >= 500 and reason is not Reason.SIZE:
        return Verdict(Outcome.DEFERRED, reason if reason in WAITS_FOR_US else Reason.SENDER)
    if code < 500 or reason in WAITS_FOR_US or reason in SLOWS_LANE:
        return Verdict(Outcome.DEFERRED, reason)
    return Verdict(Outcome.REFUSED, reason)


def classify(code: int | None, enhanced: str | None, text: str) -> Reason:
    """The reason class of a negative reply or of a notice's status and diagnostic text; `code` None where there is none.

    Order: codes that say one thing only, words about authentication and blocking (so that "5.1.1 ... listed at an RBL"
    does not blame the address), the remaining enhanced codes, the remaining words, the bare code.
    """
    permanent = _is_permanent(code, enhanced)
    subject_detail = enhanced.partition(".")[2] if enhanced else ""
    exact = reply_texts.EXACT.get(subject_detail)
    if exact is not None:
        return exact
    words = text.lower()
    fault = reply_texts.about_us(words, permanent)
    if fault is not None:
        return fault
    by_code = reply_texts.usual(subject_detail, code, words)
    if by_code is not None:
        return by_code
    return reply_texts.about_address(words, permanent) or _by_bare_code(code, subject_detail)


def _is_permanent(code: int | None, enhanced: str | None) -> bool:
    if code is not None:
        return code >= 500
    return enhanced is not None and enhanced.startswith("5")


def _by_bare_code(code: int | None, subject_detail: str) -> Reason:
    by_subject = reply_texts.SUBJECT.get(subject_detail.partition(".")[0])
    if by_subject is not None:
        return by_subject
    return reply_texts.BARE.get(code or 0, Reason.UNKNOWN)


def _opening_reason(phase: Phase, code: int, reason: Reason) -> Reason:
    if phase is Phase.AUTH or code in (530, 534, 535, 538):
        return Reason.RELAY
    return Reason.NETWORK if reason is Reason.UNKNOWN and code < 500 else reason
