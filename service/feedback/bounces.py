"""A message from a mail system that another one came back, or waits: recipients, codes and the reason (RFC 3464, or text only). Pure."""

import re
from dataclasses import dataclass, field

from service.feedback import addresses_in_text, bounce_reasons, delivery_status, notice_text
from service.feedback.bounce_reasons import Because
from service.feedback.delivery_status import RecipientStatus
from service.feedback.mail import Mail
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
    notice: Notice = field(default_factory=lambda: Notice(""))

    @property
    def worst(self) -> Failure | None:
        """The failure that weighs most: a hard one, else the first."""
        return next((failure for failure in self.failures if failure.because.is_hard), self.failures[0] if self.failures else None)


_SYSTEM_SENDER = re.compile(
    r"mailer[-_. ]?daemon|maildaemon|mail[-_. ]?delivery|postmaster|post ?office|delivery[-_. ]?(subsystem|system|agent|status|"
    r"notif|service|error)|"
    r"mail(er)?[-_. ]?(system|subsystem|server|administrator|router|gateway|agent|service)|mdaemon|bounce|microsoft ?exchange|"
    r"system administrator|systemadministrator|internet mail (connector|delivery)|undeliver|returned[-_. ]?mail|nondeliver|"
    r"smtp[-_. ]?(gateway|server)|daemon@|"
    r"메일 ?(시스템|서버|배달)|メール(システム|配信|サーバ)|邮件(系统|服务)|系统管理员",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"undeliver|un-?deliverable|non[- ]?deliver|(mail|message|delivery|e-?mail)[^\n]{0,30}(fail|error|returned|problem|rejected|"
    r"bounced|could ?n[o']t|notification \()|"
    r"fail(ure|ed) (notice|notification|delivery|mail|to deliver|message)|returned (mail|message|e-?mail|to sender)|(unable|failed|"
    r"could not|cannot|can'?t) (to )?(be )?deliver|"
    r"delivery (status )?notification|delivery (report|status|has failed|unsuccessful)|unzustellbar|nicht zugestellt|zustellung|"
    r"fehlgeschlagen|rejected (mail|message)|"
    r"(non|échec)[^\n]{0,12}(remi[st]|distribu|livr)|(retour|échec)[^\n]{0,30}(message|mail|distribution|courrier)|no (se (pudo|"
    r"puede|ha podido) )?entreg|(correo|mensaje)[^\n]{0,20}(devuelto|no entregado)|"
    r"mancato recapito|recapito|não (foi )?(entreg|pôde)|não entregue|devolvid|недоставлен|не (может|удалось|был)|"
    r"반송|배달.{0,6}(실패|불가|못)|전송.{0,6}(실패|불가)|전달.{0,10}(실패|못|불가)|발송.{0,6}실패|수신.{0,4}(실패|불가)|되돌아|"
    r"配信(不能|エラー|でき|失敗|不可|状態|され)|送信(エラー|失敗|でき)|届きません|届けられ|不達|エラーメール|宛先不明|退信|"
    r"投递失败|退回|无法(投递|送达|传送)|未(送达|能送)|失败通知|寄送失敗|無法(投遞|傳遞)",
    re.IGNORECASE,
)
_PHRASE = re.compile(
    r"(could|can|was|were|has|have|is|did|does|may)(n'?t| not|not)( be| been)? (be )?(deliver|sen[dt]|reach|transmit|accept|receiv|"
    r"process|forward)|undeliver|non-?delivery|"
    r"(unable|failed|failure|impossible|not able|attempt(ed)?) to (deliver|send|transmit|reach|relay|forward)|delivery (to|of|"
    r"attempt|failure|has|error|problem|status)|(permanent|fatal|delivery|transient)[^\n]{0,20}(error|failure|problem)|"
    r"returned (to (the )?sender|mail|your|message|undeliver)|returning (it|your|the) |had (permanent|delivery|transient)|bounce|"
    r"not (be )?delivered|did not reach|(rejected|refused) (by|your|the)|<<< \d{3}|said: \d{3}|"
    r"i'?ve given up|(was|were) (affected|undeliverable|rejected|blocked)|nicht (zugestellt|ausgeliefert|zustellbar|erreich)|"
    r"unzustellbar|n'?a (pas |pu )?(pas )?(pu |été )?(être )?(remis|distribu|livr|délivr|envoy)|impossible d|no (se )?(pudo|puede|"
    r"ha podido|pudimos|ha sido|fue) (ser )?(entreg|envi)|non (è stato|è stata|recapit)|"
    r"반송|배달|전송.{0,10}(실패|못|불가|없)|전달.{0,10}(실패|못|되지)|보내지 못|発送|配信|配達|届け|届き|送信でき|送れません|不達|"
    r"退信|退回|投递|送达|发送失败|送達|无法发送|無法",
    re.IGNORECASE,
)
_WAITING = re.compile(
    r"(warning|delay)[^\n]{0,60}(not|delay|undeliver|could)|\bdelayed\b|(delivery|message|mail)[^\n]{0,30}delay|will (keep trying|"
    r"continue|be retried|retry|try)|no action is required|still (being )?(in (the )?queue|undelivered|trying)|"
    r"do not need to resend|has not yet been delivered|(this is )?(a )?warning (message )?only|지연|遅延|まだ配信|延迟|verzögert|"
    r"retard|retras",
    re.IGNORECASE,
)
_GIVEN_UP = re.compile(
    r"(will (be )?no (more|further)|no longer (be )?(try|retr)|not (be )?(retried|try(ing)? again)|giv(en|ing) up|"
    r"failed permanently|permanent(ly)? (fail|error|fatal)|could not be delivered (for|within|after)|has been (returned|deleted|"
    r"removed)|permanent error)",
    re.IGNORECASE,
)
# a paragraph with a server's reply in it: what it says goes on over its lines
_REPLY = re.compile(r"(?<![\d.:/])[45][0-5]\d(?:[ -]|\s+#?[45]\.\d)")
_MESSAGE_ID_LINE = re.compile(r"^.{0,20}message-?id.{0,400}$", re.IGNORECASE | re.MULTILINE)
# a transcript in which the address was taken and only the content refused; "503 need RCPT" after it means the opposite
_REFUSED_CONTENT = re.compile(r">>> DATA\s*\n\s*<<< 5\d\d[^\n]*\n(?!\s*<<< 503)", re.IGNORECASE)
_AUTOMATIC = re.compile(r"auto[- ]?repl|out of (the )?office|vacation|autoresponse|automatic reply", re.IGNORECASE)


