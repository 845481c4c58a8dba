"""The way out as its users see it: `Transport` and the values that pass through it. It knows no ledger and no database.

What is made for each message is a NamedTuple: a frozen dataclass takes four times as long to make.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from service.delivery.reasons import Reason
from service.delivery.replies import Outcome, Phase


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the relay offers on the connection a message is about to take. `size` in octets, None where no limit is said."""

    eight_bit: bool = False
    smtputf8: bool = False
    pipelining: bool = False
    chunking: bool = False
    size: int | None = None


EVERYTHING = Capabilities(eight_bit=True, smtputf8=True, pipelining=True, chunking=True)
"""What a transport without a server (files) can do."""

Content = Callable[[Capabilities], bytes]


class Envelope(NamedTuple):
    """One message to one recipient.

    `number` is the caller's own, unique among what is in flight. `content` makes the message when its turn has come and
    may choose the encoding by the capabilities; it returns CRLF lines ending in CRLF, without the final dot: dot-stuffed for
    DATA, as they are where `chunking` is offered (BDAT counts octets, RFC 3030). An empty `mail_from` is the null sender.
    """

    number: int
    mail_from: str
    rcpt_to: str
    content: Content


@dataclass(frozen=True, slots=True)
class Wait:
    """Stands in the stream of envelopes where the pace asks for a rest: nothing is taken for so many seconds."""

    seconds: float


class Result(NamedTuple):
    """What became of one message, or why the relay could not be used. `text` is the server's, made harmless, at most 1,000 characters."""

    outcome: Outcome
    reason: Reason
    phase: Phase
    code: int | None = None
    enhanced: str | None = None
    text: str = ""


class HandoverRefused(Exception):
    """Raised by `on_handover` when the evidence could not be written or the lease is lost: the message must not leave."""


OnHandover = Callable[[int], None]
OnResult = Callable[[int, Result], None]
Standing = Callable[[Collection[int]], Collection[int]]


class Transport(Protocol):
    """The seam between the ledger and the world."""

    def send(
        self,
        envelopes: Iterator[Envelope | Wait],
        *,
        on_handover: OnHandover,
        on_result: OnResult,
        standing: Standing | None = None,
    ) -> Result | None:
        """Send what the iterator yields; return None when it is exhausted and all is settled, else why it stopped early.

        Every envelope taken from the iterator gets exactly one `on_result`, except those `standing` named. After trouble
        with the relay, `stop()` or a refused hand-over the iterator is not asked again: what was taken and never left is
        reported `unsent`, what was not taken stays the caller's.

        `standing(numbers)` returns those to skip; it is called at most one second before their MAIL is written (A6).
        `on_handover(number)` is called before the bytes with that message's final dot are passed to the kernel; when it
        raises HandoverRefused or OSError, nothing more is handed over, open transactions are finished, and it is raised
        again; so is any error of the iterator, of `content` and of `standing`. All callbacks run in the caller's thread.
        """
        ...

    def stop(self) -> None:
        """Finish the transactions that are open, begin no other, let `send` return. From a signal or another thread."""
        ...

    def close(self) -> None:
        """Say goodbye on the connections kept from earlier calls."""
        ...
