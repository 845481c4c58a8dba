"""A mail sink of our own, faster than Postfix's: it looks for the end of each mail and for nothing else.

`python -m tests.benchmark.sink PORT`; loopback only.
"""

import selectors
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.guarded import guarded

OCTETS = 1 << 20
END = b"\r\n.\r\n"
HELLO = b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
REPLIES = {b"EHLO": HELLO, b"HELO": b"250 sink\r\n", b"DATA": b"354 go on\r\n", b"QUIT": b"221 2.0.0 bye\r\n"}
OK, ACCEPTED = b"250 2.0.0 ok\r\n", b"250 2.0.0 accepted\r\n"


class Dialogue:
    """One connection: octets in, replies out."""

    def __init__(self) -> None:
        self._rest = b""
        self._is_in_data = False

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
            line, newline, after = data.partition(b"\r\n")
            if not newline:
                self._rest = data
                return replies
            verb = line[:4].upper()
            replies += REPLIES.get(verb, OK)
            self._is_in_data = verb == b"DATA"
            data = b"\r\n" + after if self._is_in_data else after  # an empty mail is a dot at once


def serve(port: int) -> None:
    """Until the process is ended."""
    buffer = bytearray(OCTETS)
    with socket.create_server(("127.0.0.1", port), backlog=256) as server, selectors.DefaultSelector() as selector:
        selector.register(server, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.data is None:
                    client, _ = server.accept()
                    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    client.sendall(b"220 sink\r\n")
                    selector.register(client, selectors.EVENT_READ, Dialogue())
                else:
                    _serve(key.fileobj, key.data, buffer, selector)  # type: ignore[arg-type]


def _serve(client: socket.socket, dialogue: Dialogue, buffer: bytearray, selector: selectors.BaseSelector) -> None:
    try:
        octets = client.recv_into(buffer)
        if octets:
            client.sendall(dialogue.receive(bytes(memoryview(buffer)[:octets])))
            return
    except ConnectionError:
        pass
    selector.unregister(client)
    client.close()


@contextmanager
def running(home: Path) -> Iterator[int]:
    """The sink in a process of its own, on a free port of the loopback interface, which is yielded."""
    port = free_port()
    command = [sys.executable, "-m", "tests.benchmark.sink", str(port)]
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
    serve(int(sys.argv[1]))
