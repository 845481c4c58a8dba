"""A mail sink of our own, faster than Postfix's: it looks for the end of each mail and for nothing else.

`python -m tests.benchmark.sink PORT [DELAY_MS [CHUNKING]]`; loopback only. With a delay every answer comes so many milliseconds
late, as over a long way; with CHUNKING it takes BDAT.
"""

import heapq
import selectors
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.guarded import guarded

OCTETS = 1 << 20
END = b"\r\n.\r\n"
HELLO = b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
HELLO_CHUNKING = HELLO.replace(b"250 8BITMIME", b"250-CHUNKING\r\n250 8BITMIME")
REPLIES = {b"EHLO": HELLO, b"HELO": b"250 sink\r\n", b"DATA": b"354 go on\r\n", b"QUIT": b"221 2.0.0 bye\r\n"}
OK, ACCEPTED = b"250 2.0.0 ok\r\n", b"250 2.0.0 accepted\r\n"


class Dialogue:
    """One connection: octets in, replies out."""

    def __init__(self) -> None:
        self._rest = b""
        self._is_in_data = False
        self._left_of_chunk = 0

    def receive(self, data: bytes) -> bytes:
        """The replies to what these octets complete."""
        replies = b""
        data = self._rest + data
        while True:
            if self._is_in_data:
                end = data.find(END)
                if end < 0:
                    self._rest = data[-len(END) + 1 :]
                    return replies
                replies += ACCEPTED
                data, self._is_in_data = data[end + len(END) :], False
            if self._left_of_chunk:
                taken = min(len(data), self._left_of_chunk)
                self._left_of_chunk -= taken
                if self._left_of_chunk:
                    self._rest = b""
                    return replies
                replies += ACCEPTED
                data = data[taken:]
            line, newline, after = data.partition(b"\r\n")
            if not newline:
                self._rest = data
                return replies
            verb = line[:4].upper()
            if verb == b"BDAT":
                self._left_of_chunk, data = int(line.split()[1]), after
                continue
            replies += REPLIES.get(verb, OK)
            self._is_in_data = verb == b"DATA"
            data = b"\r\n" + after if self._is_in_data else after  # an empty mail is a dot at once


def serve(port: int, delay_ms: int = 0, *, with_chunking: bool = False) -> None:
    """Until the process is ended."""
    if with_chunking:
        REPLIES[b"EHLO"] = HELLO_CHUNKING
    buffer = bytearray(OCTETS)
    late = Late(delay_ms / 1000)
    with socket.create_server(("127.0.0.1", port), backlog=256) as server, selectors.DefaultSelector() as selector:
        selector.register(server, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select(late.seconds_left()):
                if key.data is None:
                    client, _ = server.accept()
                    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    client.sendall(b"220 sink\r\n")
                    selector.register(client, selectors.EVENT_READ, Dialogue())
                else:
                    _serve(key.fileobj, key.data, buffer, selector, late)  # type: ignore[arg-type]
            late.say()


class Late:
    """Answers on their way, each for `seconds`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._queue: list[tuple[float, int, socket.socket, bytes]] = []
        self._count = 0

    def answer(self, client: socket.socket, reply: bytes) -> None:
        if not self._seconds:
            client.sendall(reply)
        elif reply:
            self._count += 1
            heapq.heappush(self._queue, (time.monotonic() + self._seconds, self._count, client, reply))

    def seconds_left(self) -> float | None:
        return max(self._queue[0][0] - time.monotonic(), 0) if self._queue else None

    def say(self) -> None:
        while self._queue and self._queue[0][0] <= time.monotonic():
            *_, client, reply = heapq.heappop(self._queue)
            with suppress(OSError):
                client.sendall(reply)


def _serve(client: socket.socket, dialogue: Dialogue, buffer: bytearray, selector: selectors.BaseSelector, late: Late) -> None:
    try:
        octets = client.recv_into(buffer)
        if octets:
            late.answer(client, dialogue.receive(bytes(memoryview(buffer)[:octets])))
            return
    except ConnectionError:
        pass
    selector.unregister(client)
    client.close()


@contextmanager
def running(home: Path, delay_ms: int = 0, *, with_chunking: bool = False) -> Iterator[int]:
    """The sink in a process of its own, on a free port of the loopback interface, which is yielded."""
    port = free_port()
    command = [sys.executable, "-m", "tests.benchmark.sink", str(port), str(delay_ms), *(["CHUNKING"] if with_chunking else [])]
    with guarded(command, log=home / "sink.log", is_ready=lambda: greets(port)):
        yield port


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def greets(port: int) -> bool:
    """Whether a mail server answers there."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as client:
            return client.recv(3) == b"220"
    except OSError:
        return False


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0, with_chunking="CHUNKING" in sys.argv)
