"""Why a message came back: a person's words outrank generic codes, and what speaks about us outranks what speaks about the reader. Pure.

Only a permanent "the address does not exist, or takes no mail" is hard (D1); anything doubtful is not.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from service.delivery import reply_texts
from service.delivery.reasons import HARD, Reason
from service.feedback import bounce_texts, bounce_texts_about_us
from service.feedback.bounce_languages import Rule

LONGEST_TEXT = 16_000  # characters of one text that are looked at

_ADDRESS = re.compile(r"[\w.+=/&'*{}~^$-]{1,200}@[\w.-]{1,200}")
_LINK = re.compile(r"https?://[^\s<>\"']{1,2000}", re.IGNORECASE)
_TOPIC = re.compile(r"[?&]p=(\w{3,60})|#(\w{3,20})$", re.IGNORECASE)
# a page that explains one IP address is about a listing
_LISTED = re.compile(
    r"ipcheck|[?&]ip=\d|/ip/\d|spamhaus|spamcop|barracudacentral|abuseat|sorbs|reputation|blacklist|blocklist|dnsbl|\brbl", re.IGNORECASE
)
_HOST = re.compile(r"\b(?:[A-Za-z0-9_-]{1,63}\.){1,8}(?:[a-z]{2,24}|[A-Z]{2,24})\b(?![@(])")
_KEPT_HOSTS = re.compile(r"^(resolver|queue|transport|storedrv|routing|smtpsend|rfc|status|message|exch\w*)\.", re.IGNORECASE)
_SPEAKER = re.compile(
    r"\b(remote )?(mail )?(host|server)( name)?,? ?(\S{0,120} )?(\[[\w.:-]{1,60}\] ?)?(said|replied|responded|answered):?", re.IGNORECASE
)
# an appliance puts its own category before what the remote server said: only the quoted words count
_CATEGORY = re.compile(r"\b\d\.[0-9x]\.[0-9x] - [A-Za-z ]{3,60} error (?:\d{3}-)?(?='|\")", re.IGNORECASE)
_ADVICE = re.compile(
    r"(scanned|checked|protected|filtered) (by|for|against)|if you (believe|think|feel|are not|have)|for (more|"
    r"further) (information|details|help)|"
    r"(possible|common|likely) (reason|cause)|confidential|may (have been|be) (marked|blocked|filtered|considered)|virus.?free|"
    r"add .{0,40} to your address",
    re.IGNORECASE,
)
_CODES = re.compile(r"(?<![\d.])([245])\.([0-7])\.(\d{1,3})(?![\d.]*\.\d|\d)")
_REPLY = re.compile(
    r"(?:(?<![\w.:/-])|(?<= :))([45][0-5]\d)(?=[ -]|$|[;:,)\"'=#])(?! ?(hours?|days?|min|sec|bytes|kb|k\b|mb))", re.IGNORECASE
)
_AFTER_DATA = re.compile(
    r"(in reply to|after|at) (the )?(end of data|end-of-data|data)( command)?\b|failed after i sent the message", re.IGNORECASE
)

_BY_CODE = {
    "1.1": Reason.UNKNOWN_USER,
    "1.2": Reason.UNKNOWN_HOST,
    "1.3": Reason.BAD_ADDRESS,
    "1.6": Reason.MOVED,
    "1.10": Reason.NO_MAIL,
    "1.11": Reason.BAD_ADDRESS,
    "2.1": Reason.DISABLED,
    "2.2": Reason.FULL,
    "4.4": Reason.UNKNOWN_HOST,
    "4.7": Reason.EXPIRED,
    "4.6": Reason.SYSTEM,
    "4.14": Reason.SYSTEM,
    "4.300": Reason.EXPIRED,
    "4.310": Reason.UNKNOWN_HOST,
}
"""What an enhanced code means where no words said otherwise (RFC 3463, RFC 7505; 4.3xx are Microsoft's)."""


@dataclass(frozen=True, slots=True)
class Because:
    """A reason and how firmly it is known. `is_by_code`: a reply or status code stood beside the words (D1 asks for two otherwise)."""

    reason: Reason
    status: str = ""
    is_permanent: bool = True
    is_by_code: bool = True

    @property
    def is_hard(self) -> bool:
        return self.is_permanent and self.reason in HARD


def because(texts: Sequence[str], status: str = "") -> Because:
    """The reason that `texts`, the most telling first, and the Status field of a notice give."""
    told = " ".join(texts[:1])
    reply = _reply_code(texts)
    enhanced = _telling_code(told, status, reply)
    is_permanent = _is_permanent(reply, enhanced)
    shown = enhanced or (f"{reply // 100}.0.0" if reply else "")
    reason = _reason(texts, enhanced, reply, is_permanent)
    # a name server that says so knows it for good, whatever code its client has for that
    is_known_gone = reason is Reason.UNKNOWN_HOST and any("nxdomain" in text.lower() for text in texts)
    return Because(reason, shown, is_permanent or is_known_gone, bool(enhanced or reply))


@lru_cache(maxsize=64)
def normalised(text: str) -> str:
    """Lower-case words with single spaces, without addresses, links and host names: those are not what the system says."""
    text = _CATEGORY.sub(" ", text[:LONGEST_TEXT])
    text = _LINK.sub(_of_link, text)
    text = _ADDRESS.sub("@", text)
    text = _SPEAKER.sub(" ", " ".join(text.split()))
    text = _HOST.sub(_of_host, text)
    return " ".join(text.replace("’", "'").lower().split())


def codes(text: str) -> list[str]:
    """The enhanced codes in a text in their order, as "5.1.1"."""
    return [f"{a}.{int(b)}.{int(c)}" for a, b, c in _CODES.findall(text[:LONGEST_TEXT])]


def _reason(texts: Sequence[str], enhanced: str, reply: int, is_permanent: bool) -> Reason:
    subject_detail = enhanced.partition(".")[2]
    exact = reply_texts.EXACT.get(subject_detail)
    if exact is not None and exact not in HARD:
        return exact
    for number, text in enumerate(texts):
        words = normalised(text if number == 0 and len(texts) > 1 else _without_advice(text))
        found = _by_words(words, subject_detail, is_permanent)
        if found is not None:
            return found
    return _BY_CODE.get(subject_detail) or _by_subject(subject_detail, reply)


@lru_cache(maxsize=64)  # a report of many recipients has one notice
def _by_words(words: str, subject_detail: str, is_permanent: bool) -> Reason | None:
    about_us = _first(bounce_texts_about_us.ABOUT_US, words, skip=() if not is_permanent else (Reason.GREYLIST,))
    if about_us is not None:
        return about_us
    if subject_detail == "4.1" and "access denied" in words:
        return Reason.UNKNOWN_USER  # Exchange Online refuses addresses that its directory does not hold
    if "unverified address" in words and bounce_texts.IS_NETWORK.search(words):
        return Reason.NETWORK  # the server behind it did not answer when it was asked about the address
    if subject_detail in ("1.0", "1.1") and re.search(r"(recipient|address|user|mailbox)( address)? (was )?rejected", words):
        return Reason.UNKNOWN_USER
    about_address = _first(bounce_texts.ABOUT_ADDRESS, words)
    if about_address is Reason.UNKNOWN_USER and _AFTER_DATA.search(words) and not subject_detail.startswith("1."):
        return Reason.POLICY  # the address was taken and only the content refused: a reader's filter that plays dead
    if about_address is Reason.UNKNOWN_USER and subject_detail == "1.6":
        return Reason.MOVED
    if about_address is Reason.DISABLED and subject_detail == "1.1" and re.search(r"no such|unknown|not exist", words):
        return Reason.UNKNOWN_USER
    if about_address is Reason.UNKNOWN_HOST and re.search(r"try again|temporar|servfail", words):
        return Reason.NETWORK  # the name servers did not answer; the host may well exist
    return about_address or _first(bounce_texts.ABOUT_THE_WAY, words)


def _first(rules: Iterable[Rule], words: str, skip: Sequence[Reason] = ()) -> Reason | None:
    return next((reason for reason, pattern in rules if reason not in skip and pattern.search(words)), None)


def _by_subject(subject_detail: str, reply: int) -> Reason:
    subject = reply_texts.SUBJECT.get(subject_detail.partition(".")[0])
    if subject is not None:
        return subject
    return Reason.NO_MAIL if reply == 556 else Reason.FULL if reply == 552 else Reason.UNKNOWN


def _telling_code(text: str, status: str, reply: int) -> str:
    """The code that says most: of the reply's own class, the diagnostic's before the Status field, a detailed one before x.0.0."""
    candidates = [*codes(text), *codes(status)]
    failing = [code for code in candidates if code[0] in "45"]
    failing.sort(key=lambda code: reply > 0 and code[0] != str(reply)[0])
    return next((code for code in failing if not code.endswith(".0.0")), failing[0] if failing else "")


def _reply_code(texts: Sequence[str]) -> int:
    for text in texts:
        found = [int(match[1]) for match in _REPLY.finditer(_LINK.sub(" ", text[:LONGEST_TEXT]))]
        if found:
            return max(found) if any(code >= 500 for code in found) and found[0] < 500 else found[0]
    return 0


def _is_permanent(reply: int, enhanced: str) -> bool:
    if reply:
        return reply >= 500
    return not enhanced.startswith("4")


def _without_advice(text: str) -> str:
    """A whole notice without its lines of advice and advertising, which name reasons that are not this one's."""
    return "\n".join(line for line in text.split("\n") if not _ADVICE.search(line))


def _of_link(found: re.Match[str]) -> str:
    topic = _TOPIC.search(found[0])
    if topic:
        return f" {topic[1] or topic[2]} "
    return " dnsbl " if _LISTED.search(found[0]) else " "


def _of_host(found: re.Match[str]) -> str:
    if _KEPT_HOSTS.match(found[0]):
        return found[0]
    return " dnsbl " if re.search(r"spamhaus|spamcop|barracudacentral|abuseat|sorbs|dnsbl|\brbl", found[0], re.IGNORECASE) else " "
