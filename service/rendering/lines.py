"""HTML in lines short enough for 8bit mail, without changing what a reader sees. Pure."""

import re
from collections.abc import Callable

LIMIT = 998
"""Octets of a line without CRLF (RFC 5322 section 2.1.1)."""
WIDTH = 900
"""Where a line that is too long is broken."""

_PIECES = re.compile(r"<!--.*?-->|<!\[[^\]]*\]>|<[A-Za-z/](?:\"[^\"]*\"|'[^']*'|[^>\"'])*>|[ \t]+|[^<\s]+|.", re.DOTALL)
_KEEPS_SPACES = re.compile(r"<(?:pre|textarea|script)\b|white-space:\s*pre", re.IGNORECASE)


def fits(text: str, width: Callable[[str], int]) -> bool:
    """Whether no line of `text` (CRLF) is longer than mail allows; `width` counts octets, fields at their longest."""
    return all(width(line) <= LIMIT for line in text.split("\r\n"))


def folded(html: str, width: Callable[[str], int]) -> str:
    """`html` (CRLF) with its overlong lines broken where white space does not show: at spaces between words, and before
    the end of a tag. A line that offers no such place stays as long as it is."""
    if _KEEPS_SPACES.search(html):
        return html
    return "\r\n".join(line if width(line) <= LIMIT else _fold(line, width) for line in html.split("\r\n"))


def _fold(line: str, width: Callable[[str], int]) -> str:
    done: list[str] = []
    current: list[str] = []
    used = 0
    for piece in _PIECES.findall(line):
        wide = width(piece)
        if used + wide > WIDTH and current:
            current = _break(done, current)
            used = width("".join(current))
        current.append(piece)
        used += wide
    return "".join(done) + "".join(current)


def _break(done: list[str], current: list[str]) -> list[str]:
    """Move what comes before the last place to break to `done`; what comes after it is returned."""
    for index in range(len(current) - 1, -1, -1):
        piece = current[index]
        if not piece.strip(" \t"):
            done += [*current[:index], "\r\n"]
            return current[index + 1 :]
        if piece.startswith("<") and piece.endswith(">") and piece[1] != "!":
            end = -2 if piece.endswith("/>") else -1
            done += [*current[:index], piece[:end], "\r\n"]
            return [piece[end:], *current[index + 1 :]]
    return current
