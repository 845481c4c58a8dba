"""The next few messages, looked at once more before they leave: whoever has left since the batch was made is not sent to (A6)."""

import time
from collections import deque
from collections.abc import Callable, Iterator

from service.delivery.transports.protocol import Envelope, Standing, Wait

WINDOW = 500
"""A batch at once: a fast relay then needs no look within it."""
FRESH_SECONDS = 0.9
"""A look at standing is good for at most one second (A6); the rest is for writing MAIL."""


class Window:
    """Takes envelopes from the iterator in windows, asks `standing` about them, gives them one by one while that is fresh."""

    def __init__(
        self,
        envelopes: Iterator[Envelope | Wait],
        standing: Standing | None,
        *,
        size: int = WINDOW,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._envelopes = envelopes
        self._standing = standing
        self._size = size
        self._monotonic = monotonic
        self._waiting: deque[Envelope] = deque()
        self._looked_at = -FRESH_SECONDS
        self._rest_until: float | None = None
        self._is_exhausted = False
        self._is_closed = False

    @property
    def is_finished(self) -> bool:
        """Nothing waits and nothing will come."""
        return not self._waiting and (self._is_exhausted or self._is_closed)

    @property
    def rest_seconds(self) -> float | None:
        """Seconds until the iterator may be asked again; None when it is not resting, 0 when it has rested enough."""
        if self._rest_until is None or self._waiting or self._is_closed:
            return None
        return max(self._rest_until - self._monotonic(), 0.0)

    def has_next(self, most: int) -> int:
        """How many messages could be given now, up to `most`."""
        if not self._waiting:
            self._fill()
        return min(len(self._waiting), most)

    def next(self) -> Envelope | None:
        """The next message that may still be sent; None when there is none for now.

        A look that took longer than it is good for gives nothing, so that whoever asks again can be stopped in between.
        """
        if self._waiting and not self._is_fresh:
            self._look()
        while not self._waiting and self._may_fill:
            self._fill()
        return self._waiting.popleft() if self._waiting and self._is_fresh else None

    def give_back(self, envelope: Envelope) -> None:
        """A message that never left comes first again, after another look."""
        self._waiting.appendleft(envelope)
        self._looked_at = -FRESH_SECONDS

    def close(self) -> list[Envelope]:
        """Ask for no more; what had been taken and not given."""
        self._is_closed = True
        left = list(self._waiting)
        self._waiting.clear()
        return left

    @property
    def _is_fresh(self) -> bool:
        return self._standing is None or self._monotonic() - self._looked_at < FRESH_SECONDS

    @property
    def _may_fill(self) -> bool:
        if self._is_exhausted or self._is_closed:
            return False
        return self._rest_until is None or self._monotonic() >= self._rest_until

    def _fill(self) -> None:
        if not self._may_fill:
            return
        self._rest_until = None
        while len(self._waiting) < self._size:
            item = next(self._envelopes, None)
            if item is None:
                self._is_exhausted = True
                break
            if isinstance(item, Wait):
                self._rest_until = self._monotonic() + item.seconds
                break
            self._waiting.append(item)
        if self._waiting and self._standing is not None:
            self._look()

    def _look(self) -> None:
        assert self._standing is not None
        self._looked_at = self._monotonic()
        skipped = set(self._standing([envelope.number for envelope in self._waiting]))
        if skipped:
            self._waiting = deque(envelope for envelope in self._waiting if envelope.number not in skipped)
