"""The batches of a lane as one stream of envelopes: while one is on its way the next is claimed, and each is recorded beside the sending.

Connections never stand still between two batches. At most two batches are held that are not through, one more beside a short one.
"""

from collections.abc import Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from types import TracebackType
from typing import Protocol, Self

from service.core import logs
from service.delivery.sending.handover import Handover
from service.delivery.transports.protocol import Envelope, HandoverRefused, Result, Transport, Wait

log = logs.get(__name__)

MOST_HELD = 3
LOOK_SECONDS = 0.002
"""How often a claim under way is looked at; the connections are served meanwhile."""


class Source(Protocol):
    """Where batches come from and go back to (claims.Claims); called in one thread beside the one that sends."""

    @property
    def must_stop(self) -> bool:
        """Begin nothing more."""
        ...

    def take(self) -> Handover | None:
        """The next batch; None where there is none or something is in the way."""
        ...

    def give_back(self, work: Handover, trouble: Result | None) -> bool:
        """Record what became of it; False where it could not be written."""
        ...

    def abandon(self, work: Handover) -> None:
        """Leave it, with its evidence, to the sweep."""
        ...

    def note_trouble(self, trouble: Result) -> None:
        """The mail server could not be used, and no batch is left to say so with."""
        ...


class BatchStream:
    """The thread that speaks SMTP runs it; a second thread works on the ledger."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._ledger = ThreadPoolExecutor(1, thread_name_prefix="ledger")
        self._numbers = count()
        self._where: dict[int, tuple[Handover, int]] = {}  # envelope number: its batch and its place there
        self._held: list[Handover] = []
        self._current: Handover | None = None  # whose envelopes are being taken
        self._ahead: Future[Handover | None] | None = None
        self._recordings: list[Future[None]] = []
        self._failure: BaseException | None = None
        self._is_over = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ledger.shutdown()

    @property
    def is_over(self) -> bool:
        """Something is in the way on this side: nothing more may be begun."""
        return self._is_over

    def run(self, transport: Transport) -> bool:
        """Send until there is nothing to claim ahead; True where asking once more makes sense.

        What was taken is recorded before it returns. After an error nothing is: the journals stay, and the sweep reads them.
        """
        first = self._ledger.submit(self._source.take).result()
        if first is None:
            return False
        self._held.append(first)
        try:
            trouble = self._send(transport, first)
            self._give_back_rest(trouble)
        except BaseException:
            self._abandon()
            raise
        if self._failure is not None:
            raise self._failure
        return trouble is None and not self._is_over

    def _send(self, transport: Transport, first: Handover) -> Result | None:
        try:
            return transport.send(self._envelopes(first), on_handover=self._on_handover, on_result=self._on_result, standing=self._standing)
        except (HandoverRefused, OSError) as refusal:
            self._is_over = True
            log.error("handing over was stopped", reason=str(refusal))
            return None

    # The stream

    def _envelopes(self, work: Handover | None) -> Iterator[Envelope | Wait]:
        while work is not None:
            self._current = work
            for index, envelope in work.envelopes(self._numbers):
                self._where[envelope.number] = (work, index)
                yield envelope
            self._settle(work)
            while not self._is_ahead_ready():
                if self._ends:
                    return
                yield Wait(LOOK_SECONDS)
            work = self._taken_ahead()

    @property
    def _ends(self) -> bool:
        return self._is_over or self._source.must_stop or any(work.is_over for work in self._held)

    def _is_ahead_ready(self) -> bool:
        """Whether the next claim has come back.

        It is asked for once half of this batch is settled, so that it is fresh in its turn; beside a short one at once.
        """
        if self._ahead is None and self._current is not None and self._wants_ahead(self._current) and not self._ends:
            self._ahead = self._ledger.submit(self._source.take)
        return self._ahead is not None and self._ahead.done()

    def _wants_ahead(self, current: Handover) -> bool:
        return current.is_half_settled or (current.is_short and len(self._held) < MOST_HELD)

    def _taken_ahead(self) -> Handover | None:
        assert self._ahead is not None
        ahead, self._ahead = self._ahead, None
        self._failure = ahead.exception()  # told once what is on its way is finished and recorded
        work = ahead.result() if self._failure is None else None
        if work is not None:
            self._held.append(work)
        return work if not self._ends else None

    # What the transport tells

    def _on_handover(self, number: int) -> None:
        work, index = self._where[number]
        work.on_handover(index)

    def _on_result(self, number: int, result: Result) -> None:
        work, index = self._where.pop(number)
        work.on_result(index, result)
        if self._ahead is None and work.is_half_settled:
            self._is_ahead_ready()  # asks for it
        if work.is_settled:
            self._settle(work)

    def _standing(self, numbers: Collection[int]) -> Collection[int]:
        by_work: dict[int, tuple[Handover, dict[int, int]]] = {}
        for number in numbers:
            work, index = self._where[number]
            by_work.setdefault(id(work), (work, {}))[1][index] = number
        barred = [places[index] for work, places in by_work.values() for index in work.standing(places)]
        for number in barred:
            del self._where[number]
        for work, _ in by_work.values():
            self._settle(work)
        return barred

    # Giving back

    def _settle(self, work: Handover) -> None:
        """A batch of which every reader is settled is recorded, beside the sending."""
        if work.is_settled and work in self._held:
            self._held.remove(work)
            self._recordings.append(self._ledger.submit(self._record, work, None))

    def _record(self, work: Handover, trouble: Result | None) -> None:
        if not self._source.give_back(work, trouble):
            self._is_over = True

    def _give_back_rest(self, trouble: Result | None) -> None:
        """Everything that is still held, the claim ahead too; the first of them says what the trouble was."""
        if self._ahead is not None:
            self._taken_ahead()
        if not self._held and trouble is not None:
            self._ledger.submit(self._source.note_trouble, trouble).result()
        for number, work in enumerate(self._held):
            self._recordings.append(self._ledger.submit(self._record, work, None if number else trouble))
        self._held.clear()
        recordings, self._recordings = self._recordings, []
        for recording in recordings:
            recording.result()

    def _abandon(self) -> None:
        if self._ahead is not None:
            self._taken_ahead()
        for work in self._held:
            self._source.abandon(work)
        self._held.clear()
