"""SMTP replies out of a stream of bytes that may be split anywhere (RFC 5321 section 4.2). Pure."""

import re
from dataclasses import dataclass

from service.delivery.replies import enhanced_code

LONGEST_LINE = 4096
"""Octets; RFC 5321 says 512, real servers go beyond."""
MOST_LINES = 200
MOST_KNOWN = 32
"""One-line replies remembered for each connection: a server says the same few for every message."""
LONGEST_TEXT = 1000
"""Characters of a reply's text that are kept."""

_LINE = re.compile(rb"([2-5][0-9][0-9])(?:([ -])(.*))?\Z", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class NonsenseError(Exception):
    """What came is not SMTP; the connection cannot be trusted any more."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One whole reply; `lines` are its texts without the codes."""

    code: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return (self.lines[0] if len(self.lines) == 1 else " ".join(self.lines))[:LONGEST_TEXT]

    @property
    def enhanced(self) -> str | None:
        return enhanced_code(self.lines[0])


class ReplyReader:
    """Takes bytes as they come, gives whole replies in order."""

    def __init__(self) -> None:
        self._rest = b""
        self._code = 0
        self._lines: list[str] = []
        self._known: dict[bytes, Reply] = {}

    @property
    def is_between_replies(self) -> bool:
        return not self._rest and not self._lines

    def feed(self, data: bytes) -> list[Reply]:
        """Whole replies that `data` completes. Raises NonsenseError where it is no SMTP."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > LONGEST_LINE:
            raise NonsenseError("a reply line without an end")
        replies = []
        for line in lines:
            reply = self._known.get(line) if not self._lines else None
            if reply is None:
                reply = self._line(line.removesuffix(b"\r"))
                if reply is not None and len(reply.lines) == 1 and len(self._known) < MOST_KNOWN:
                    self._known[line] = reply
            if reply is not None:
                replies.append(reply)
        return replies

    def _line(self, line: bytes) -> Reply | None:
        found = _LINE.match(line)
        if found is None or len(line) > LONGEST_LINE:
            raise NonsenseError(f"not a reply: {readable(line[:80])}")
        code = int(found[1])
        if self._lines and code != self._code:
            raise NonsenseError(f"a reply that changes its code from {self._code} to {code}")
        self._code = code
        self._lines.append(readable(found[3] or b""))
        if found[2] == b"-":
            if len(self._lines) > MOST_LINES:
                raise NonsenseError("a reply without an end")
            return None
        reply = Reply(code, tuple(self._lines))
        self._lines = []
        return reply


def readable(text: bytes) -> str:
    """A server's bytes as text without control characters (it is shown to people and stored: F17)."""
    words = text.decode("utf-8", "replace").strip()
    return words if words.isprintable() else _CONTROL.sub(" ", words).strip()
