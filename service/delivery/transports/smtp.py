"""The SMTP transport: kept, pipelined connections to one relay. Delivery's only door to a mail server."""

import ssl
import threading
from collections.abc import Iterator

from service.delivery.transports.protocol import Envelope, OnHandover, OnResult, Result, Standing, Wait
from service.delivery.transports.relay import Relay
from service.delivery.transports.smtp_connection import Connection, Patience
from service.delivery.transports.smtp_dialer import Dialer
from service.delivery.transports.smtp_loop import Loop
from service.delivery.transports.window import Window

MOST_CONNECTIONS = 256


class SmtpTransport:
    """One per process and thread, made after fork. Connections needed = rate x round-trip time."""

    def __init__(
        self,
        relay: Relay,
        *,
        connections: int = 4,
        hello_name: str = "localhost",
        context: ssl.SSLContext | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._connections = min(max(connections, 1), MOST_CONNECTIONS)
        self._dialer = Dialer(relay, hello_name, context)
        self._patience = patience or Patience()
        self._stopped = threading.Event()
        self._kept: list[Connection] = []

    def send(
        self, envelopes: Iterator[Envelope | Wait], *, on_handover: OnHandover, on_result: OnResult, standing: Standing | None = None
    ) -> Result | None:
        """As in protocol.Transport."""
        trouble = self._dialer.resolve()
        if trouble is not None:
            return trouble
        loop = Loop(
            Window(envelopes, standing),
            self._still_good(),
            self._dialer,
            connections=self._connections,
            patience=self._patience,
            on_handover=on_handover,
            on_result=on_result,
            is_stopped=self._stopped.is_set,
        )
        try:
            return loop.run()
        finally:
            self._kept = loop.kept

    def stop(self) -> None:
        """Stays stopped: later calls of `send` return at once."""
        self._stopped.set()

    def close(self) -> None:
        """Say QUIT on the kept connections without waiting for the answer."""
        for connection in self._kept:
            connection.dialogue.quit()
            connection.flush(lambda number: None)
            connection.close()
        self._kept = []

    def _still_good(self) -> list[Connection]:
        good = []
        for connection in self._kept:
            if connection.is_still_good():
                good.append(connection)
            else:
                connection.close()
        self._kept = []
        return good
