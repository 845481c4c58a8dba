"""One socket and its dialogue: connecting, the TLS handshake, reading and writing without ever blocking."""

import selectors
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass

from service.delivery.reasons import Reason
from service.delivery.replies import Outcome, Phase
from service.delivery.transports.protocol import Envelope, Result
from service.delivery.transports.relay import Relay, Security
from service.delivery.transports.smtp_dialogue import Dialogue
from service.delivery.transports.smtp_greeting import Manner

READ_OCTETS = 65536
MOST_BUFFERS = 64


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait at each point (RFC 5321 section 4.5.3.2; `connect` and `handshake` are our own)."""

    connect: float = 30
    handshake: float = 60
    greeting: float = 300
    hello: float = 300
    starttls: float = 120
    auth: float = 120
    mail: float = 300
    rcpt: float = 300
    data: float = 120
    body: float = 180
    final: float = 600


class Connection:
    """Driven by the loop: `ready` on events, `flush` after an offer, `interest` says what to wait for."""

    def __init__(self, relay: Relay, address: tuple[socket.AddressFamily, tuple[str, int]], manner: Manner, context: ssl.SSLContext, patience: Patience) -> None:
        self.dialogue = Dialogue(manner, is_secured=relay.security is Security.TLS)
        self.has_settled = False
        self.registered = 0
        self._relay = relay
        self._context = context
        self._patience = patience
        self._is_connecting = True
        self._handshaking: ssl.SSLSocket | None = None
        self._secure: ssl.SSLSocket | None = None
        self._handshake_interest = selectors.EVENT_READ
        self._phase: Phase | None = Phase.CONNECT
        self._deadline = time.monotonic() + patience.connect
        self._socket = socket.socket(address[0], socket.SOCK_STREAM)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        error = self._socket.connect_ex(address[1])
        if error not in (0, 115, 36, 10035):
            self._fail(Phase.CONNECT, OSError(error, _strerror(error)))

    @property
    def socket(self) -> socket.socket:
        return self._socket

    @property
    def interest(self) -> int:
        """selectors events to wait for."""
        if self._is_connecting:
            return selectors.EVENT_WRITE
        if self._handshaking is not None:
            return self._handshake_interest
        return selectors.EVENT_READ | (selectors.EVENT_WRITE if self.dialogue.buffers() else 0)

    def ready(self, events: int) -> None:
        """Go on as far as possible without waiting; the loop flushes afterwards."""
        if self._is_connecting:
            self._connected()
        elif self._handshaking is not None:
            self._handshake()
        elif events & selectors.EVENT_READ:
            self._read()
        if self.dialogue.wants_tls and self._handshaking is None and self._secure is None:
            self._begin_tls()

    def flush(self, on_handover: Callable[[Envelope], None]) -> None:
        """Write what there is. `on_handover` is called before each write that carries a final dot; what it raises passes."""
        dialogue = self.dialogue
        noted: set[int] = set()
        while not self._is_connecting and self._handshaking is None and not dialogue.is_ended:
            buffers = dialogue.buffers()[:MOST_BUFFERS]
            if not buffers:
                break
            for envelope in dialogue.handovers():
                if id(envelope) not in noted and id(envelope) not in self._noted:
                    on_handover(envelope)
                    noted.add(id(envelope))
            if not self._write(buffers):
                break
        self._patient()

    def patience_over(self, now: float) -> bool:
        """Give the connection up when it has been silent too long; True if it was."""
        if self._deadline > now or self._phase is None or self.dialogue.is_ended:
            return False
        self.lost(f"no answer from {self._relay} within {round(getattr(self._patience, self._phase.value))} seconds ({self._phase.value})")
        return True

    def lost(self, text: str) -> None:
        """End it from our side."""
        if not self.dialogue.is_open and self.dialogue.trouble is None:
            phase = self._phase if self._is_connecting else self.dialogue.waiting_for
            self.dialogue.trouble = Result(Outcome.UNSENT, Reason.NETWORK, phase or Phase.CONNECT, text=text)
        self.dialogue.lost(text)

    def close(self) -> None:
        self._socket.close()
