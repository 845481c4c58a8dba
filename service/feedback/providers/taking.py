"""From a provider's signed request to what is kept: the same intake as for mails, in the caller's transaction (D13 to D15)."""

import hashlib
from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from service.core import clock, jobs
from service.core.database import insert
from service.core.errors import NotFound
from service.core.settings import Settings, split
from service.core.signing import Signer
from service.feedback import intake
from service.feedback.intake import Arrival
from service.feedback.models import Returned, Source
from service.feedback.providers import mailgun, postmark, ses
from service.feedback.providers.event import Delivered, Event, Request
from service.feedback.providers.ses import Certificates, Confirmation

CONFIRM_JOB = "confirm_topic"  # argument returned_id: the row that holds the address to call

Taken = Sequence[Event | Delivered] | Confirmation
Reader = Callable[[Settings, Request, Certificates], Taken | None]


def _ses(settings: Settings, request: Request, certificates: Certificates) -> Taken | None:
    return ses.read(request, split(settings.ses_topics), certificates) if settings.ses_topics else None


def _mailgun(settings: Settings, request: Request, _: Certificates) -> Taken | None:
    return mailgun.read(request, settings.mailgun_signing_key) if settings.mailgun_signing_key else None


def _postmark(settings: Settings, request: Request, _: Certificates) -> Taken | None:
    return postmark.read(request, settings.postmark_secret) if settings.postmark_secret else None


READERS: dict[Source, Reader] = {Source.SES: _ses, Source.MAILGUN: _mailgun, Source.POSTMARK: _postmark}
"""One line for each provider; None where it is not set up."""


def read(settings: Settings, name: str, request: Request, certificates: Certificates) -> Taken:
    """Verify and read, before any transaction. Raises NotFound for a provider that is not set up, NotSigned, Unreadable."""
    reader = READERS.get(Source(name)) if name in list(Source) else None
    taken = reader(settings, request, certificates) if reader else None
    if taken is None:
        raise NotFound("no such provider is set up")
    return taken


def take(session: Session, signer: Signer, name: str, taken: Taken, body: bytes) -> int:
    """Keep it and do what follows; how much of it was new. A repeated request changes nothing."""
    if isinstance(taken, Confirmation):
        return _ask_to_confirm(session, taken)
    count = 0
    for one in taken:
        if isinstance(one, Delivered):
            intake.delivered(session, signer, one.addresses, one.message_ids)
        else:
            count += intake.receive(session, signer, _arrival(Source(name), one, body)) is not None
    return count


def _arrival(source: Source, one: Event, body: bytes) -> Arrival:
    return Arrival(one.key, source, one.classified, body, one.addresses, one.content, is_proven=True, nonce=one.nonce, at=one.at)


def _ask_to_confirm(session: Session, confirmation: Confirmation) -> int:
    """The answer is a call of ours, later and repeatable; the address is one that we made ourselves."""
    key = hashlib.sha256(confirmation.url.encode()).hexdigest()
    values = {"key": f"ses:confirm:{key}", "source": Source.SES, "at": clock.now(), "kind": "other", "reason": "subscription"}
    row = values | {"is_hard": False, "status": "", "action": "", "effect": "", "known_by": "", "recipient": "", "text": confirmation.topic}
    row["raw"] = confirmation.url.encode()
    row_id = session.scalar(insert(session, Returned).values(row).on_conflict_do_nothing().returning(Returned.id))
    if row_id is None:
        return 0
    jobs.ask(session, CONFIRM_JOB, key=f"{CONFIRM_JOB}:{key}", returned_id=row_id)
    return 1
