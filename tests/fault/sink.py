"""The mail server of the fault runs: it writes down each mail it takes before it says so, and misbehaves on command.

`python -m tests.fault.sink PORT RECORD ORDERS`; loopback only. What it has taken outlives it: one write(2) for each mail, then the reply.
"""

import asyncio
import hashlib
import os
import random
import sys
from collections.abc import Callable
from pathlib import Path

from tests.fault.orders import Standing

CAPABILITIES = (b"PIPELINING", b"8BITMIME", b"SMTPUTF8", b"SIZE 20000000", b"ENHANCEDSTATUSCODES", b"CHUNKING")
WORDS = {
    "421": (b"4.3.2 closing down", b"4.4.2 bad connection"),
    "450": (b"4.2.1 mailbox is busy", b"4.7.1 greylisted, come back later"),
    "451": (b"4.3.0 local error", b"4.4.1 no answer from the next host"),
    "452": (b"4.2.2 mailbox is full", b"4.3.1 too little storage"),
    "550": (b"5.1.1 no such user", b"5.2.1 mailbox disabled"),
    "552": (b"5.2.2 mailbox is full", b"5.3.4 message too big"),
    "554": (b"5.7.1 blocked by policy", b"5.6.0 bad content"),
}
ACCEPTED = b"250 2.0.0 taken"


