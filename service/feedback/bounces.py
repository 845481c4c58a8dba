"""A message from a mail system that another one came back, or waits: recipients, codes and the reason (RFC 3464, or text only). Pure."""

import re
from dataclasses import dataclass, field

from service.feedback import addresses_in_text, bounce_reasons, bounce_signs, delivery_status, notice_text
from service.feedback.bounce_reasons import Because
from service.feedback.delivery_status import RecipientStatus
from service.feedback.mail import Headers, Mail
from service.feedback.mail import read as read_mail
from service.feedback.notice_text import Notice


@dataclass(frozen=True)
class Failure:
    """One recipient who was not reached, and why."""

    recipient: str
    because: Because
    original_recipient: str = ""
    diagnostic: str = ""


@dataclass(frozen=True)
class Bounce:
    """`failures` is empty where nothing failed: then `action` says what was reported instead (D9)."""

    failures: tuple[Failure, ...]
    action: str  # failed, delayed, relayed, delivered, expanded
    recipient: str = ""  # whom it is about where nothing failed, and the status told of them
    status: str = ""
    notice: Notice = field(default_factory=lambda: Notice(""))

    @property
    def worst(self) -> Failure | None:
        """The failure that weighs most: a hard one, else the first."""
        return next((failure for failure in self.failures if failure.because.is_hard), self.failures[0] if self.failures else None)


# a paragraph with a server's reply in it: what it says goes on over its lines
_REPLY = re.compile(r"(?<![\d.:/])[45][0-5]\d(?:[ -]|\s+#?[45]\.\d)")
_MESSAGE_ID_LINE = re.compile(r"^.{0,20}message-?id.{0,400}$", re.IGNORECASE | re.MULTILINE)
# a transcript in which the address was taken and only the content refused; "503 need RCPT" after it means the opposite
_REFUSED_CONTENT = re.compile(r">>> DATA\s*\n\s*<<< 5\d\d[^\n]*\n(?!\s*<<< 503)", re.IGNORECASE)
_TRANSCRIPT = re.compile(r"^\s*<<< ?([45]\d\d(?! *5\.5\.1 need|.{0,12}need rcpt)[^\n]*)", re.IGNORECASE | re.MULTILINE)
_AUTOMATIC = re.compile(r"auto[- ]?repl|out of (the )?office|vacation|autoresponse|automatic reply", re.IGNORECASE)


def read(mail: Mail) -> Bounce | None:
    """The bounce or delay that a message reports; None where it reports none."""
    statuses, _ = delivery_status.read(mail)
    notice = notice_text.of(mail)
    if statuses:
        return _reported(mail, statuses, notice)
    inside = _forwarded(mail)
    if inside is not None:
        return inside
    if not looks_like_bounce(mail, notice):
        return None
    recipients = _named(mail, notice)
    if _is_waiting(mail, notice.words):
        return Bounce((), "delayed", (recipients or [""])[0], next(iter(bounce_reasons.codes(notice.words)), ""), notice)
    because = bounce_reasons.because(_texts("", notice))
    return Bounce(tuple(Failure(one, because) for one in recipients or [""]), "failed", notice=notice)


def _forwarded(mail: Mail) -> Bounce | None:
    """The report that somebody passed on whole: a gateway, or a mailbox that forwards. We send no reports that could come back."""
    forwarded = next((part.text for part in mail.parts if part.type == "message/rfc822"), "")
    if "delivery-status" not in forwarded[:20_000].lower():
        return None
    report = read_mail(forwarded.encode("utf-8", "replace"))
    statuses, _ = delivery_status.read(report)
    return _reported(report, statuses, notice_text.of(report)) if statuses else None


def is_from_mail_system(mail: Mail) -> bool:
    """Whether its sender presents itself as a mail system, and not as a person."""
    headers = mail.headers
    return bool(
        bounce_signs.SYSTEM_SENDER.search(headers.first("from")[:500]) or bounce_signs.SYSTEM_SENDER.search(headers.first("sender")[:500])
    )


