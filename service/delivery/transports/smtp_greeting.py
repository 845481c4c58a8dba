"""The opening of an SMTP connection as a pure state machine: greeting, EHLO, STARTTLS, AUTH, until mail may be sent."""

import base64
from dataclasses import dataclass, field
from enum import Enum, auto

from service.delivery.reasons import Reason
from service.delivery.replies import Outcome, Phase, judge
from service.delivery.transports.protocol import Capabilities, Result
from service.delivery.transports.smtp_reply import Reply

LONGEST_COMMAND = 512
"""Octets with CRLF (RFC 5321 section 4.5.3.1.4)."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How we present ourselves. `starttls` demands it; there is no quiet fall-back to plaintext (A10)."""

    hello_name: str = "localhost"
    starttls: bool = False
    user: str | None = None
    password: str | None = field(default=None, repr=False)


class _Step(Enum):
    GREETING = auto()
    EHLO = auto()
    HELO = auto()
    STARTTLS = auto()
    HANDSHAKE = auto()
    AUTH_PLAIN = auto()
    AUTH_LOGIN_USER = auto()
    AUTH_LOGIN_PASSWORD = auto()
    AUTH_ANSWER = auto()
    DONE = auto()


_PHASES = {
    _Step.GREETING: Phase.GREETING,
    _Step.EHLO: Phase.HELLO,
    _Step.HELO: Phase.HELLO,
    _Step.STARTTLS: Phase.STARTTLS,
    _Step.HANDSHAKE: Phase.STARTTLS,
}


class Opening:
    """Feed it replies; it returns the bytes to answer with. Ends with `is_done` or with `trouble`."""

    def __init__(self, manner: Manner) -> None:
        self.manner = manner
        self.capabilities = Capabilities()
        self.trouble: Result | None = None
        self.is_done = False  # not a property: it is asked for eight times for each message
        self._step = _Step.GREETING
        self._keywords: dict[str, str] = {}
        self._is_secured = False

    @property
    def wants_tls(self) -> bool:
        """The server waits for the TLS handshake; the driver makes it and calls `secured`."""
        return self._step is _Step.HANDSHAKE

    @property
    def phase(self) -> Phase:
        return _PHASES.get(self._step, Phase.AUTH)

    def secured(self) -> bytes:
        """The TLS handshake succeeded: what was said before does not count any more (RFC 3207 section 4.2)."""
        self._is_secured = True
        self._keywords = {}
        return self._hello(_Step.EHLO)

    def reply(self, reply: Reply) -> bytes:
        """The bytes to send after this reply; empty when there is nothing to say."""
        step = self._step
        if step is _Step.GREETING and reply.code == 220:
            return self._hello(_Step.EHLO)
        if step is _Step.EHLO and 500 <= reply.code < 600 and self._may_do_without_extensions():
            return self._hello(_Step.HELO)
        if step in (_Step.EHLO, _Step.HELO) and reply.code == 250:
            self._keywords = _keywords(reply.lines[1:]) if step is _Step.EHLO else {}
            return self._after_hello()
        if step is _Step.STARTTLS and reply.code == 220:
            self._step = _Step.HANDSHAKE
            return b""
        if reply.code == 334:
            return self._challenge(step, reply)
        if step in (_Step.AUTH_PLAIN, _Step.AUTH_ANSWER) and reply.code == 235:
            return self._done()
        return self._fail(reply)

    def _hello(self, step: _Step) -> bytes:
        self._step = step
        verb = "EHLO" if step is _Step.EHLO else "HELO"
        return f"{verb} {self.manner.hello_name}\r\n".encode("ascii")

    def _may_do_without_extensions(self) -> bool:
        return not self.manner.user and (self._is_secured or not self.manner.starttls)

    def _after_hello(self) -> bytes:
        if self.manner.starttls and not self._is_secured:
            if "STARTTLS" not in self._keywords:
                return self._refuse(Phase.STARTTLS, "the mail server does not offer STARTTLS, and mail must not travel in the clear")
            self._step = _Step.STARTTLS
            return b"STARTTLS\r\n"
        return self._authenticate() if self.manner.user else self._done()

    def _authenticate(self) -> bytes:
        methods = self._keywords.get("AUTH", "").upper().split()
        if "PLAIN" in methods:
            self._step = _Step.AUTH_PLAIN
            command = b"AUTH PLAIN " + self._plain() + b"\r\n"
            return command if len(command) <= LONGEST_COMMAND else b"AUTH PLAIN\r\n"
        if "LOGIN" in methods:
            self._step = _Step.AUTH_LOGIN_USER
            return b"AUTH LOGIN\r\n"
        return self._refuse(Phase.AUTH, "the mail server offers neither AUTH PLAIN nor AUTH LOGIN")

    def _challenge(self, step: _Step, reply: Reply) -> bytes:
        if step is _Step.AUTH_PLAIN:
            self._step = _Step.AUTH_ANSWER
            return self._plain() + b"\r\n"
        if step is _Step.AUTH_LOGIN_USER:
            self._step = _Step.AUTH_LOGIN_PASSWORD
            return base64.b64encode((self.manner.user or "").encode()) + b"\r\n"
        if step is _Step.AUTH_LOGIN_PASSWORD:
            self._step = _Step.AUTH_ANSWER
            return base64.b64encode((self.manner.password or "").encode()) + b"\r\n"
        return self._fail(reply)

    def _plain(self) -> bytes:
        return base64.b64encode(f"\0{self.manner.user or ''}\0{self.manner.password or ''}".encode())

    def _done(self) -> bytes:
        self._step = _Step.DONE
        self.is_done = True
        self.capabilities = Capabilities(
            eight_bit="8BITMIME" in self._keywords,
            smtputf8="SMTPUTF8" in self._keywords,
            pipelining="PIPELINING" in self._keywords,
            chunking="CHUNKING" in self._keywords,
            size=_size(self._keywords.get("SIZE", "")),
        )
        return b""

    def _fail(self, reply: Reply) -> bytes:
        verdict = judge(self.phase, reply.code, reply.enhanced, reply.text)
        reason = verdict.reason if reply.code >= 400 else Reason.PROTOCOL
        self.trouble = Result(Outcome.UNSENT, reason, self.phase, reply.code, reply.enhanced, reply.text)
        return b""

    def _refuse(self, phase: Phase, text: str) -> bytes:
        self.trouble = Result(Outcome.UNSENT, Reason.RELAY, phase, text=text)
        return b""


def _keywords(lines: tuple[str, ...]) -> dict[str, str]:
    keywords: dict[str, str] = {}
    for line in lines:
        keyword, _, parameters = line.replace("=", " ", 1).partition(" ") if line.upper().startswith("AUTH=") else line.partition(" ")
        keywords.setdefault(keyword.upper(), parameters)
    return keywords


def _size(parameter: str) -> int | None:
    return int(parameter) or None if parameter.isdigit() and len(parameter) < 20 else None