def read(mail: Mail) -> Bounce | None:
    """The bounce or delay that a message reports; None where it reports none."""
    statuses, _ = delivery_status.read(mail)
    notice = notice_text.of(mail)
    if statuses:
        return _reported(mail, statuses, notice)
    if not looks_like_bounce(mail, notice):
        return None
    if _is_waiting(mail, notice.words):
        return Bounce((), "delayed", notice)
    texts = _texts("", notice)
    recipients = _named(mail, notice)
    because = bounce_reasons.because(texts)
    return Bounce(tuple(Failure(one, because) for one in recipients or [""]), "failed", notice)


def is_from_mail_system(mail: Mail) -> bool:
    """Whether its sender presents itself as a mail system, and not as a person."""
    headers = mail.headers
    return bool(_SYSTEM_SENDER.search(headers.first("from")[:500]) or _SYSTEM_SENDER.search(headers.first("sender")[:500]))


def looks_like_bounce(mail: Mail, notice: Notice) -> bool:
    """At least two signs of a mail system's own report: sender, empty return path, subject, its words, a returned message."""
    headers = mail.headers
    if "x-failed-recipients" in headers or "delivery-status" in headers.first("content-type").lower():
        return True
    is_system = is_from_mail_system(mail)
    if not is_system and _AUTOMATIC.search(headers.first("subject")):
        return False
    phrase = bool(_PHRASE.search(notice.words[:8000]))
    signs = [
        is_system,
        headers.first("return-path").strip() in ("<>", "< >", "<MAILER-DAEMON>"),
        bool(_SUBJECT.search(headers.first("subject")[:500])),
        phrase,
        bool(notice.returned),
    ]
    return sum(signs) >= (2 if is_system or signs[2] else 3) and (phrase or signs[2] or (is_system and bool(notice.returned)))


def _reported(mail: Mail, statuses: list[RecipientStatus], notice: Notice) -> Bounce:
    failed = [status for status in statuses if status.is_failure]
    if not failed:
        return Bounce((), next((status.action for status in statuses if status.action), "other"), notice)
    if not failed[0].action and _is_waiting(mail, notice.words):
        return Bounce((), "delayed", notice)
    named = _named(mail, notice) if not failed[0].recipient else []
    return Bounce(tuple(_failure(status, notice, named[0] if named else "") for status in failed), "failed", notice)


def _failure(status: RecipientStatus, notice: Notice, named: str) -> Failure:
    because = bounce_reasons.because(_texts(status.diagnostic, notice), status.status)
    return Failure(status.recipient or named, because, status.original_recipient, status.diagnostic)


def _texts(diagnostic: str, notice: Notice) -> list[str]:
    """The sources of a reason, the most telling first: the diagnostic, the lines with a server's reply, the whole notice."""
    words = notice.words
    replies = "\n".join(part.strip() for part in re.split(r"\n[ \t]*\n", words[:16_000]) if _REPLY.search(part))
    if _REFUSED_CONTENT.search(words[:16_000]):
        diagnostic, replies = (f"{one} (in reply to end of DATA)" if one.strip() else "" for one in (diagnostic, replies))
    said = re.sub(r"^\s*(smtp|x-[\w-]+|dns|lmtp|unknown|rfc822)\s*;\s*", "", diagnostic, flags=re.IGNORECASE)
    return [text for text in (said, replies[:4000], words) if text.strip()] or [""]


def _is_waiting(mail: Mail, words: str) -> bool:
    subject = mail.headers.first("subject")
    return bool(_WAITING.search(f"{subject}\n{words[:6000]}")) and not _GIVEN_UP.search(f"{subject}\n{words[:6000]}")


def _named(mail: Mail, notice: Notice) -> list[str]:
    """Whom a text-only bounce is about: the header of Exim and Gmail, what the notice names, the returned To."""
    ours = {addresses_in_text.first(mail.headers.first(name)).lower() for name in ("to", "from", "delivered-to", "x-original-to", "sender")}
    ours |= {addresses_in_text.first(notice.headers.first(name)).lower() for name in ("from", "return-path", "sender", "reply-to")}
    words = _MESSAGE_ID_LINE.sub("", notice.words[:8000])
    for text in (mail.headers.first("x-failed-recipients"), words, notice.headers.first("to")):
        found = [one for one in addresses_in_text.every(text) if one.lower() not in ours and not _SYSTEM_SENDER.search(one)]
        if found:
            return found[:1] if text is words else found
    return []
