"""A text mailed to the editor who asked, marked [TEST]: the letter as readers see it, but with no ledger row, and nothing in it counts."""

from dataclasses import dataclass
from datetime import datetime

from jinja2 import Environment
from sqlalchemy.orm import Session

from service.accounts.models import User
from service.core import clock, logs
from service.core.errors import Conflict
from service.core.settings import Settings
from service.core.signing import Signer
from service.delivery.replies import Outcome
from service.delivery.telling import single_mail
from service.delivery.telling.single_mail import SingleMail, Transactions
from service.delivery.transports.protocol import Transport
from service.issues import queries as issues
from service.newsletters.models import Newsletter
from service.rendering import editions, message, preview

log = logs.get(__name__)

JOB = "send_test_mail"  # arguments revision_id, user_id
MARK = "[TEST]"


class NotTaken(Conflict):
    """The mail server did not take the test; the job is due again later."""


@dataclass(frozen=True)
class TestMail:
    """Everything the test needs; no session in it."""

    __test__ = False  # not a test of the test suite

    source: editions.Source
    recipient: str
    sender_name: str
    sender_email: str
    reply_to: str
    envelope_sender: str
    asked_at: datetime


def prepare(session: Session, revision_id: int, user_id: int, *, base_url: str, edge_url: str) -> TestMail | None:
    """Gather text and sender; None where the text or the person is gone."""
    issue_id, user = issues.issue_of_revision(session, revision_id), session.get(User, user_id)
    if issue_id is None or user is None or user.is_disabled:
        return None
    source = editions.gather(session, issue_id, revision_id, base_url=base_url, edge_url=edge_url)
    newsletter = session.get_one(Newsletter, issues.issue(session, issue_id).newsletter_id)
    sender = newsletter.sender_email or "pressrun@localhost"
    return TestMail(
        source=source,
        recipient=user.email,
        sender_name=newsletter.sender_name or newsletter.name,
        sender_email=sender,
        reply_to=newsletter.reply_to,
        envelope_sender=f"notices@{newsletter.bounce_domain or sender.rpartition('@')[2]}",  # a bounce of it is nobody's (A17)
        asked_at=clock.now(),
    )


def compose(mail: TestMail, environment: Environment, signer: Signer) -> bytes:
    """The whole mail. Heavy: it renders."""
    seen = preview.preview(mail.source.render(environment))
    content = f"{mail.source.revision_id}:{mail.recipient}:{mail.asked_at.isoformat()}".encode()
    return message.build_notice(
        message.Notice(
            sender_name=mail.sender_name,
            sender_email=mail.sender_email,
            recipient=mail.recipient,
            subject=f"{MARK} {seen.subject}",
            html=seen.html,
            text=seen.text,
            message_id=f"<t{signer.mac('test', content, size=12).hex()}@{mail.sender_email.rpartition('@')[2]}>",
            sent_at=mail.asked_at,
            reply_to=mail.reply_to,
        )
    )


def hand_over(writing: Transactions, settings: Settings, transport: Transport, mail: TestMail, content: bytes) -> None:
    """Give it to the mail server. Raises NotTaken, to be tried again, unless the server refused it for good."""
    result = single_mail.hand_over(writing, settings, transport, SingleMail(0, mail.envelope_sender, mail.recipient, content))
    if result.outcome is Outcome.REFUSED:
        log.warning("a test mail was refused", revision=mail.source.revision_id, reason=result.reason.value, answer=result.text)
    elif result.outcome is not Outcome.ACCEPTED:
        answer = f"{result.code or ''} {result.text}".strip()
        raise NotTaken("The mail server did not take the test mail: {answer}", answer=answer or "no answer")