class Record:
    """The file of mails taken: recipient, Message-ID and a hash of the content, one line each, in the kernel before the reply."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def take(self, recipient: str, content: bytes) -> None:
        """Write one mail down."""
        digest = hashlib.blake2b(content, digest_size=8).hexdigest()
        os.write(self._descriptor, f"{recipient.lower()}\t{message_id(content)}\t{digest}\n".encode())


def message_id(content: bytes) -> str:
    """The Message-ID of a mail, without its brackets; empty where there is none."""
    head = b"\r\n" + content.partition(b"\r\n\r\n")[0] + b"\r\n"
    at = head.lower().find(b"\r\nmessage-id:")
    return head[at:].split(b":", 1)[1].split(b"\r\n", 1)[0].strip(b" <>\t").decode(errors="replace") if at >= 0 else ""


class Dialogue(asyncio.Protocol):
    """One connection. Input is worked off one command at a time; while a reply is late, what follows it waits."""

    def __init__(self, record: Record, orders: Standing) -> None:
        self._record, self._orders = record, orders
        self._input = bytearray()
        self._has_sender = False
        self._recipient = ""
        self._content = bytearray()
        self._chunk_left = -1  # octets of a BDAT chunk still to come; -1: none is open
        self._is_last = False
        self._is_in_data = False
        self._is_late = False
        self._breaks_in_body = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]
        self._reply("connect", b"220 sink")

    def data_received(self, data: bytes) -> None:
        self._input += data
        self._go_on()

    def _go_on(self) -> None:
        while not self._is_late and not self._transport.is_closing():
            if self._is_in_data:
                if not self._data():
                    return
            elif self._chunk_left >= 0:
                if not self._chunk():
                    return
            elif not self._command():
                return

    def _command(self) -> bool:
        line, newline, rest = self._input.partition(b"\r\n")
        if not newline:
            return False
        self._input = rest
        verb, _, argument = line.partition(b" ")
        {
            b"EHLO": self._hello,
            b"MAIL": self._mail,
            b"RCPT": self._rcpt,
            b"DATA": self._begin_data,
            b"BDAT": self._begin_chunk,
            b"RSET": self._reset,
            b"QUIT": self._quit,
        }.get(bytes(verb).upper(), self._unknown)(bytes(argument))
        return True

    def _hello(self, _argument: bytes) -> None:
        offered = (b"sink", *(name for name in CAPABILITIES if name.decode() not in self._orders.now.hides))
        self._reply("hello", b"\r\n".join([*(b"250-" + name for name in offered[:-1]), b"250 " + offered[-1]]))

    def _mail(self, _argument: bytes) -> None:
        self._forget()
        self._reply("mail", b"250 2.1.0 ok", then=lambda: setattr(self, "_has_sender", True))

    def _rcpt(self, argument: bytes) -> None:
        if not self._has_sender:
            self._say(b"503 5.5.1 MAIL comes first")
            return
        recipient = argument.partition(b"<")[2].partition(b">")[0].decode(errors="replace")
        self._reply("rcpt", b"250 2.1.5 ok", then=lambda: setattr(self, "_recipient", recipient))

    def _begin_data(self, _argument: bytes) -> None:
        if not self._recipient:
            self._say(b"503 5.5.1 nobody to receive it")
            return
        self._later(self._orders.now.turn(), lambda: self._reply("data", b"354 go on", then=self._open_data))

    def _open_data(self) -> None:
        self._is_in_data = True
        self._breaks_in_body = self._orders.now.mishap("body")

    def _data(self) -> bool:
        if self._breaks_in_body and self._input:
            return self._break()
        if self._input.startswith(b".\r\n") and not self._content:
            end, skip = 0, 3
        else:
            end, skip = self._input.find(b"\r\n.\r\n"), 5
        if end < 0:
            return False
        self._content, self._input = self._input[: end + 2], self._input[end + skip :]
        self._is_in_data = False
        self._end()
        return True

    def _begin_chunk(self, argument: bytes) -> None:
        size, _, last = argument.partition(b" ")
        self._chunk_left, self._is_last = int(size), last.upper() == b"LAST"
        self._breaks_in_body = self._orders.now.mishap("body")
        self._later(self._orders.now.turn(), lambda: None)

    def _chunk(self) -> bool:
        if self._breaks_in_body and self._input:
            return self._break()
        taken = min(self._chunk_left, len(self._input))
        self._content += self._input[:taken]
        del self._input[:taken]
        self._chunk_left -= taken
        if self._chunk_left:
            return False
        self._chunk_left = -1
        if not self._recipient:
            self._say(b"503 5.5.1 nobody to receive it")
            self._forget()
        elif self._is_last:
            self._end()
        else:
            self._say(b"250 2.0.0 chunk taken")
        return True

    def _break(self) -> bool:
        """Before the final dot: the mail is not whole and is never taken."""
        self._misbehave(self._breaks_in_body)
        if self._breaks_in_body.isdigit():
            self._transport.close()
        return False

    def _end(self) -> None:
        """The final dot. What is not refused is written down first, whatever becomes of the reply."""
        recipient, content = self._recipient, bytes(self._content)
        self._forget()
        mishap = self._orders.now.mishap("dot")
        if not mishap or mishap in ("close", "stall"):
            self._record.take(recipient, content)
        self._answer(mishap, ACCEPTED, self._orders.now.delay(), None)

    def _reset(self, _argument: bytes) -> None:
        self._forget()
        self._say(b"250 2.0.0 ok")

    def _quit(self, _argument: bytes) -> None:
        self._say(b"221 2.0.0 bye")
        self._transport.close()

    def _unknown(self, _argument: bytes) -> None:
        self._say(b"250 2.0.0 ok")

    def _forget(self) -> None:
        self._has_sender, self._recipient, self._content = False, "", bytearray()

    def _reply(self, point: str, usual: bytes, then: Callable[[], None] | None = None) -> None:
        self._answer(self._orders.now.mishap(point), usual, 0.0, then)

    def _answer(self, mishap: str, usual: bytes, delay: float, then: Callable[[], None] | None) -> None:
        def do() -> None:
            if mishap:
                self._misbehave(mishap)
                return
            self._say(usual)
            if then is not None:
                then()

        self._later(delay, do)

    def _misbehave(self, mishap: str) -> None:
        """A reply code, `close`, `stall` (never an answer again) or `lose` (close without having taken it)."""
        if mishap == "stall":
            self._is_late = True
        elif mishap in ("close", "lose"):
            self._transport.abort()
        else:
            self._say(f"{mishap} ".encode() + random.choice(WORDS[mishap]))
            if mishap == "421":
                self._transport.close()

    def _later(self, seconds: float, do: Callable[[], None]) -> None:
        if seconds <= 0:
            do()
            return
        self._is_late = True

        def resume() -> None:
            self._is_late = False
            if not self._transport.is_closing():
                do()
                self._go_on()

        asyncio.get_running_loop().call_later(seconds, resume)

    def _say(self, line: bytes) -> None:
        self._transport.write(line + b"\r\n")


async def serve(port: int, record: Path, orders: Path) -> None:
    """Until the process is ended; orders are read again as they change."""
    standing, taken = Standing(orders), Record(record)
    loop = asyncio.get_running_loop()
    await loop.create_server(lambda: Dialogue(taken, standing), "127.0.0.1", port, backlog=512, reuse_address=True)
    while True:
        await asyncio.sleep(0.05)
        standing.look()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])))
