"""Messages on their way and the bytes that wait for the kernel, with the one mark that matters: whose last octet has left. Pure."""

from collections import deque

from service.delivery.replies import Phase
from service.delivery.transports.protocol import Envelope

DOT = b".\r\n"


class Transaction:
    """One message on its way. `is_passed_on`: its last octet (the final dot) was given to the kernel, from here on it may have arrived."""

    __slots__ = ("content", "envelope", "is_noted", "is_passed_on", "is_settled", "is_started", "phase")

    def __init__(self, envelope: Envelope, content: bytes) -> None:
        self.envelope = envelope
        self.content = content
        self.phase = Phase.MAIL
        self.is_started = False
        self.is_noted = False
        self.is_settled = False
        self.is_passed_on = False


class Outbox:
    """Bytes in order of writing; what holds the last octet of a message remembers it."""

    def __init__(self) -> None:
        self._out: deque[tuple[bytes | memoryview, Transaction | None]] = deque()

    def __bool__(self) -> bool:
        return bool(self._out)

    def say(self, command: bytes) -> None:
        if command:
            self._out.append((command, None))

    def hand_over(self, transaction: Transaction) -> None:
        """The content and its final dot."""
        self.say(transaction.content)
        self._out.append((DOT, transaction))
        transaction.content = b""

    def hand_over_chunk(self, transaction: Transaction) -> None:
        """The content as one last chunk, whose final octet ends it (RFC 3030 section 2)."""
        self.say(b"BDAT %d LAST\r\n" % len(transaction.content))
        self._out.append((transaction.content, transaction))
        transaction.content = b""

    def buffers(self) -> list[bytes | memoryview]:
        return [chunk for chunk, _ in self._out]

    def take_handovers(self) -> list[Envelope]:
        """Messages whose last octet waits here, each once."""
        dots = [dot for _, dot in self._out if dot is not None and not dot.is_noted]
        for dot in dots:
            dot.is_noted = True
        return [dot.envelope for dot in dots]

    def wrote(self, octets: int) -> None:
        """The kernel took so many octets."""
        out = self._out
        while out and octets >= len(out[0][0]):
            chunk, dot = out.popleft()
            octets -= len(chunk)
            if dot is not None:
                dot.is_passed_on = True
        if octets:
            chunk, dot = out[0]
            out[0] = (memoryview(chunk)[octets:], dot)

    def clear(self) -> None:
        self._out.clear()
