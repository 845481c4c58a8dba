"""What a message that came back is: bounce, complaint, unsubscribe, auto-reply or none, and why. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from service.feedback import addresses_in_text, autoreplies, bounces, complaints, mail, notice_text, policy, unsubscribes
from service.feedback.bounces import Bounce
from service.feedback.complaints import Complaint
from service.feedback.mail import Mail
from service.feedback.policy import Action

RETURNED = 32_000  # characters


class Kind(StrEnum):
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"
    AUTO_REPLY = "auto_reply"
    OTHER = "other"


@dataclass(frozen=True)
class Classified:
    """`status` is an RFC 3463 code or "". `message_ids` are those of what was returned, for correlation (D10)."""

    kind: Kind
    reason: str = ""
    is_hard: bool = False
    status: str = ""
    recipient: str = ""
    action: Action = Action.IGNORE
    text: str = ""  # the words that decided, as they came: untrusted
    message_ids: tuple[str, ...] = ()
    token: str = ""  # acting token of a mailto unsubscribe
    returned: str = ""  # the beginning of what was returned, for correlation


def classify(raw: bytes) -> Classified:
    """Classify one message, however broken. Complaints first, then reports, then what only reads like one."""
    message = mail.read(raw)
    if unsubscribes.is_subject_of_mailto(message) and not bounces.is_from_mail_system(message):
        return _unsubscribe(message)
    complaint = complaints.read(message)
    if complaint is not None:
        return _complaint(complaint)
    if not (autoreplies.declares_itself(message) and not _reports(message)):
        bounce = bounces.read(message)
        if bounce is not None:
            return _bounce(bounce)
    return _from_a_person(message)


def _reports(message: Mail) -> bool:
    """Whether it is a mail system's report in spite of a header that calls it automatic, as all of them are."""
    is_report = "x-failed-recipients" in message.headers or bool(
        message.of_type("message/delivery-status", "message/global-delivery-status")
    )
    return is_report or bounces.is_from_mail_system(message)


def _from_a_person(message: Mail) -> Classified:
    sender = addresses_in_text.first(message.headers.first("from"))
    if autoreplies.declares_itself(message) or autoreplies.is_generated(message):
        return Classified(Kind.AUTO_REPLY, "auto_reply", recipient=sender)
    if unsubscribes.asks_to_leave(message):
        return _unsubscribe(message)
    if autoreplies.reads_like_one(message):
        return Classified(Kind.AUTO_REPLY, "auto_reply", recipient=sender)
    return Classified(Kind.OTHER, "other", recipient=sender)


def _unsubscribe(message: Mail) -> Classified:
    sender = addresses_in_text.first(message.headers.first("from"))
    references = f"{message.headers.first('in-reply-to')} {message.headers.first('references')}"
    return Classified(
        Kind.UNSUBSCRIBE,
        "unsubscribe",
        recipient=sender,
        action=Action.UNSUBSCRIBE,
        message_ids=notice_text.ids_in(references),
        token=unsubscribes.token(message),
    )


def _complaint(complaint: Complaint) -> Classified:
    return Classified(
        Kind.COMPLAINT,
        complaint.type,
        recipient=complaint.recipient,
        action=policy.of_complaint(complaint.type),
        text=complaint.notice.words.strip()[:1000],
        message_ids=complaint.notice.message_ids,
        returned=complaint.notice.returned[:RETURNED],
    )


def _bounce(bounce: Bounce) -> Classified:
    failure = bounce.worst
    if failure is None:
        return Classified(Kind.OTHER, bounce.action, False, bounce.status, bounce.recipient, message_ids=bounce.notice.message_ids)
    because = failure.because
    return Classified(
        Kind.BOUNCE,
        because.reason.value,
        because.is_hard,
        because.status,
        failure.recipient,
        policy.of_bounce(because),
        (failure.diagnostic or bounce.notice.words).strip()[:1000],
        bounce.notice.message_ids,
        returned=bounce.notice.returned[:RETURNED],
    )
