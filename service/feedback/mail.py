"""A message from outside as headers and text parts, within fixed bounds of size, depth and number. Pure.

Whatever comes in, hostile or broken, something comes out: it never raises and never looks further than its bounds.
"""

import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.header import decode_header
from functools import cached_property

from service.feedback.charsets import decoded
from service.feedback.html_words import without_tags

MAX_BYTES = 2 * 1024 * 1024  # a notice and its report stand before the returned message
MAX_DEPTH, MAX_PARTS = 8, 64
MAX_PART_BYTES = 256 * 1024
MAX_HEADER_BYTES, MAX_HEADERS = 64 * 1024, 400

_HEADER = re.compile(r"^([!-9;-~]{1,80})[ \t]{0,8}:(.*)$")
_ENCODED_WORD = re.compile(r"=\?[^?\s]{1,40}\?[bqBQ]\?[^?]{0,2000}\?=")


@dataclass(frozen=True)
class Headers:
    """Header fields in their order; names in lower case, values unfolded and decoded."""

    fields: tuple[tuple[str, str], ...] = ()

    def first(self, name: str) -> str:
        """The first field of this name, "" where there is none."""
        return next((value for found, value in self.fields if found == name), "")

    def all(self, *names: str) -> list[str]:
        return [value for found, value in self.fields if found in names]

    def __contains__(self, name: str) -> bool:
        return any(found == name for found, _ in self.fields)


@dataclass(frozen=True)
class Part:
    """One leaf of the message. `text` is what a person would read; of a returned message, its source."""

    type: str
    text: str
    headers: Headers = field(default_factory=Headers)

    @property
    def is_returned(self) -> bool:
        """Whether it is the message that came back, or its headers (RFC 3462, RFC 6533)."""
        return self.type in ("message/rfc822", "message/global", "message/global-headers", "text/rfc822-headers", "message/partial")

    @cached_property
    def words(self) -> str:
        """The text without the tags of HTML."""
        return without_tags(self.text) if self.type == "text/html" else self.text


@dataclass(frozen=True)
class Mail:
    headers: Headers
    parts: tuple[Part, ...]

    @property
    def type(self) -> str:
        return content_type(self.headers)

    def of_type(self, *types: str) -> list[Part]:
        return [part for part in self.parts if part.type in types]


def read(raw: bytes) -> Mail:
    """Headers and parts of the first MAX_BYTES of a message in wire or mbox form."""
    source = raw[:MAX_BYTES].replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\0", b"").lstrip(b"\n")
    if source.startswith((b"From ", b">From ")):
        source = source.partition(b"\n")[2]
    headers, body = _split(source)
    return Mail(headers, tuple(_leaves(headers, body)))


def read_headers(text: str) -> Headers:
    """The header fields at the beginning of a text, as of a returned message."""
    return _fields(text.lstrip("\n").encode("utf-8", "replace")[:MAX_HEADER_BYTES].partition(b"\n\n")[0])


def content_type(headers: Headers) -> str:
    """Type and subtype in lower case; text/plain where nothing usable is said."""
    found = re.match(r"\s*([\w.+-]{1,60}/[\w.+-]{1,80})", headers.first("content-type"))
    return found[1].lower() if found else "text/plain"


def parameter(value: str, name: str) -> str:
    """A parameter of a structured field, without quotes; "" where it is missing."""
    found = re.search(rf";\s*{name}\*?(?:0\*?)?\s*=\s*(?:\"([^\"]{{0,300}})\"|([^\s;]{{1,300}}))", value, re.IGNORECASE)
    return (found[1] if found[1] is not None else found[2]) if found else ""


def _leaves(headers: Headers, body: bytes) -> Iterator[Part]:
    """Depth first and in order, without recursion."""
    waiting, seen = [(headers, body, 0)], 0
    while waiting and seen < MAX_PARTS:
        headers, body, depth = waiting.pop()
        inside = _inside(headers, body) if depth < MAX_DEPTH else []
        if inside:
            waiting.extend((*_split(piece), depth + 1) for piece in reversed(inside))
            continue
        seen += 1
        yield _leaf(headers, body)


def _inside(headers: Headers, body: bytes) -> list[bytes]:
    """The pieces of a multipart body; none where its boundary is missing."""
    if not content_type(headers).startswith("multipart/"):
        return []
    boundary = parameter(headers.first("content-type"), "boundary").strip().encode("utf-8", "replace")
    if not boundary:
        return []
    pieces = re.split(rb"(?m)^--" + re.escape(boundary) + rb"(?:--)?[ \t]*$", body, maxsplit=MAX_PARTS)
    # what stands before the first boundary is a remark, or, from careless senders, the notice itself
    first = [] if b"@" not in pieces[0] else [b"\n" + pieces[0]]
    return [*first, *(piece.removeprefix(b"\n") for piece in pieces[1:] if piece.strip())]


def _leaf(headers: Headers, body: bytes) -> Part:
    kind = content_type(headers)
    raw = _transferred(headers.first("content-transfer-encoding").lower(), body[:MAX_PART_BYTES])
    is_text = kind.startswith(("text/", "message/", "multipart/")) or kind == "application/octet-stream"
    text = decoded(raw, parameter(headers.first("content-type"), "charset")) if is_text else ""
    return Part(kind, text, headers)


def _transferred(encoding: str, body: bytes) -> bytes:
    if "base64" in encoding:
        packed = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
        try:
            return binascii.a2b_base64(packed[: len(packed) // 4 * 4] + _tail(packed)).replace(b"\r\n", b"\n").replace(b"\0", b"")
        except binascii.Error:
            return body
    return quopri.decodestring(body) if "quoted-printable" in encoding else body


def _tail(packed: bytes) -> bytes:
    rest = packed[len(packed) // 4 * 4 :]
    return rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""


def _split(source: bytes) -> tuple[Headers, bytes]:
    if source.startswith(b"\n"):
        return Headers(), source[1:]
    head, _, body = source.partition(b"\n\n")
    return _fields(head[:MAX_HEADER_BYTES]), body


def _fields(head: bytes) -> Headers:
    found: list[tuple[str, str]] = []
    for line in decoded(head, "").split("\n"):
        if line[:1] in (" ", "\t") and found:
            found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip()}"[:20_000])
        elif (match := _HEADER.match(line)) and len(found) < MAX_HEADERS:
            found.append((match[1].lower(), match[2].strip()))
    return Headers(tuple((name, _unworded(value)) for name, value in found))


def _unworded(value: str) -> str:
    """Encoded words (RFC 2047) as text; what cannot be decoded stays as it is."""
    if "=?" not in value:
        return value
    joined = re.sub(r"(\?=)\s+(=\?)", r"\1\2", value)
    return _ENCODED_WORD.sub(lambda found: _one_word(found[0]), joined)


def _one_word(word: str) -> str:
    try:
        raw, charset = decode_header(word)[0]
    except (ValueError, LookupError, binascii.Error):
        return word
    return decoded(raw, charset or "") if isinstance(raw, bytes) else raw
