"""Tables that turn enhanced codes and the words of mail servers into reasons. Data only; replies.py says in which order."""

import re

from service.delivery.reasons import Reason

EXACT: dict[str, Reason] = {
    # A12, A14: Google's and Microsoft's codes for our own DNS and signing (4.7.x and 5.7.x alike)
    "7.26": Reason.AUTHENTICATION,
    "7.27": Reason.AUTHENTICATION,
    "7.30": Reason.AUTHENTICATION,
    "7.31": Reason.AUTHENTICATION,
    "7.32": Reason.AUTHENTICATION,
    "7.40": Reason.AUTHENTICATION,
    "7.515": Reason.AUTHENTICATION,
    "7.20": Reason.AUTHENTICATION,
    "7.23": Reason.AUTHENTICATION,
    "7.24": Reason.AUTHENTICATION,
    "7.25": Reason.AUTHENTICATION,
    "7.28": Reason.RATE,
    "7.500": Reason.RATE,
    "7.508": Reason.RATE,
    "7.8": Reason.RELAY,
    "1.7": Reason.SENDER,
    "1.8": Reason.SENDER,
    "3.4": Reason.SIZE,
    "2.3": Reason.SIZE,
}
"""Subject and detail of codes that say one thing only, whatever the words beside them."""

_USUAL: dict[str, Reason] = {
    "1.1": Reason.UNKNOWN_USER,
    "1.2": Reason.UNKNOWN_HOST,
    "1.3": Reason.BAD_ADDRESS,
    "1.6": Reason.MOVED,
    "1.10": Reason.NO_MAIL,
    "2.1": Reason.DISABLED,
    "2.2": Reason.FULL,
    "4.4": Reason.UNKNOWN_HOST,
    "4.6": Reason.SYSTEM,
    "4.7": Reason.EXPIRED,
}

SUBJECT: dict[str, Reason] = {
    "3": Reason.SYSTEM,
    "4": Reason.NETWORK,
    "5": Reason.PROTOCOL,
    "6": Reason.CONTENT,
    "7": Reason.POLICY,
}
"""What the subject of an enhanced code alone means (RFC 3463 section 3), after words have had their say."""

BARE: dict[int, Reason] = {
    421: Reason.NETWORK,
    450: Reason.UNKNOWN,
    451: Reason.SYSTEM,
    452: Reason.SYSTEM,
    500: Reason.PROTOCOL,
    502: Reason.PROTOCOL,
    503: Reason.PROTOCOL,
    504: Reason.PROTOCOL,
    530: Reason.RELAY,
    534: Reason.RELAY,
    535: Reason.RELAY,
    551: Reason.MOVED,
    552: Reason.FULL,
    553: Reason.BAD_ADDRESS,
    556: Reason.NO_MAIL,
}

_AUTHENTICATION = re.compile(
    r"\bspf\b|\bdkim\b|\bdmarc\b|unauthenticated|not authenticated|required authentication level|sender id.*fail|reverse dns|"
    r"\bptr\b|\brdns\b|fcrdns"
)
_PACE = re.compile(
    r"unusual rate|rate[ -]?limited|temporarily deferred due to|excessive volume|too many messages|"
    r"daily [^.]{0,30}(limit|quota)|sending (limit|quota|rate)|maximum (sending rate|credits)|thread limit"
)
"""Words that can only be about how much we send, even where spam or reputation is named as the cause."""
_REPUTATION = re.compile(
    r"black ?-?list|block ?-?list|deny ?-?list|spamhaus|barracuda|spamcop|sorbs|\brbl|dnsbl|\bkisa\b|reputation|"
    r"\bip\b.{0,60}\b(filtered|blocked|banned|rejected)|poor .*sender|user complaints|blocked using|permanently deferred|"
    r"banned send|tenant has exceeded|(block|black) list"
)
_SPAM = re.compile(
    r"\bspam\b|unsolicited|bulk mail|\bjunk\b|suspicious|phish|administrative prohibition|policy (reasons?|violation)|local policy|"
    r"will not accept delivery"
)
_VIRUS = re.compile(
    r"virus|malware|infected|attachment .*(not allowed|rejected)|content (rejected|filter)|message content|potential security|bare lf"
)
_RELAYING = re.compile(r"relay(ing)? (access )?(denied|not (permitted|allowed))|unable to relay|not permitted to relay|we do not relay")
_RATE = re.compile(
    r"too many (mails?|connections|recipients|concurrent|sessions|errors)|rate ?-?limit|throttl|exceeded .*(rate|limit of)|"
    r"within 24 hours|per (hour|day|minute)|concurren|try again more slowly|too (fast|much mail)"
)
_GREYLIST = re.compile(r"gr[ea]y ?-?list|postgrey|please try again (in|after) \d+|deferred for \d+ seconds|\[gl01\]")
_SENDER = re.compile(
    r"sender (address )?(rejected|denied|not (allowed|found|owned))|sender verify failed|mail from .*not allowed|helo command rejected|"
    r"address is not verified"
)
_LATER = re.compile(r"try again|try later|later|busy|temporar")
_BUSY_MAILBOX = re.compile(r"receiving (mail|messages) (too quickly|at a rate)")
"""It is the mailbox that gets too much, from whomever: nothing to slow a lane for."""

