"""One SMTP connection as a pure state machine: bytes in, bytes out, settled results. It opens no socket and knows no clock.

First the opening (smtp_greeting.py), then mail (smtp_exchange.py), until it has ended.
"""

from dataclasses import replace

from service.delivery.reasons import Reason
from service.delivery.replies import Outcome, Phase
from service.delivery.transports.protocol import Capabilities, Envelope, Result
from service.delivery.transports.smtp_exchange import Exchange
from service.delivery.transports.smtp_greeting import Manner, Opening
from service.delivery.transports.smtp_outbox import Outbox
from service.delivery.transports.smtp_reply import NonsenseError, Reply, ReplyReader


class Dialogue:
    """The driver feeds bytes and offers envelopes; it takes bytes to write, settled results and what must be queued again."""

    def __init__(self, manner: Manner, *, is_secured: bool = False) -> None:
        self._opening = Opening(replace(manner, starttls=False) if is_secured else manner)
        self._reader = ReplyReader()
        self._out = Outbox()
        self._exchange = Exchange(self._out)
        self._quits = False
        self.is_open = False  # greeted, secured, signed in and not ended: mail may be sent
        self.is_ended = False
        self.trouble: Result | None = None
        self.ending = ""

    # What the driver may ask

    @property
    def capabilities(self) -> Capabilities:
        return self._opening.capabilities

    @property
    def wants_envelope(self) -> bool:
        """An envelope offered now can be written now."""
        return self.is_open and not self._quits and self._exchange.wants_envelope

    @property
    def is_idle(self) -> bool:
        """Open, with nothing under way."""
        return self.is_open and not self._exchange.is_waiting and not self._out

    @property
    def wants_tls(self) -> bool:
        return self._opening.wants_tls and not self._out and not self.is_ended

    @property
    def waiting_for(self) -> Phase | None:
        """Whose reply is awaited (RFC 5321 section 4.5.3.2 gives each its patience); None when idle."""
        return self._exchange.waiting_for if self._opening.is_done else self._opening.phase

    @property
    def has_news(self) -> bool:
        """There is something for `take_settled` or `take_returned`."""
        return bool(self._exchange.settled or self._exchange.returned)

    def take_settled(self) -> list[tuple[Envelope, Result]]:
        """Messages with their results since the last call."""
        settled, self._exchange.settled = self._exchange.settled, []
        return settled

    def take_returned(self) -> list[tuple[Envelope, Result]]:
        """Messages that never left because the connection ended; the result says how far they came (`deferred`) or, where
        nothing was said about them at all, `unsent`."""
        returned, self._exchange.returned = self._exchange.returned, []
        return returned

    # What the driver tells

    def offer(self, envelope: Envelope) -> None:
        """Begin a transaction; only while `wants_envelope`. A message the relay could never take is settled at once."""
        self._exchange.offer(envelope)

    def receive(self, data: bytes) -> None:
        """Bytes from the server, split anywhere."""
        if self.is_ended:
            return
        try:
            for reply in self._reader.feed(data):
                if self.is_open:
                    self._exchange.reply(reply, is_quitting=self._quits)
                    if self._exchange.ending is not None:
                        self._end(*self._exchange.ending)
                else:
                    self._open(reply)
                if self.is_ended:
                    return
        except NonsenseError as nonsense:
            self._end(f"the mail server sent {nonsense}", Reason.PROTOCOL)
            return
        if self._opening.wants_tls and not self._reader.is_between_replies:
            self._end("the mail server went on talking in the clear after STARTTLS", Reason.PROTOCOL)

    def secured(self) -> None:
        """The TLS handshake that `wants_tls` asked for has succeeded."""
        self._out.say(self._opening.secured())

    def lost(self, text: str) -> None:
        """The connection is gone or was given up (end of stream, error, timeout)."""
        if not self.is_ended:
            self._end(text, Reason.NETWORK)

    def quit(self) -> None:
        """Say goodbye once idle; no envelope is wanted any more."""
        if self.is_idle and not self._quits:
            self._out.say(b"QUIT\r\n")
        self._quits = True

    # The way of bytes to the kernel

    @property
    def has_output(self) -> bool:
        return bool(self._out)

    def buffers(self) -> list[bytes | memoryview]:
        """What is to be written, in order; tell `wrote` how much of it the kernel took."""
        return self._out.buffers()

    def take_handovers(self) -> list[Envelope]:
        """Messages whose final dot is among `buffers`, each once: their evidence comes before the write."""
        return self._out.take_handovers()

    def wrote(self, octets: int) -> None:
        """The kernel took so many octets of `buffers`."""
        self._out.wrote(octets)

    # Private: replies

    def _open(self, reply: Reply) -> None:
        self._out.say(self._opening.reply(reply))
        self._exchange.capabilities = self._opening.capabilities
        self.is_open = self._opening.is_done
        if self._opening.trouble is not None:
            self.trouble = self._opening.trouble
            self._end(reply.text, self.trouble.reason)

    def _end(self, text: str, reason: Reason) -> None:
        """Nothing more is read or written. What was passed on is uncertain; what was not never left."""
        self.is_ended, self.is_open = True, False
        self.ending = text
        if not self._opening.is_done and self.trouble is None:
            self.trouble = Result(Outcome.UNSENT, reason, self._opening.phase, text=text)
        self._exchange.end(text, reason)
        self._out.clear()
