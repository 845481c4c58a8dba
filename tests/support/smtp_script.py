"""A mail server of pure bytes for the dialogue's tests, and the driver that lets both talk; nothing opens a socket."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from service.delivery.transports.dots import unstuffed
from service.delivery.transports.protocol import Envelope, Result
from service.delivery.transports.smtp_dialogue import Dialogue

ALL = ("PIPELINING", "8BITMIME", "SIZE 1000000", "SMTPUTF8")
LOCK_STEP = tuple(name for name in ALL if name != "PIPELINING")
CHUNKED = (*ALL, "CHUNKING")
CHUNKED_LOCK_STEP = (*LOCK_STEP, "CHUNKING")
WAYS = [ALL, LOCK_STEP, CHUNKED, CHUNKED_LOCK_STEP]


@dataclass
class ScriptedServer:
    """Answers as RFC 5321 says; `script` maps "MAIL", "RCPT", "DATA" or "DOT", optionally with ":address", to other replies."""

    extensions: tuple[str, ...] = ALL
    script: dict[str, str] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    _rest: bytes = b""
    _in_data: bool = False
    _mail: bool = False
    _recipient: str = ""
    _chunk: int | None = None  # octets of BDAT
    _is_gone: bool = False  # after a 421 nothing more is heard

    def greet(self) -> bytes:
        return b"220 sink.test\r\n"

    def talk(self, data: bytes) -> bytes:
        self._rest += data
        out = b""
        while not self._is_gone and (reply := self._step()) is not None:
            out += reply.encode()
            self._is_gone = reply.startswith("421")
        return out

    def _step(self) -> str | None:
        if self._chunk is not None:
            if len(self._rest) < self._chunk:
                return None
            content, self._rest, self._chunk = self._rest[: self._chunk], self._rest[self._chunk :], None
            return self._end_of(content)
        end = b"\r\n.\r\n" if self._in_data else b"\r\n"
        if self._in_data and self._rest.startswith(b".\r\n"):
            content, self._rest = b"", self._rest[3:]
        else:
            content, found, rest = self._rest.partition(end)
            if not found:
                return None
            self._rest = rest
        if self._in_data:
            self._in_data, self._mail = False, self._mail and bool(self._recipient)
            return self._end_of(unstuffed(content + b"\r\n"))
        line = content.decode()
        self.commands.append(line)
        if line.startswith("BDAT "):
            self._chunk = int(line.split()[1])
            return self._step()
        return self._command(line, line.partition("<")[2].partition(">")[0]) + "\r\n"

    def _command(self, line: str, address: str) -> str:
        verb = line.partition(" ")[0]
        if verb == "EHLO":
            return "\r\n".join([*(f"250-{name}" for name in ("sink.test", *self.extensions)), "250 HELP"])
        if verb == "MAIL":
            reply = "503 nested" if self._mail else self._scripted("MAIL", address, "250 ok")
            self._mail = reply.startswith("2") or self._mail
        elif verb == "RCPT":
            reply = self._scripted("RCPT", address, "250 ok") if self._mail else "503 need MAIL"
            self._recipient = address if reply.startswith("2") else ""
        elif verb == "DATA":
            reply = self._scripted("DATA", self._recipient, "354 go on" if self._recipient else "554 no valid recipients")
            self._in_data = reply.startswith("354")
        else:
            self._mail, self._recipient, reply = False, "", "250 ok"
        return reply

    def _end_of(self, content: bytes) -> str:
        """The final dot, or a last chunk; with nobody to receive it, a chunk leaves the transaction open, as real servers do."""
        recipient = self._recipient
        if not recipient:
            return "554 no valid recipients\r\n"
        self._recipient, self._mail = "", False
        reply = self._scripted("DOT", recipient, "250 taken")
        if reply.startswith("2"):
            self.taken.append((recipient, content))
        return reply + "\r\n"

    def _scripted(self, at: str, address: str, usual: str) -> str:
        return self.script.get(f"{at}:{address}", self.script.get(at, usual))


def whole(data: bytes) -> Iterable[bytes]:
    """The server's bytes in one piece."""
    return [data] if data else []


def converse(
    dialogue: Dialogue,
    server: ScriptedServer,
    envelopes: list[Envelope],
    pieces: Callable[[bytes], Iterable[bytes]] = whole,
    octets: int = 1 << 30,
) -> tuple[dict[int, list[Result]], list[Envelope]]:
    """Let both talk until `octets` from the server were heard, or all is said; then the connection is lost.

    Returns the results by number and the envelopes that came back or were never offered.
    """
    waiting = list(envelopes)
    results: dict[int, list[Result]] = {}
    back: list[Envelope] = []
    incoming = server.greet()
    heard = 0
    while not dialogue.is_ended:
        if incoming:
            for piece in pieces(incoming[: octets - heard]):
                heard += len(piece)
                dialogue.receive(piece)
        while dialogue.wants_envelope and waiting:
            dialogue.offer(waiting.pop(0))
        outgoing = b"".join(dialogue.buffers())
        incoming = server.talk(outgoing)
        dialogue.wrote(len(outgoing))
        if heard >= octets or (not incoming and not outgoing):
            break
    dialogue.lost("the test has ended")
    for envelope, result in dialogue.take_settled():
        results.setdefault(envelope.number, []).append(result)
    back += [envelope for envelope, _ in dialogue.take_returned()]
    return results, back + waiting
