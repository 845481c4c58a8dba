"""From a compiled issue and a recipient to an envelope: the letter is prepared once per process, each reader's copy is a join of bytes."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from service.core.errors import Invalid
from service.core.settings import Settings
from service.core.signing import Signer
from service.delivery.ledger.audience import Recipient
from service.delivery.transports.protocol import Capabilities, Envelope
from service.issues.models import Issue
from service.newsletters.models import Newsletter
from service.rendering import fields, message, personalise
from service.rendering.headers import DATE, MESSAGE_ID, RECIPIENT, Headers
from service.rendering.models import CompiledIssue
from service.rendering.segments import Encoding, Plans
from service.subscribers import tokens as acting_tokens
from service.tracking import tokens as measuring_tokens
from service.tracking.tokens import Tokens

KEPT = 8
"""Letters a process keeps; their plans take some hundred kilobytes each."""

_TRACKED = frozenset({fields.TRACKED})
_UNTRACKED: frozenset[str] = frozenset()
_FILLED = frozenset({fields.MEASURING, fields.ACTING, fields.LEAVING, fields.NAME, RECIPIENT, MESSAGE_ID, DATE})


class Letter:
    """One compiled issue, ready to be filled for anyone."""

    def __init__(self, issue_id: int, language: str, newsletter: Newsletter, signer: Signer, plans: Plans) -> None:
        self._issue_id = issue_id
        self._language = language
        self._sender_domain = newsletter.sender_domain
        self._bounce_domain = bounce_domain(newsletter)
        self._tokens = Tokens(signer, issue_id)
        self._acting = acting_tokens.acting_of(signer, issue_id)
        self._plans = plans
        self._leaving = self._leaving_of(signer) if fields.LEAVING in plans.plan(Encoding.EIGHT_BIT, _TRACKED).fields else None

    def envelope(self, number: int, recipient: Recipient, now: datetime) -> Envelope:
        """The envelope of this reader's copy; its content is made when its turn on a connection has come.

        Sender and Message-ID are the same on every try (A26, A27).
        """
        token = self._tokens.verp(recipient.subscriber_id).decode()

        def content(capabilities: Capabilities) -> bytes:
            return self._filled(recipient, token, now, capabilities)

        return Envelope(number, f"b+{token}@{self._bounce_domain}", recipient.email, content)

    def _filled(self, recipient: Recipient, token: str, now: datetime, capabilities: Capabilities) -> bytes:
        encoding = Encoding.EIGHT_BIT if capabilities.eight_bit else Encoding.SMALLEST
        flags = _TRACKED if recipient.is_tracked else _UNTRACKED
        plan = self._plans.plan(encoding, flags, is_stuffed=not capabilities.chunking)
        values: dict[str, str | bytes] = {
            fields.MEASURING: self._tokens.measuring(recipient.subscriber_id),
            fields.ACTING: self._acting(recipient.subscriber_id),
            fields.NAME: recipient.name or fields.neutral_name(self._language),
            RECIPIENT: recipient.email,
            MESSAGE_ID: measuring_tokens.message_id_of(token, self._issue_id, self._sender_domain).encode(),
            DATE: _date(now),
        }
        if self._leaving is not None:
            values[fields.LEAVING] = self._leaving(recipient.subscriber_id)
        return personalise.fill(plan, values)

    def _leaving_of(self, signer: Signer) -> Callable[[int], str]:
        return lambda subscriber_id: acting_tokens.leaving(signer, self._issue_id, subscriber_id)


class Letters:
    """The letters this process has prepared, by compiled version, which never changes once written, and sender."""

    def __init__(self, settings: Settings, signer: Signer) -> None:
        self._base_url = settings.base_url
        self._takes_mail = settings.takes_mail
        self._signer = signer
        self._kept: OrderedDict[tuple[int, str], Letter] = OrderedDict()

    def at_hand(self, session: Session, compiled_id: int) -> Letter | None:
        """The letter of a compiled version with today's sender, if this process has prepared it; one small query.

        The newsletter is looked at for every batch, so that a sender address that was mended holds from the next batch on.
        """
        key = _key(compiled_id, _newsletter(session, compiled_id))
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def letter(self, session: Session, compiled_id: int) -> Letter:
        """The same, prepared where it is not at hand: some tens of milliseconds. Raises Invalid where it cannot be filled."""
        newsletter = _newsletter(session, compiled_id)
        key = _key(compiled_id, newsletter)
        if key not in self._kept:
            self._kept[key] = self._prepare(session, compiled_id, newsletter)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return self._kept[key]

    def _prepare(self, session: Session, compiled_id: int, newsletter: Newsletter) -> Letter:
        compiled = session.get_one(CompiledIssue, compiled_id)
        plans = Plans(headers_of(compiled, newsletter, self._base_url, takes_mail=self._takes_mail), compiled.html, compiled.text)
        _reject_unknown(plans.plan(Encoding.EIGHT_BIT, _TRACKED).fields)
        return Letter(compiled.issue_id, compiled.language, newsletter, self._signer, plans)


def _newsletter(session: Session, compiled_id: int) -> Newsletter:
    return session.scalars(_NEWSLETTER, {"compiled": compiled_id}).one()


def _key(compiled_id: int, newsletter: Newsletter) -> tuple[int, str]:
    return compiled_id, repr([getattr(newsletter, name) for name in _IN_HEADERS])


_NEWSLETTER = (
    select(Newsletter)
    .join(Issue, Issue.newsletter_id == Newsletter.id)
    .join(CompiledIssue, CompiledIssue.issue_id == Issue.id)
    .where(CompiledIssue.id == bindparam("compiled"))
)
_IN_HEADERS = ("name", "slug", "sender_name", "sender_email", "reply_to", "bounce_domain")


@lru_cache(maxsize=4)
def _date(now: datetime) -> bytes:
    """The same for all of a batch."""
    return message.date(now).encode()


def _reject_unknown(names: Iterable[str]) -> None:
    unknown = sorted(set(names) - _FILLED)
    if unknown:
        raise Invalid("The letter has fields that nobody fills: {names}.", remedy="Compile the issue again.", names=", ".join(unknown))


def bounce_domain(newsletter: Newsletter) -> str:
    """Where bounces come back to (A27)."""
    return newsletter.bounce_domain or newsletter.sender_domain


def headers_of(compiled: CompiledIssue, newsletter: Newsletter, base_url: str, *, takes_mail: bool = False) -> Headers:
    """The headers of an issue (A5, A28, A29). `takes_mail`: mail to the bounce domain reaches us."""
    acting = fields.token(fields.ACTING)
    return Headers(
        sender_name=newsletter.sender_name,
        sender_email=newsletter.sender_email,
        subject=compiled.subject,
        list_name=newsletter.name,
        list_domain=f"{newsletter.slug}.{newsletter.sender_domain}",
        unsubscribe_url=f"{base_url}{acting_tokens.UNSUBSCRIBE_PATH}{acting}",
        unsubscribe_mailto=_leaving_address(newsletter, acting, takes_mail=takes_mail),
        feedback_id=f"issue{compiled.issue_id}:{compiled.language}:news:pressrun{newsletter.id}",
        reply_to=newsletter.reply_to,
    )


def _leaving_address(newsletter: Newsletter, acting: str, *, takes_mail: bool) -> str:
    """An address of this reader's own where we read it; else the mailbox that people read, lest a wish be swallowed."""
    if takes_mail:
        return f"mailto:u+{fields.token(fields.LEAVING)}@{bounce_domain(newsletter)}?subject=unsubscribe"
    return f"mailto:{newsletter.reply_to or newsletter.sender_email}?subject=unsubscribe%20{acting}"
