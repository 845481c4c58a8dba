"""One mail to one person handed to the mail server: it goes first, asking no pace, and counts all the same in what the server takes (E9a).

No transaction is open while SMTP is spoken.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy.orm import Session

from service.core import clock
from service.core.settings import Settings
from service.delivery.pacing import pace
from service.delivery.reasons import Reason
from service.delivery.replies import Outcome, Phase
from service.delivery.transports.dots import stuffed
from service.delivery.transports.protocol import Capabilities, Envelope, Result, Transport

Transactions = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class SingleMail:
    """`number` is for the log of the connection; `message` is in its wire form, without dot-stuffing."""

    number: int
    envelope_sender: str
    recipient: str
    message: bytes


def hand_over(writing: Transactions, settings: Settings, transport: Transport, mail: SingleMail) -> Result:
    """What the server said. Counted before it leaves, so that a process that dies over it leaves the quota too small, never too large."""
    _count(writing, settings, 1)
    result = _spoken(transport, mail)
    if result.outcome is Outcome.UNSENT:
        _count(writing, settings, -1)
    return result


def _count(writing: Transactions, settings: Settings, count: int) -> None:
    if pace.counts_single(settings):
        with writing() as session:
            pace.count_single(session, settings, count, clock.now())


def _spoken(transport: Transport, mail: SingleMail) -> Result:
    results: list[Result] = []

    def content(capabilities: Capabilities) -> bytes:
        return mail.message if capabilities.chunking else stuffed(mail.message)

    envelope = Envelope(mail.number, mail.envelope_sender, mail.recipient, content)
    trouble = transport.send(iter([envelope]), on_handover=lambda _number: None, on_result=lambda _number, result: results.append(result))
    return results[0] if results else trouble or Result(Outcome.UNSENT, Reason.NONE, Phase.CONNECT)
