"""A small load generator for pixels and clicks: many kept connections in one loop, loopback only, bounded in count and time."""

import random
import re
import selectors
import socket
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from service.core.signing import Signer
from service.tracking import tokens
from service.tracking.paths import click_url, pixel_url

AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0 Safari/537.36"
HEAD = (
    "GET {path} HTTP/1.1\r\nHost: news.example.test\r\nUser-Agent: {agent}\r\n"
    "Accept: text/html,application/xhtml+xml\r\nAccept-Encoding: gzip, deflate, br\r\nAccept-Language: ko-KR,ko;q=0.9\r\n"
    "Sec-Fetch-Mode: navigate\r\nSec-Fetch-User: ?1\r\n\r\n"
)
PATIENCE_SECONDS = 30
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


@dataclass
class Outcome:
    """What came back: how many answers in how many seconds, each one's latency in seconds where it was asked for, and failures."""

    answers: int = 0
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    failures: int = 0

    @property
    def per_second(self) -> float:
        return self.answers / self.seconds

    def percentile(self, share: float) -> float:
        """Seconds below which this share of the answers stayed."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def requests(signer: Signer, issue_id: int, readers: Sequence[int], *, clicks_of_seven: int = 2) -> list[bytes]:
    """One request for each reader: of seven, so many are clicks, the others loads of the pixel."""
    made = []
    for reader in readers:
        token = tokens.measuring(signer, issue_id, reader)
        path = click_url("", token, 1) if random.randrange(7) < clicks_of_seven else pixel_url("", token)
        made.append(HEAD.format(path=path, agent=AGENT.format(version=random.randint(110, 150))).encode())
    return made


class Line:
    """One connection, with the requests that are on their way over it, each with when it was due."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.waiting: deque[float] = deque()
        self.buffer = b""
        self.open()

    def open(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), PATIENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def send(self, data: bytes, due: Sequence[float]) -> None:
        self.waiting.extend(due)
        self.socket.sendall(data)

    def receive(self, outcome: Outcome) -> tuple[list[float], bool]:
        """When the requests were due that are answered now, and whether the server has closed the connection."""
        data = self.socket.recv(65536)
        self.buffer += data
        done = []
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end]
            found = _LENGTH.search(head)
            length = end + 4 + (int(found[1]) if found else 0)
            if len(self.buffer) < length:
                break
            self.buffer = self.buffer[length:]
            outcome.failures += head[9:12] not in (b"302", b"200")
            done.append(self.waiting.popleft())
        return done, not data


def as_fast_as_possible(port: int, pool: Sequence[bytes], count: int, *, lines: int = 16, depth: int = 8, keeps: bool = True) -> Outcome:
    """`count` requests (whole rounds of depth), so many on each connection at once; without `keeps` each has a connection of its own."""
    outcome, sent, begin = Outcome(), 0, time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for each in [Line(port) for _ in range(lines)]:
            selector.register(each.socket, selectors.EVENT_READ, each)
            sent += _feed(each, pool, sent, depth if keeps else 1)
        while outcome.answers < sent:
            ready = selector.select(PATIENCE_SECONDS)
            if not ready:
                raise RuntimeError(f"no answer for {PATIENCE_SECONDS} s after {outcome.answers}")
            for key, _ in ready:
                line: Line = key.data
                done, is_closed = line.receive(outcome)
                outcome.answers += len(done)
                if not keeps and done:
                    selector.unregister(line.socket)
                    line.socket.close()
                    line.open()
                    selector.register(line.socket, selectors.EVENT_READ, line)
                elif is_closed:
                    raise RuntimeError("the server closed a connection")
                if not line.waiting and sent < count:
                    sent += _feed(line, pool, sent, depth if keeps else 1)
        for key in list(selector.get_map().values()):
            key.data.socket.close()
    outcome.seconds = time.perf_counter() - begin
    return outcome


def at_rate(port: int, pool: Sequence[bytes], per_second: float, seconds: float, *, lines: int = 64) -> Outcome:
    """Requests due at even distances, whatever comes back; a latency counts from when its request was due."""
    outcome, sent, total = Outcome(), 0, int(per_second * seconds)
    connections = [Line(port) for _ in range(lines)]
    with selectors.DefaultSelector() as selector:
        for each in connections:
            selector.register(each.socket, selectors.EVENT_READ, each)
        begin = time.perf_counter()
        while outcome.answers < total:
            now = time.perf_counter()
            while sent < total and begin + sent / per_second <= now:
                connections[sent % lines].send(pool[sent % len(pool)], (begin + sent / per_second,))
                sent += 1
            following = begin + sent / per_second - time.perf_counter() if sent < total else PATIENCE_SECONDS
            ready = selector.select(max(0.0, min(following, PATIENCE_SECONDS)))
            if not ready and sent == total:
                raise RuntimeError(f"no answer for {PATIENCE_SECONDS} s after {outcome.answers}")
            for key, _ in ready:
                done, is_closed = key.data.receive(outcome)
                if is_closed:
                    raise RuntimeError("the server closed a connection")
                arrived = time.perf_counter()
                outcome.answers += len(done)
                outcome.latencies += [arrived - due for due in done]
        outcome.seconds = time.perf_counter() - begin
    for each in connections:
        each.socket.close()
    return outcome


def _feed(line: Line, pool: Sequence[bytes], sent: int, depth: int) -> int:
    chosen = [pool[(sent + place) % len(pool)] for place in range(depth)]
    line.send(b"".join(chosen), [0.0] * depth)
    return depth
