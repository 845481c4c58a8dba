"""The sender: works a lane off, batch by batch, over one transport; no transaction is open while SMTP is spoken.

It takes the database, not a session: claims and outcomes are transactions of its own. One sender per process and thread.
"""

import threading
import time
from collections.abc import Callable

from service.core.database import Database
from service.core.settings import Settings
from service.core.signing import Signer
from service.delivery.identity import instance
from service.delivery.sending.batch_stream import BatchStream
from service.delivery.sending.claims import Claims, Drained
from service.delivery.sending.lease import Heartbeat
from service.delivery.sending.letters import Letters
from service.delivery.transports.protocol import Transport

LOOK_AROUND_SECONDS = 0.5
"""So long at most a resting sender does not look whether another lane has work."""


class Sender:
    """Works lanes off over one transport, which it keeps."""

    def __init__(
        self,
        database: Database,
        transport: Transport,
        signer: Signer,
        settings: Settings,
        *,
        pause: Callable[[float], object] | None = None,
    ) -> None:
        self._database = database
        self._transport = transport
        self._settings = settings
        self._letters = Letters(settings, signer)
        self._stopped = threading.Event()
        self._pause = pause or self._stopped.wait  # seconds; the tests' clock goes on by it
        self._deadline = 0.0

    def stop(self) -> None:
        """Finish the open transactions, record, release the rest, return. From a signal or another thread."""
        self._stopped.set()
        self._transport.stop()

    def drain(self, lane: str, *, seconds: float = 20.0) -> Drained:
        """Claim and send batches, the lane's first, until there are none, time is up, or something is in the way.

        Where work is left that its pace does not allow yet, it is waited for, while time is left and no other lane has any.
        """
        self._deadline = time.monotonic() + seconds
        if not instance.may_send(self._database, self._settings):
            return Drained()
        with Heartbeat(self._database, self._settings) as heartbeat:
            claims = Claims(self._database, self._settings, self._letters, heartbeat, lane, self._must_stop)
            with BatchStream(claims) as stream:
                while not self._must_stop() and (stream.run(self._transport) or (not stream.is_over and self._rest(claims))):
                    pass
        claims.done.is_time_up = self._must_stop() and not self._stopped.is_set()
        return claims.done

    def _rest(self, claims: Claims) -> bool:
        """Wait a little for the lane that is ready first; False where none will be while this drain lasts."""
        seconds = claims.rest_seconds
        if seconds is None or time.monotonic() + seconds >= self._deadline:
            return False
        self._pause(min(seconds, LOOK_AROUND_SECONDS))
        return True

    def _must_stop(self) -> bool:
        return self._stopped.is_set() or time.monotonic() >= self._deadline
