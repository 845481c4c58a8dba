"""One call of `send`: many connections in one loop of selectors, fed from the window of messages, until all is settled."""

import selectors
import time
from collections.abc import Callable

from service.delivery.reasons import Reason
from service.delivery.replies import Outcome, Phase
from service.delivery.transports.protocol import Envelope, HandoverRefused, OnHandover, OnResult, Result
from service.delivery.transports.smtp_connection import Connection, Patience
from service.delivery.transports.smtp_dialer import Dialer
from service.delivery.transports.window import Window

FOREVER = float("inf")
TICK_SECONDS = 0.25
"""How often stop() and patience are looked at."""
REST_SECONDS = 5.0
"""After a connection that could not be opened while others work, before another is tried."""
TRIES = 3
"""Connections on which a message that never left is tried before it is reported as deferred."""
FRUITLESS = 5
"""Connections in a row that ended without settling anything, before the relay counts as in trouble (E11)."""


class Loop:
    """Owns the connections while it runs; those still good at the end are `kept`."""

    def __init__(
        self,
        window: Window,
        kept: list[Connection],
        dialer: Dialer,
        *,
        connections: int,
        patience: Patience,
        on_handover: OnHandover,
        on_result: OnResult,
        is_stopped: Callable[[], bool],
    ) -> None:
        self.kept: list[Connection] = []
        self._window = window
        self._dialer = dialer
        self._connections = connections
        self._has_reached = bool(kept)
        self._failures = 0
        self._is_limited = False
        self._dial_at = 0.0
        self._patience = {phase: patience.seconds(phase) for phase in Phase if hasattr(patience, phase.value)}
        self._on_handover = on_handover
        self._on_result = on_result
        self._is_stopped = is_stopped
        self._selector = selectors.DefaultSelector()
        self._open: dict[int, tuple[Connection, int]] = {}
        self._idle: dict[int, Connection] = {}
        self._fresh: set[int] = set()
        self._tries: dict[int, int] = {}
        self._fruitless = 0
        self._trouble: Result | None = None
        self._refusal: HandoverRefused | OSError | None = None
        for connection in kept:
            self._adopt(connection)

    def run(self) -> Result | None:
        """Until the window is finished and everything is settled, or trouble; then why it stopped, as Transport.send says."""
        try:
            self._drive()
        except Exception as bug:
            self._halt(Result(Outcome.UNSENT, Reason.STOPPED, Phase.MAIL, text=f"stopped by an error: {type(bug).__name__}"))
            for connection, _ in list(self._open.values()):
                self._step(connection, 0)  # what the error kept from being written
            self._drive()  # what has begun is finished, so that an error of ours makes nothing uncertain
            raise
        finally:
            self._part()
        if self._refusal is not None:
            raise self._refusal
        return self._trouble

    def _drive(self) -> None:
        while self._goes_on():
            self._feed()
            self._wait()

    def _goes_on(self) -> bool:
        if self._is_stopped() and self._trouble is None:
            self._halt(Result(Outcome.UNSENT, Reason.STOPPED, Phase.MAIL, text="stopped"))
        if self._trouble is not None:
            return len(self._open) > len(self._idle) + len(self._fresh)
        return not self._window.is_finished or len(self._open) > len(self._idle) + len(self._fresh)

    # Feeding

    def _feed(self) -> None:
        """Give messages to idle connections and open further ones while messages wait."""
        if self._trouble is not None:
            return
        for connection in list(self._idle.values()):
            if not self._step(connection, 0):
                break
        room = self._room()
        if room > 0:
            for _ in range(min(room, self._window.has_next(room + len(self._fresh)) - len(self._fresh))):
                self._dial()

    def _room(self) -> int:
        """How many connections may be dialled: one until the relay has answered; after a failure one, and only when nothing
        else is open or a while has passed, because many relays limit the connections of one client."""
        room = self._connections - len(self._open)
        if self._has_reached and not self._is_limited:
            return room
        return min(room, 1 - len(self._fresh)) if not self._open or time.monotonic() >= self._dial_at else 0

    def _dial(self) -> None:
        connection = self._dialer.dial()
        self._adopt(connection)
        if connection.dialogue.is_ended:
            self._ended(connection)

    def _adopt(self, connection: Connection) -> None:
        fd = connection.socket.fileno()
        self._selector.register(fd, connection.interest, connection)
        self._open[fd] = (connection, connection.interest)
        if connection.dialogue.is_idle:
            self._idle[fd] = connection
        else:
            self._fresh.add(fd)
            self._reckon(connection)

    # Events

    def _wait(self) -> None:
        if not self._open and self._window.rest_seconds is None:
            return
        rest = self._window.rest_seconds
        timeout = TICK_SECONDS if rest is None else min(TICK_SECONDS, rest)
        for key, events in self._selector.select(timeout if self._open else 0):
            connection: Connection = key.data
            if key.fd in self._open:
                self._step(connection, events)
        if not self._open and rest:
            time.sleep(timeout)
        self._be_patient()

    def _step(self, connection: Connection, events: int) -> bool:
        """Read, settle, offer, write for one connection; False when there was no message for it."""
        dialogue = connection.dialogue
        fd = connection.socket.fileno()
        if events:
            connection.ready(events)
            if dialogue.has_news:
                self._collect(connection)
        if fd in self._fresh and dialogue.is_open:
            self._fresh.discard(fd)
            self._has_reached, self._is_limited, self._failures = True, False, 0
            self._dialer.answered()
        is_fed = self._offer(connection)
        try:
            connection.flush(self._on_handover)
        except (HandoverRefused, OSError) as refusal:
            self._refusal = self._refusal or refusal
            self._halt(Result(Outcome.UNSENT, Reason.STOPPED, Phase.BODY, text="the hand-over could not be noted"))
        if dialogue.has_news:
            self._collect(connection)
        if dialogue.is_ended:
            self._ended(connection)
            return is_fed
        if dialogue.is_idle:
            self._idle[fd] = connection
        else:
            self._idle.pop(fd, None)
        self._reckon(connection)
        interest = connection.interest
        if interest != self._open[fd][1]:
            self._selector.modify(fd, interest, connection)
            self._open[fd] = (connection, interest)
        return is_fed

    def _offer(self, connection: Connection) -> bool:
        dialogue = connection.dialogue
        while dialogue.wants_envelope and self._trouble is None:
            envelope = self._window.next()
            if envelope is None:
                return False
            try:
                dialogue.offer(envelope)
            except Exception:
                self._window.give_back(envelope)
                raise
            if dialogue.has_news:
                self._collect(connection)
        return True

    def _collect(self, connection: Connection) -> None:
        for envelope, result in connection.dialogue.take_settled():
            connection.has_settled = True
            self._fruitless = 0
            self._tries.pop(envelope.number, None)
            self._on_result(envelope.number, result)
        for envelope, result in connection.dialogue.take_returned():
            self._returned(envelope, result)

    def _returned(self, envelope: Envelope, result: Result) -> None:
        """It never left: it goes on another connection, unless it has lost too many or nothing is sent any more."""
        tries = self._tries.get(envelope.number, 0) + 1
        if self._trouble is not None:
            self._on_result(envelope.number, Result(Outcome.UNSENT, self._trouble.reason, result.phase, text=self._trouble.text))
        elif tries >= TRIES:
            self._tries.pop(envelope.number, None)
            self._on_result(envelope.number, Result(Outcome.DEFERRED, result.reason, result.phase, text=result.text))
        else:
            self._tries[envelope.number] = tries
            self._window.give_back(envelope)

    # Ends

    def _ended(self, connection: Connection) -> None:
        """A connection is over. While others work it is only one fewer; otherwise it may be the relay that is in trouble."""
        fd = connection.socket.fileno()
        was_fresh, was_idle = fd in self._fresh, fd in self._idle
        self._drop(fd)
        trouble = connection.dialogue.trouble
        if was_fresh and trouble is not None:
            self._dial_at = time.monotonic() + REST_SECONDS
            self._is_limited = True
            if not self._open and not self._may_dial_again(trouble):
                self._halt(trouble)
        elif not connection.has_settled and not was_idle:
            self._fruitless += 1
            if self._fruitless >= FRUITLESS:
                text = f"{FRUITLESS} connections in a row ended early: {connection.dialogue.ending}"
                self._halt(Result(Outcome.UNSENT, Reason.NETWORK, Phase.MAIL, text=text))

    def _may_dial_again(self, trouble: Result) -> bool:
        """Whether there is another address, or the relay did answer before: then it is given a second chance."""
        self._failures += 1
        return (trouble.phase is Phase.CONNECT and self._dialer.turn()) or (self._has_reached and self._failures == 1)

    def _drop(self, fd: int) -> None:
        connection, _ = self._open.pop(fd)
        self._idle.pop(fd, None)
        self._fresh.discard(fd)
        self._selector.unregister(fd)
        connection.close()

    def _halt(self, trouble: Result) -> None:
        """Take no more; what was taken and not given to a connection never left."""
        if self._trouble is not None:
            return
        self._trouble = trouble
        for envelope in self._window.close():
            self._on_result(envelope.number, trouble)

    def _reckon(self, connection: Connection) -> None:
        phase = connection.phase
        connection.deadline = time.monotonic() + self._patience[phase] if phase is not None else FOREVER

    def _be_patient(self) -> None:
        now = time.monotonic()
        for connection, _ in list(self._open.values()):
            if connection.deadline <= now and connection.phase is not None:
                phase = connection.phase
                connection.lost(f"no answer within {round(self._patience[phase])} seconds ({phase.value})")
                self._collect(connection)
                self._ended(connection)

    def _part(self) -> None:
        """Keep the idle connections; anything else here means the run was broken off by a bug or a signal."""
        for fd, (connection, _) in list(self._open.items()):
            self._selector.unregister(fd)
            if connection.dialogue.is_idle:
                self.kept.append(connection)
            else:
                connection.close()
        self._selector.close()