def looks_like_bounce(mail: Mail, notice: Notice) -> bool:
    """At least two signs of a mail system's own report: sender, empty return path, subject, its words, a returned message."""
    headers = mail.headers
    if "x-failed-recipients" in headers or "delivery-status" in headers.first("content-type").lower():
        return True
    is_system = is_from_mail_system(mail)
    if not is_system and _AUTOMATIC.search(headers.first("subject")):
        return False
    phrase = bool(bounce_signs.PHRASE.search(notice.words[:8000]) or bounce_signs.WAITING.search(notice.words[:8000]))
    signs = [
        is_system,
        headers.first("return-path").strip() in ("<>", "< >", "<MAILER-DAEMON>"),
        bool(bounce_signs.SUBJECT.search(headers.first("subject")[:500])),
        phrase,
        bool(notice.returned),
    ]
    enough = 2 if is_system or (signs[2] and not _is_from_its_return_path(headers)) else 3
    return sum(signs) >= enough and (phrase or signs[2] or (is_system and bool(notice.returned)))


def _is_from_its_return_path(headers: Headers) -> bool:
    """Whether sender and envelope are one address, as of people: reports have an empty envelope."""
    envelope = addresses_in_text.first(headers.first("return-path"))
    return bool(envelope) and envelope.lower() == addresses_in_text.first(headers.first("from")).lower()


def _reported(mail: Mail, statuses: list[RecipientStatus], notice: Notice) -> Bounce:
    failed = [status for status in statuses if status.is_failure]
    if not failed:
        told = next((status for status in statuses if status.action), statuses[0])
        return Bounce((), told.action or "other", told.recipient, told.status, notice)
    if not failed[0].action and _is_waiting(mail, notice.words):
        return Bounce((), "delayed", failed[0].recipient, failed[0].status, notice)
    named = _named(mail, notice) if not failed[0].recipient else []
    return Bounce(tuple(_failure(status, notice, named[0] if named else "") for status in failed), "failed", notice=notice)


def _failure(status: RecipientStatus, notice: Notice, named: str) -> Failure:
    because = bounce_reasons.because(_texts(status.diagnostic, notice), status.status)
    return Failure(status.recipient or named, because, status.original_recipient, status.diagnostic)


def _texts(diagnostic: str, notice: Notice) -> list[str]:
    """The sources of a reason, the most telling first: the diagnostic, the lines with a server's reply, the whole notice."""
    words = notice.words
    replies = "\n".join(part.strip() for part in re.split(r"\n[ \t]*\n", words[:16_000]) if _REPLY.search(part))
    transcript = _TRANSCRIPT.findall(words[:16_000])
    if transcript and not diagnostic:
        replies = "\n".join(transcript)  # what the other side said; the lines after it are its client's reading
    if _REFUSED_CONTENT.search(words[:16_000]):
        diagnostic, replies = (f"{one} (in reply to end of DATA)" if one.strip() else "" for one in (diagnostic, replies))
    said = re.sub(r"^\s*(smtp|x-[\w-]+|dns|lmtp|unknown|rfc822)\s*;\s*", "", diagnostic, flags=re.IGNORECASE)
    return [text for text in (said, replies[:4000], words) if text.strip()] or [""]


def _is_waiting(mail: Mail, words: str) -> bool:
    subject = mail.headers.first("subject")
    return bool(bounce_signs.WAITING.search(f"{subject}\n{words[:6000]}")) and not bounce_signs.GIVEN_UP.search(
        f"{subject}\n{words[:6000]}"
    )


def _named(mail: Mail, notice: Notice) -> list[str]:
    """Whom a text-only bounce is about: the header of Exim and Gmail, what the notice names, the returned To."""
    ours = {addresses_in_text.first(mail.headers.first(name)).lower() for name in ("to", "from", "delivered-to", "x-original-to", "sender")}
    ours |= {addresses_in_text.first(notice.headers.first(name)).lower() for name in ("from", "return-path", "sender", "reply-to")}
    words = _MESSAGE_ID_LINE.sub("", notice.words[:8000])
    for text in (mail.headers.first("x-failed-recipients"), words, notice.headers.first("to")):
        found = [one for one in addresses_in_text.every(text) if one.lower() not in ours and not bounce_signs.SYSTEM_SENDER.search(one)]
        if found:
            return found[:1] if text is words else found
    return []
