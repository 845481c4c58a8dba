"""Complaints of readers as their providers forward them: ARF (RFC 5965, whole or broken), and those that only look like one. Pure."""

import re
from dataclasses import dataclass, field

from service.feedback import addresses_in_text, notice_text
from service.feedback.mail import Mail
from service.feedback.notice_text import Notice

TYPES = ("abuse", "fraud", "virus", "opt-out", "not-spam", "auth-failure", "miscategorized", "opt-out-list", "dmarc", "other")

_FIELD = re.compile(
    r"^[> \t]{0,6}(Feedback-Type|Original-Rcpt-To|Original-Mail-From|Removal-Recipient|Source-IP|Abuse-Type|"
    r"User-Agent)[ \t]*:[ \t]*(\S[^\n]{0,300})",
    re.IGNORECASE | re.MULTILINE,
)
_FEEDBACK_SENDER = re.compile(
    r"staff@hotmail\.com|@(?:[\w-]+\.)*arf\.|scomp@|feedback.?loop|\bfbl\b|fbl[-@.]|@(?:[\w-]+\.)*(?:email-abuse\.amazonses|"
    r"abuse\.aol|feedback\.)|feedback@(?:arf|[\w.]*fbl)|complaints?[-@]|abuse[-_]?(?:report|feedback)|spam-?(?:report|feedback|"
    r"complaint)|jmrpp?@|arf@|senderscore|spamcop",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"complaint about (?:message|mail|e-?mail|spam) from|(?:abuse|spam|feedback loop|fbl|arf|junk)[- ](?:report|complaint|feedback)|"
    r"e-?mail feedback report|feedback report|"
    r"\bfbl\b|report(?:ed)? (?:as |of )?(?:abuse|spam|junk)|(?:spam|abuse) (?:from|via|received)|\[(?:spam|abuse|complaint)\]|"
    r"(?:marked|flagged) as (?:spam|junk)|스팸 ?(?:신고|메일 신고)|불법 ?스팸|迷惑メール.{0,10}(?:報告|申告)|垃圾邮件.{0,6}(?:举报|"
    r"投诉)|plainte.{0,20}(?:spam|abus)|spam-?beschwerde|\[spamcop",
    re.IGNORECASE,
)
_PHRASE = re.compile(
    r"(?:this is |attached is |following is |here is )?an? (?:e-?mail )?(?:abuse|spam|feedback(?:-| )loop|fraud|"
    r"complaint) (?:report|complaint|notification)|(?:complain(?:ed|t)|report(?:ed)?)[^\n]{0,60}(?:spam|abuse|junk|unsolicited|"
    r"unwanted)|"
    r"(?:user|recipient|subscriber|customer|member)s?[^\n]{0,80}(?:complain|report(?:ed)? (?:this|it|the)|marked|"
    r"clicked[^\n]{0,40}spam|pressed[^\n]{0,30}spam|flagged|hit[^\n]{0,20}spam)|(?:marked|flagged|reported|classified) (?:this |it |"
    r"your |the )?(?:e-?mail |message |mail )?as (?:spam|junk|unwanted|abuse)|"
    r"feedback[- ]?loop|스팸으로 ?(?:신고|등록|분류)|신고(?:하였|했|한|된|접수)|迷惑メール[^\n]{0,16}(?:報告|申告|通報)|举报|投诉|"
    r"email abuse|abuse[- ]desk|please (?:investigate|stop|remove)",
    re.IGNORECASE,
)
_PROVIDER_HEADERS = ("x-hmxmroriginalrecipient", "x-feedback-loop", "x-fbl", "x-cfl-report", "x-loop-feedback", "x-yahoo-newman-feedback")


@dataclass(frozen=True)
class Complaint:
    """`type` is a feedback type of RFC 5965; "abuse" where nothing was said."""

    type: str
    recipient: str = ""
    notice: Notice = field(default_factory=lambda: Notice(""))


def read(mail: Mail) -> Complaint | None:
    """The complaint that a message forwards; None where it is none."""
    notice = notice_text.of(mail)
    fields = _report_fields(mail)
    if not (fields or _is_declared(mail) or _looks_like_complaint(mail, notice)):
        return None
    return Complaint(_type(fields, mail), _recipient(fields, mail, notice), notice)


def _is_declared(mail: Mail) -> bool:
    value = mail.headers.first("content-type").lower()
    return "feedback-report" in value or bool(mail.of_type("message/feedback-report"))


def _report_fields(mail: Mail) -> dict[str, str]:
    """The fields of the report part, or of a text that holds them; empty without a feedback type."""
    candidates = mail.of_type("message/feedback-report") or [part for part in mail.parts if not part.is_returned]
    for part in candidates:
        found = {name.lower(): value.strip() for name, value in reversed(_FIELD.findall(part.words[:100_000]))}
        if "feedback-type" in found or (part.type == "message/feedback-report" and found):
            return found
    return {}


def _looks_like_complaint(mail: Mail, notice: Notice) -> bool:
    """Forwards without a report: a feedback sender or subject, with the message it is about or words that say so."""
    headers = mail.headers
    if any(name in headers or name in notice.headers for name in _PROVIDER_HEADERS[:1]):
        return True
    sender = bool(_FEEDBACK_SENDER.search(" ".join(headers.all("from", "sender", "return-path"))[:1000]))
    subject = bool(_SUBJECT.search(headers.first("subject")[:500]))
    phrase = bool(_PHRASE.search(notice.words[:6000]))
    returned = bool(notice.returned)
    return (sender and (subject or phrase or returned)) or (subject and (phrase or returned))


def _type(fields: dict[str, str], mail: Mail) -> str:
    said = re.match(r"[\w-]+", fields.get("feedback-type", "").lower())
    if said:
        return {
            "opt-out-list": "opt-out",
            "miscategorized": "abuse",
            "dmarc": "auth-failure",
            "spam": "abuse",
            "complaint": "abuse",
            "auth_failure": "auth-failure",
        }.get(said[0], said[0] if said[0] in TYPES else "other")
    if "auth-failure" in mail.headers.first("content-type").lower():
        return "auth-failure"
    return "abuse"


def _recipient(fields: dict[str, str], mail: Mail, notice: Notice) -> str:
    """Whom it is from: the report's field, the provider's header, the returned To; often redacted."""
    values = [fields.get("original-rcpt-to", ""), fields.get("removal-recipient", "")]
    values += [headers.first(name) for headers in (notice.headers, mail.headers) for name in ("x-hmxmroriginalrecipient",)]
    values += [notice.headers.first(name) for name in ("x-original-to", "delivered-to", "to")]
    named = (addresses_in_text.typed(value) or addresses_in_text.first(value) for value in values)
    return next((found for found in named if found and "redacted" not in found.lower()), "")