_FULL = re.compile(
    r"(mail ?box|quota|storage|inbox|account)[^.]{0,40}(full|exceed|over|limit)|(over|exceed\w*)[^.]{0,20}quota|insufficient disk.*user|"
    r"용량|꽉 ?찼"
)
_SIZE = re.compile(
    r"(message|mail|size|length)[^.]{0,40}(too (large|big|long)|exceeds?[^.]{0,30}(size|limit|maximum))|maximum message size|fixed maximum"
)
_DISABLED = re.compile(
    r"(account|mailbox|user|address|recipient)[^.]{0,40}(disabled|inactive|suspended|deactivated|dormant|locked)|휴면|정지된"
)
_NO_USER = re.compile(
    r"user[^.]{0,20}unknown|unknown (user|recipient|mailbox|local)|no such (user|recipient|mailbox|address|account|person)|"
    r"(does not|doesn't|not|no longer) exist|(user|mailbox|recipient|account|address)[^.]{0,40}not found|invalid (recipient|mailbox|user)|"
    r"no mailbox|recipient[^.]{0,30}rejected: access denied|not a valid mailbox|not our customer|"
    r"doesn't have an? \S+ account|recipientnotfound|존재하지 않|없는 (사용자|계정|주소)"
)
_NO_MAILBOX = re.compile(r"mailbox (unavailable|not available)")
"""Beside a 4xx it says "busy" (RFC 5321 section 4.2.3)."""
_NO_HOST = re.compile(
    r"(host|domain)[^.]{0,40}(not found|unknown|does ?n.t exist)|unrouteable|no mx|bad destination|nxdomain|name or service not known"
)
_NO_MAIL = re.compile(r"(domain|host|server)[^.]{0,30}(does not|doesn't) accept (any )?(e-?mail|mail)|null mx")
_MOVED = re.compile(r"(user|recipient|mailbox|account)[^.]{0,20}(has )?moved|try forwarding")
_NETWORK = re.compile(
    r"timed? ?-?out|connection (refused|reset|lost|closed|dropped)|shutting down|service not available|network|unreachable"
)
_CLOSED = re.compile(r"expired|delivery time|giving up|retry time")


def about_us(words: str, permanent: bool) -> Reason | None:
    """Words (lower case) about authentication, reputation, pace or content: nothing the reader's address can help."""
    for pattern, reason in (
        (_BUSY_MAILBOX, Reason.UNKNOWN),
        (_AUTHENTICATION, Reason.AUTHENTICATION),
        (_PACE, Reason.RATE),
        (_RELAYING, Reason.RELAY),
        (_SENDER, Reason.SENDER),
        (_GREYLIST, None if permanent else Reason.GREYLIST),
        (_REPUTATION, Reason.REPUTATION),
        (_VIRUS, Reason.CONTENT),
        (_SPAM, Reason.POLICY),
        (_RATE, Reason.RATE),
    ):
        if reason is not None and pattern.search(words):
            return reason
    return None


def usual(subject_detail: str, code: int | None, words: str) -> Reason | None:
    """What an enhanced code usually means, once the words have been heard about our own faults."""
    is_passing = code is not None and code < 500
    if subject_detail == "7.1" and code in (450, 451):
        return Reason.GREYLIST
    if subject_detail.startswith("7.") and is_passing and _LATER.search(words):
        return Reason.SYSTEM
    if subject_detail == "3.1" and is_passing:
        return Reason.SYSTEM if "storage" in words or "resources" in words else Reason.RATE
    if subject_detail in ("3.2", "4.2") and (code is None or is_passing):
        return Reason.NETWORK
    if subject_detail == "2.2" and _SIZE.search(words) and not _FULL.search(words):
        return Reason.SIZE
    if subject_detail == "1.10" and _NO_USER.search(words):
        return Reason.UNKNOWN_USER
    return _USUAL.get(subject_detail)


def about_address(words: str, permanent: bool) -> Reason | None:
    """Words (lower case) about the mailbox, its host or the way there."""
    for pattern, reason in (
        (_NO_MAIL, Reason.NO_MAIL),
        (_FULL, Reason.FULL),
        (_SIZE, Reason.SIZE),
        (_DISABLED, Reason.DISABLED),
        (_NO_HOST, Reason.UNKNOWN_HOST),
        (_MOVED, Reason.MOVED),
        (_CLOSED, Reason.EXPIRED if permanent else Reason.NETWORK),
        (_NETWORK, Reason.NETWORK),
        (_NO_USER, Reason.UNKNOWN_USER),
        (_NO_MAILBOX, Reason.UNKNOWN_USER if permanent else Reason.UNKNOWN),
    ):
        if pattern.search(words):
            return reason
    return None
