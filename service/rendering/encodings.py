"""Transfer encodings of mail parts, whole and with holes: quoted-printable and base64 (RFC 2045). Pure."""

import binascii
import re

LONGEST = 76
"""Characters of an encoded line, without CRLF."""
SOFT_BREAK = b"=\r\n"
OCTETS_PER_LINE = 57
"""Octets that make 76 characters of base64."""
_UNSAFE = re.compile(rb"[^\t\x20-\x3c\x3e-\x7e]")
_NEWLINE = re.compile(r"\r\n?|\n")
_LITERAL = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 -_,;:!?()'+/&<>#@\"")
_QUOTED = [bytes([octet]) if octet in _LITERAL else b"=%02X" % octet for octet in range(256)]
_PLAIN_VALUE = re.compile(rb"[A-Za-z0-9_-]{1,70}")


def canonical(text: str) -> str:
    """The text with CRLF line ends, ending in one."""
    lines = _NEWLINE.sub("\r\n", text)
    return lines if lines.endswith("\r\n") else lines + "\r\n"


def smallest(text: str) -> tuple[str, bytes]:
    """The seven-bit encoding that makes `text` (canonical) smaller, by name, and the encoded octets, ending in CRLF."""
    data = text.encode()
    quoted = quoted_printable(data)
    if len(quoted) <= -(-len(data) // 3) * 4 * 78 // 76:
        return "quoted-printable", quoted
    return "base64", base64_lines(data)


def quoted_printable(data: bytes) -> bytes:
    """`data` with CRLF line ends, from column 0. No encoded line begins with a dot, so nothing needs stuffing.

    The last line leaves room for a soft break after it.
    """
    return b"\r\n".join(_quoted_line(line) for line in data.split(b"\r\n")) if data else b""


def quoted_value(value: bytes) -> bytes:
    """A value without line ends, between the soft breaks around a hole."""
    if _PLAIN_VALUE.fullmatch(value):
        return value
    tokens = [_QUOTED[octet] for octet in value]
    return SOFT_BREAK.join([b"".join(tokens[start : start + 24]) for start in range(0, len(tokens), 24)])


def stuffed_value(value: bytes) -> bytes:
    """A value that begins a line of DATA (RFC 5321 section 4.5.2)."""
    return b"." + value if value.startswith(b".") else value


def base64_lines(data: bytes) -> bytes:
    """Base64 in lines of 76 characters, each ending in CRLF."""
    return b"".join(
        [
            binascii.b2a_base64(data[start : start + OCTETS_PER_LINE], newline=False) + b"\r\n"
            for start in range(0, len(data), OCTETS_PER_LINE)
        ]
    )


def _quoted_line(line: bytes) -> bytes:
    encoded = _UNSAFE.sub(lambda found: b"=%02X" % found[0][0], line)
    if encoded[-1:] in (b" ", b"\t"):
        encoded = encoded[:-1] + b"=%02X" % encoded[-1]
    lines = []
    while True:
        if encoded.startswith(b"."):
            encoded = b"=2E" + encoded[1:]
        if len(encoded) < LONGEST:
            break
        cut = LONGEST - 1
        cut -= 1 if encoded[cut - 1] == 0x3D else 2 if encoded[cut - 2] == 0x3D else 0
        lines.append(encoded[:cut])
        encoded = encoded[cut:]
    return SOFT_BREAK.join([*lines, encoded])


Phases = tuple[tuple[bytes, bytes, bytes], ...]
"""A static stretch in base64 for each number (0 to 2) of octets that it must give to what stands before it: the octets
given, CRLF and whole lines, the octets left for what follows."""


def in_phases(data: bytes, *, is_last: bool) -> Phases:
    """`data` prepared at its three phases; the last stretch of a part leaves nothing and is padded."""
    phases = []
    for given in range(3):
        head, rest = data[:given], data[given:]
        left = 0 if is_last else len(rest) % 3
        phases.append((head, b"\r\n" + base64_lines(rest[: len(rest) - left]), rest[len(rest) - left :]))
    return tuple(phases)
