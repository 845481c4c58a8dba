"""An SMTP sink in threads that can misbehave on command; it records each message before it replies.

`with Mailbox() as mailbox:` listens on 127.0.0.1; `mailbox.when(...)` scripts a refusal, a closed or stalled connection.
"""

import base64
import contextlib
import socket
import ssl
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

CLOSE = "close"
STALL = "stall"
EVERYTHING = ("PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE 10485760", "ENHANCEDSTATUSCODES")


@dataclass(frozen=True, slots=True)
class Received:
    """One message as it arrived: `content` as the sender meant it (dots unstuffed, CRLF lines)."""

    mail_from: str
    rcpt_to: tuple[str, ...]
    content: bytes
    mail_line: str
    connection: int
    is_secured: bool


@dataclass(slots=True)
class _Misdeed:
    at: str
    action: str
    address: str | None
    times: int | None


@dataclass(slots=True)
class _Session:
    number: int
    connection: socket.socket
    is_secured: bool = False
    rest: bytes = b""
    out: bytes = b""
    mail_line: str = ""
    recipients: list[str] = field(default_factory=list)


class _Gone(Exception):
    """The connection is over."""


class Mailbox:
    """`extensions`: what EHLO offers. `users`: AUTH is demanded. `tls`: offers STARTTLS; `implicit_tls`: TLS from the start."""

    def __init__(
        self,
        *,
        extensions: Sequence[str] = EVERYTHING,
        users: dict[str, str] | None = None,
        auth: str = "PLAIN LOGIN",
        tls: ssl.SSLContext | None = None,
        implicit_tls: bool = False,
        address: str = "127.0.0.1",
    ) -> None:
        self.messages: list[Received] = []
        self.commands: list[str] = []
        self.connections = 0
        self._extensions = tuple(extensions)
        self._users = users
        self._auth = auth
        self._tls = tls
        self._implicit_tls = implicit_tls
        self._misdeeds: list[_Misdeed] = []
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._released = threading.Event()
        self._listener = socket.create_server((address, 0))
        self.port: int = self._listener.getsockname()[1]

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._released.set()
        self._listener.close()
        self.hang_up()

    def when(self, at: str, action: str, *, address: str | None = None, times: int | None = None) -> None:
        """At `greeting`, `ehlo`, `helo`, `starttls`, `auth`, `mail`, `rcpt`, `data`, `body` (before the content is read),
        `dot` (after it was recorded) or `unheard` (after the final dot, nothing recorded), do `action`: a reply line, CLOSE or STALL;
        for one `address` (sender or recipient) or all, so many `times` or always."""
        self._misdeeds.append(_Misdeed(at, action, address, times))

    def hang_up(self) -> None:
        """Close all open connections at once, without a word."""
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            _hard_close(connection)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self.connections += 1
                self._open.add(connection)
                number = self.connections
            threading.Thread(target=self._serve, args=(_Session(number, connection),), daemon=True).start()

    def _serve(self, session: _Session) -> None:
        try:
            if self._implicit_tls:
                self._secure(session)
            self._answer(session, "greeting", None, "220 sink.test ESMTP")
            while self._command(session):
                pass
            self._flush(session)
        except (_Gone, OSError):
            pass
        finally:
            with self._lock:
                self._open.discard(session.connection)
            _hard_close(session.connection)

    def _command(self, session: _Session) -> bool:
        line = self._line(session).decode("utf-8", "replace")
        self.commands.append(line)
        verb = line.split(" ")[0].split(":")[0].upper()
        match verb:
            case "EHLO":
                self._answer(session, "ehlo", None, _multiline(self._offered(session)))
            case "HELO":
                self._answer(session, "helo", None, "250 sink.test")
            case "STARTTLS":
                self._answer(session, "starttls", None, "220 2.0.0 go ahead")
                self._flush(session)
                self._secure(session)
            case "AUTH":
                self._authenticate(session, line)
            case "MAIL":
                self._mail(session, line)
            case "RCPT":
                self._rcpt(session, _path(line))
            case "DATA":
                self._data(session)
            case "BDAT" if "CHUNKING" in self._extensions:
                self._bdat(session, int(line.split(" ")[1]))
            case "RSET":
                session.mail_line, session.recipients = "", []
                self._say(session, "250 2.0.0 reset")
            case "QUIT":
                self._say(session, "221 2.0.0 bye")
                return False
            case _:
                self._say(session, "502 5.5.2 not understood")
        return True

    def _offered(self, session: _Session) -> list[str]:
        offered = ["sink.test", *self._extensions]
        if self._tls is not None and not session.is_secured and not self._implicit_tls:
            offered.append("STARTTLS")
        if self._users is not None:
            offered.append(f"AUTH {self._auth}")
        return offered

    def _authenticate(self, session: _Session, line: str) -> None:
        _, method, *initial = line.split(" ")
        if method.upper() == "PLAIN":
            given = initial[0] if initial else self._challenge(session, "")
            _, user, password = base64.b64decode(given).decode().split("\0")
        else:
            user = base64.b64decode(self._challenge(session, "VXNlcm5hbWU6")).decode()
            password = base64.b64decode(self._challenge(session, "UGFzc3dvcmQ6")).decode()
        is_right = (self._users or {}).get(user) == password
        self._answer(session, "auth", None, "235 2.7.0 welcome" if is_right else "535 5.7.8 no")

    def _challenge(self, session: _Session, text: str) -> str:
        self._say(session, f"334 {text}")
        return self._line(session).decode()

    def _mail(self, session: _Session, line: str) -> None:
        if session.mail_line:
            self._say(session, "503 5.5.1 nested MAIL")
        elif self._answer(session, "mail", _path(line), "250 2.1.0 ok"):
            session.mail_line = line

    def _rcpt(self, session: _Session, address: str) -> None:
        if not session.mail_line:
            self._say(session, "503 5.5.1 need MAIL")
        elif self._answer(session, "rcpt", address, "250 2.1.5 ok"):
            session.recipients.append(address)

    def _data(self, session: _Session) -> None:
        if not session.mail_line:
            self._say(session, "503 5.5.1 need MAIL")
            return
        address = session.recipients[0] if session.recipients else None
        usual = "354 go on" if address else "554 5.5.1 no valid recipients"
        if not self._answer(session, "data", address, usual) or (not address and not self._find("data", None)):
            return
        self._answer(session, "body", address, "")
        self._flush(session)
        content = self._content(session)
        if not session.recipients:
            session.mail_line = ""
            self._say(session, "554 5.5.1 no valid recipients")
            return
        self._take(session, content)

    def _bdat(self, session: _Session, octets: int) -> None:
        """A last chunk (RFC 3030); refused for want of a recipient it leaves the transaction open, as real servers do."""
        self._answer(session, "body", session.recipients[0] if session.recipients else None, "")
        while len(session.rest) < octets:
            self._read(session)
        content, session.rest = session.rest[:octets], session.rest[octets:]
        if not session.recipients:
            self._say(session, "503 5.5.1 need RCPT")
            return
        self._take(session, content)

    def _take(self, session: _Session, content: bytes) -> None:
        mail_line, recipients = session.mail_line, tuple(session.recipients)
        address = recipients[0]
        session.mail_line, session.recipients = "", []
        if not self._answer(session, "unheard", address, ""):
            return
        received = Received(_path(mail_line), recipients, content, mail_line, session.number, session.is_secured)
        with self._lock:
            self.messages.append(received)
        self._answer(session, "dot", address, "250 2.0.0 queued")

    def _answer(self, session: _Session, at: str, address: str | None, usual: str) -> bool:
        """Say the usual, or do what was scripted; False when that was a refusal."""
        action = self._find(at, address, used=True)
        if action is None:
            if usual:
                self._say(session, usual)
            return True
        if action in (CLOSE, STALL):
            self._flush(session)  # what was said to earlier commands has been said
            if action == STALL:
                self._released.wait(30)
            raise _Gone
        self._say(session, action)
        if action.startswith("421"):
            self._flush(session)
            raise _Gone
        return action[:1] in "23"

    def _find(self, at: str, address: str | None, *, used: bool = False) -> str | None:
        with self._lock:
            for misdeed in self._misdeeds:
                if misdeed.at == at and misdeed.address in (None, address) and misdeed.times != 0:
                    if used and misdeed.times is not None:
                        misdeed.times -= 1
                    return misdeed.action
        return None

    def _say(self, session: _Session, reply: str) -> None:
        session.out += reply.encode() + b"\r\n"

    def _flush(self, session: _Session) -> None:
        if session.out:
            session.connection.sendall(session.out)
            session.out = b""

    def _line(self, session: _Session) -> bytes:
        while b"\r\n" not in session.rest:
            self._read(session)
        line, session.rest = session.rest.split(b"\r\n", 1)
        return line

    def _content(self, session: _Session) -> bytes:
        """Up to the final dot, dots unstuffed."""
        while not session.rest.startswith(b".\r\n") and b"\r\n.\r\n" not in session.rest:
            self._read(session)
        if session.rest.startswith(b".\r\n"):
            session.rest = session.rest[3:]
            return b""
        content, session.rest = session.rest.split(b"\r\n.\r\n", 1)
        return (b"\r\n" + content).replace(b"\r\n.", b"\r\n")[2:] + b"\r\n"

    def _read(self, session: _Session) -> None:
        self._flush(session)
        data = session.connection.recv(1 << 18)
        if not data:
            raise _Gone
        session.rest += data

    def _secure(self, session: _Session) -> None:
        assert self._tls is not None
        with self._lock:
            self._open.discard(session.connection)
            session.connection = self._tls.wrap_socket(session.connection, server_side=True)
            self._open.add(session.connection)
        session.is_secured, session.rest = True, b""


def _path(line: str) -> str:
    return line.partition("<")[2].partition(">")[0]


def _multiline(lines: list[str]) -> str:
    return "\r\n".join([*(f"250-{line}" for line in lines[:-1]), f"250 {lines[-1]}"])


def _hard_close(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
