"""Single mails to one person: written down once per key, mailed by a job, tried again until the mail server has answered.

At most one mail per key as far as SMTP permits: `sent` is recorded after the server's reply, so a worker that dies in between,
or a reply that is lost, may repeat a notice, with the same Message-ID. A repeated confirmation is harmless; a lost one is not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from jinja2 import Environment
from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from service.core import clock, drift, jobs, logs
from service.core.database import insert
from service.core.errors import Conflict
from service.core.settings import Settings
from service.core.signing import Signer
from service.delivery.models import Notice, NoticeState
from service.delivery.replies import Outcome
from service.delivery.telling import notice_mail, single_mail
from service.delivery.telling.single_mail import SingleMail, Transactions
from service.delivery.transports.protocol import Result, Transport

JOB = "send_notice"  # argument notice_id
KEEP_DAYS = 30  # address and values of a settled notice
CLAIM_SECONDS = 700.0  # longer than the longest wait for a server's final reply (600 s)

log = logs.get(__name__)


class Kind(StrEnum):
    """Each has its templates `templates/email/notices/<kind>.mjml` and `.txt`."""

    CONFIRM_SUBSCRIPTION = "confirm_subscription"
    WELCOME = "welcome"
    CONSENT_NOTICE = "consent_notice"
    UNSUBSCRIBED = "unsubscribed"
    SLOT_WARNING = "slot_warning"
    NOT_READY = "not_ready"
    NEEDS_DECISION = "needs_decision"
    ISSUE_PAUSED = "issue_paused"
    UNCERTAIN = "uncertain"
    IMPORT_FINISHED = "import_finished"
    NOTICES_OVERDUE = "notices_overdue"
    SENT_LATE = "sent_late"
    HOUR_MOVED = "hour_moved"
    DATABASE_DOUBTED = "database_doubted"
    FIGURES_ALARM = "figures_alarm"
    ISSUE_REPORT = "issue_report"


_GIVE_UP_AFTER: dict[str, timedelta] = {
    Kind.CONFIRM_SUBSCRIPTION: timedelta(hours=72),  # then its link is worth nothing
    Kind.WELCOME: timedelta(days=14),  # B7
    Kind.CONSENT_NOTICE: timedelta(days=14),
    Kind.UNSUBSCRIBED: timedelta(days=14),
}
_GIVE_UP_DEFAULT = timedelta(days=1)  # what concerns a slot is soon old


class TryLater(Conflict):
    """The mail server did not take it, or another worker holds it; the job is due again later."""


@dataclass(frozen=True)
class Office:
    """What mailing needs besides the database: handed in by the shell."""

    transport: Transport
    signer: Signer
    environment: Environment
    settings: Settings


def enqueue(
    session: Session, kind: str, *, key: str, email: str, language: str, values: Mapping[str, Any], newsletter_id: int | None = None
) -> bool:
    """Write a notice down in the caller's transaction and ask for its mailing; a second one with the same key changes nothing.

    `values` are JSON: for a reader's notice ids and codes, for one to the desk title, slot_text, reason, url. Returns whether it is new.
    """
    row = {
        "kind": Kind(kind).value,
        "key": key,
        "email": email,
        "language": language,
        "values": dict(values),
        "newsletter_id": newsletter_id,
        "state": NoticeState.QUEUED,
        "created_at": clock.now(),
    }
    statement = insert(session, Notice).values(row).on_conflict_do_nothing(index_elements=["key"]).returning(Notice.id)
    notice_id = session.scalar(statement)
    if notice_id is None:
        return False
    jobs.ask(session, JOB, key=f"notice:{notice_id}", notice_id=notice_id)
    return True


def send(reading: Transactions, writing: Transactions, office: Office, notice_id: int) -> None:
    """Mail a notice that is still queued. No transaction is open while SMTP is spoken. Raises TryLater."""
    if not _claim(writing, notice_id):
        return
    try:
        with reading() as session:
            mail = notice_mail.prepare(session, session.get_one(Notice, notice_id), office.signer, office.settings.base_url)
        if mail is None:
            _settle(writing, notice_id, state=NoticeState.FAILED, last_error="The address must not be mailed any more.")
            return
        message = notice_mail.compose(mail, office.environment)
        single = SingleMail(mail.notice_id, mail.envelope_sender, mail.recipient, message)
        result = single_mail.hand_over(writing, office.settings, office.transport, single)
    except BaseException:
        _settle(writing, notice_id)  # whatever it was: free for the next try
        raise
    _record(writing, notice_id, mail, result)


def forget_old(session: Session, now: datetime) -> None:
    """Take address and values out of what was settled long ago; that it was sent, and when, stays on record (B7, B11)."""
    session.execute(
        update(Notice)
        .where(Notice.state != NoticeState.QUEUED, Notice.email != "", Notice.created_at < now - timedelta(days=KEEP_DAYS))
        .values(email="", values={}, last_error=None)
        .execution_options(synchronize_session=False)
    )


def _claim(writing: Transactions, notice_id: int) -> bool:
    """Hold a queued notice; False where it is settled already. Raises TryLater where another worker holds it."""
    with writing() as session:
        notice = session.get(Notice, notice_id)
        if notice is None or notice.state is not NoticeState.QUEUED:
            return False
        free = or_(Notice.claimed_until.is_(None), Notice.claimed_until < drift.shared(session))
        claimed = session.scalar(
            update(Notice)
            .where(Notice.id == notice_id, Notice.state == NoticeState.QUEUED, free)
            .values(claimed_until=drift.shared(session, timedelta(seconds=CLAIM_SECONDS)))
            .returning(Notice.id)
            .execution_options(synchronize_session=False)
        )
    if claimed is None:
        raise TryLater("Another worker is mailing this notice.")
    return True


def _record(writing: Transactions, notice_id: int, mail: notice_mail.Mail, result: Result) -> None:
    if result.outcome is Outcome.ACCEPTED:
        _settle(writing, notice_id, state=NoticeState.SENT, sent_at=clock.now(), last_error=None)
        return
    answer = logs.mask_text(f"{result.code or ''} {result.enhanced or ''} {result.text}".strip()) or result.reason.value or "no answer"
    is_final = result.outcome is Outcome.REFUSED or clock.now() - mail.created_at > _GIVE_UP_AFTER.get(mail.kind, _GIVE_UP_DEFAULT)
    if is_final:
        _settle(writing, notice_id, state=NoticeState.FAILED, last_error=answer)
        log.warning("a notice could not be mailed", notice=notice_id, kind=mail.kind, reason=result.reason.value)
        return
    _settle(writing, notice_id, last_error=answer)
    raise TryLater("The mail server did not take the notice: {answer}", answer=answer)


def _settle(writing: Transactions, notice_id: int, **values: NoticeState | str | datetime | None) -> None:
    with writing() as session:
        session.execute(
            update(Notice)
            .where(Notice.id == notice_id, Notice.state == NoticeState.QUEUED)
            .values(claimed_until=None, **values)
            .execution_options(synchronize_session=False)
        )
