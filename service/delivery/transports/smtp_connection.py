"""One socket and its dialogue: connecting, the TLS handshake, reading and writing without ever blocking."""

import errno
import os
import selectors
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Self

from service.delivery.reasons import Reason
from service.delivery.replies import Outcome, Phase
from service.delivery.transports.protocol import Result
from service.delivery.transports.relay import Relay, Security
from service.delivery.transports.smtp_dialogue import Dialogue
from service.delivery.transports.smtp_greeting import Manner

READ_OCTETS = 65536
IN_PROGRESS = (0, errno.EINPROGRESS, errno.EWOULDBLOCK)
Address = tuple[socket.AddressFamily, tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]]


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait for the answer at each point (RFC 5321 section 4.5.3.2; `connect` is our own)."""

    connect: float = 30
    greeting: float = 300
    hello: float = 300
    starttls: float = 120
    auth: float = 120
    mail: float = 300
    rcpt: float = 300
    data: float = 120
    body: float = 180
    final: float = 600

    @classmethod
    def at_most(cls, seconds: float) -> Self:
        """The final reply waits for so long, and no earlier one longer."""
        usual = cls()
        return cls(**{field.name: min(getattr(usual, field.name), seconds) for field in fields(cls)} | {"final": seconds})

    def seconds(self, phase: Phase) -> float:
        return float(getattr(self, phase.value))


class Connection:
    """Driven by the loop: `ready` on events, `flush` when there may be something to write, `interest` says what to wait for."""

    def __init__(self, relay: Relay, address: Address, manner: Manner, context: ssl.SSLContext | None) -> None:
        self.dialogue = Dialogue(manner, is_secured=relay.security is Security.TLS)
        self.has_settled = False
        self.deadline = 0.0
        self._relay = relay
        self._context = context
        self._is_connecting = True
        self._tls: ssl.SSLSocket | None = None
        self._handshake_interest = 0
        self.socket = socket.socket(address[0], socket.SOCK_STREAM)
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        error = self.socket.connect_ex(address[1])
        if error not in IN_PROGRESS:
            self.lost(_said(error))

    @property
    def phase(self) -> Phase | None:
        """What is waited for; None when idle."""
        if self._is_connecting:
            return Phase.CONNECT
        return Phase.STARTTLS if self._handshake_interest else self.dialogue.waiting_for

    @property
    def interest(self) -> int:
        """selectors events to wait for."""
        if self._is_connecting:
            return selectors.EVENT_WRITE
        if self._handshake_interest:
            return self._handshake_interest
        return selectors.EVENT_READ | (selectors.EVENT_WRITE if self.dialogue.has_output else 0)

    def ready(self, events: int) -> None:
        """Go on as far as possible without waiting; the loop flushes afterwards."""
        if self._is_connecting:
            self._connected()
        elif self._handshake_interest:
            self._handshake()
        elif events & selectors.EVENT_READ:
            self._read()
        if self.dialogue.wants_tls and self._tls is None:
            self._begin_tls()

    def flush(self, on_handover: Callable[[int], None]) -> None:
        """Write what there is. `on_handover` is called before the write that carries a final dot; when it raises, nothing
        of that write leaves and the connection is lost."""
        dialogue = self.dialogue
        if self._is_connecting or self._handshake_interest:
            return
        while dialogue.has_output:
            try:
                for envelope in dialogue.take_handovers():
                    on_handover(envelope.number)
            except BaseException:
                dialogue.lost("the hand-over could not be noted")
                raise
            try:
                written = self._write(dialogue.buffers())
            except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
                return
            except OSError as error:
                self.lost(_said(error))
                return
            dialogue.wrote(written)

    def lost(self, text: str) -> None:
        """The connection is gone, or is given up."""
        text = f"{self._relay}: {text}"
        if self._is_connecting:
            self.dialogue.trouble = Result(Outcome.UNSENT, Reason.NETWORK, Phase.CONNECT, text=text)
        self.dialogue.lost(text)

    def is_still_good(self) -> bool:
        """Whether a kept connection is idle and the server has not closed it or said something unasked meanwhile."""
        self.ready(selectors.EVENT_READ)
        return self.dialogue.is_idle

    def close(self) -> None:
        self.socket.close()

    def _connected(self) -> None:
        error = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            self.lost(_said(error))
            return
        self._is_connecting = False
        if self._relay.security is Security.TLS:
            self._begin_tls()

    def _begin_tls(self) -> None:
        context = self._context or ssl.create_default_context()
        try:
            self._tls = context.wrap_socket(self.socket, server_hostname=self._relay.host, do_handshake_on_connect=False)
        except OSError as error:
            self.lost(_said(error))
            return
        self.socket = self._tls
        self._handshake_interest = selectors.EVENT_WRITE
        self._handshake()

    def _handshake(self) -> None:
        assert self._tls is not None
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            self._handshake_interest = selectors.EVENT_READ
            return
        except ssl.SSLWantWriteError:
            self._handshake_interest = selectors.EVENT_WRITE
            return
        except OSError as error:
            text = f"{self._relay}: TLS could not be agreed: {_said(error)}"
            self.dialogue.trouble = Result(Outcome.UNSENT, Reason.RELAY, Phase.STARTTLS, text=text)
            self.dialogue.lost(text)
            return
        self._handshake_interest = 0
        if self._relay.security is Security.STARTTLS:
            self.dialogue.secured()

    def _read(self) -> None:
        while not self.dialogue.is_ended:
            try:
                data = self.socket.recv(READ_OCTETS)
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return
            except OSError as error:
                self.lost(_said(error))
                return
            if not data:
                self.lost("the mail server closed the connection")
                return
            self.dialogue.receive(data)
            if self._tls is None or not self._tls.pending():
                return

    def _write(self, buffers: list[bytes | memoryview]) -> int:
        if self._tls is not None:
            return self._tls.send(b"".join(buffers))
        return self.socket.sendmsg(buffers)


def _said(error: OSError | int) -> str:
    if isinstance(error, int):
        return os.strerror(error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate is not trusted: {error.verify_message}"
    return error.strerror or str(error)
