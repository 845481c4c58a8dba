"""The sender: works a lane off, batch by batch, over one transport; no transaction is open while SMTP is spoken.

It takes the database, not a session: claims and outcomes are transactions of its own. One sender per process and thread.
"""

import threading
import time

from service.core.database import Database
from service.core.settings import Settings
from service.core.signing import Signer
from service.delivery import instance
from service.delivery.batch_stream import BatchStream
from service.delivery.claims import Claims, Drained
from service.delivery.lease import Heartbeat
from service.delivery.letters import Letters
from service.delivery.transports.protocol import Transport


class Sender:
    """Works lanes off over one transport, which it keeps."""

    def __init__(self, database: Database, transport: Transport, signer: Signer, settings: Settings) -> None:
        self._database = database
        self._transport = transport
        self._settings = settings
        self._letters = Letters(settings, signer)
        self._stopped = threading.Event()
        self._deadline = 0.0

    def stop(self) -> None:
        """Finish the open transactions, record, release the rest, return. From a signal or another thread."""
        self._stopped.set()
        self._transport.stop()

    def drain(self, lane: str, *, seconds: float = 20.0) -> Drained:
        """Claim and send batches of the lane until there is none, time is up, or something is in the way."""
        self._deadline = time.monotonic() + seconds
        if not instance.may_send(self._database, self._settings):
            return Drained()
        with Heartbeat(self._database, self._settings) as heartbeat:
            claims = Claims(self._database, self._settings, self._letters, heartbeat, lane, self._must_stop)
            with BatchStream(claims) as stream:
                while not self._must_stop() and stream.run(self._transport):
                    pass
        claims.done.is_time_up = self._must_stop() and not self._stopped.is_set()
        return claims.done

    def _must_stop(self) -> bool:
        return self._stopped.is_set() or time.monotonic() >= self._deadline
