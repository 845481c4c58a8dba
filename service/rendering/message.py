"""Header lines as mail servers and providers want them (A20 to A23), and whole transactional mails. Pure.

Python's own folder writes encoded words of 76 characters and encodes a long List-Unsubscribe; neither happens here.
"""

import hashlib
import re
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from service.core.errors import Invalid
from service.rendering import encodings

LONGEST_WORD = 75
"""Characters of one encoded word (RFC 2047 section 2)."""
LONGEST_FOLDED = 76
"""Characters of a header line that holds an encoded word, without CRLF."""
LONGEST_LINE = 998
"""Octets of any line, without CRLF (RFC 5322 section 2.1.1)."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_WORD_START, _WORD_END = "=?utf-8?b?", "?="
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")


def reject_control_characters(value: str, where: str) -> str:
    """`value` itself, if it may stand in a header, an address or a name; else Invalid (A23, F5)."""
    found = _CONTROL.search(value)
    if found is not None:
        raise Invalid(
            "{where} contains a control character (U+{code:04X})",
            remedy="remove line breaks and invisible characters",
            where=where,
            code=ord(found[0]),
        )
    return value


def without_control_characters(value: str) -> str:
    """`value` with each control character as a space: for what readers wrote and nobody can be asked about."""
    return _CONTROL.sub(" ", value)


def header(name: str, value: str) -> str:
    """An unstructured or already canonical header line, never encoded, with CRLF. Raises Invalid for what cannot stand there (A22, A23)."""
    reject_control_characters(value, name)
    line = f"{name}: {value}"
    if not line.isascii() or len(line) > LONGEST_LINE:
        raise Invalid("{name} must be plain ASCII of less than 998 characters", remedy="shorten it", name=name)
    return line + "\r\n"


def text_header(name: str, value: str) -> str:
    """A header of free text, such as Subject: as it is where it may, else folded or in encoded words (A21), with CRLF."""
    return f"{name}: {_free_text(reject_control_characters(value, name), len(name) + 2)}\r\n"


def mailbox(display_name: str, address: str, column: int) -> str:
    """`display_name <address>` for From, Reply-To and their like; `column` is where it begins on its line."""
    reject_control_characters(display_name, "the sender's name")
    reject_control_characters(address, "the sender's address")
    display_name = " ".join(display_name.split())
    if not display_name:
        return address
    name = _phrase(display_name, column)
    last = name.rpartition("\r\n")[2]
    used = len(last) + (0 if "\r\n" in name else column)
    glue = " " if used + len(address) + 3 <= LONGEST_FOLDED else "\r\n "
    return f"{name}{glue}<{address}>"


def list_id(name: str, domain: str) -> str:
    """The value of List-Id: the list's name as a phrase and its identifier (RFC 2919, A28)."""
    return mailbox(name, domain, len("List-Id: "))


def date(moment: datetime) -> str:
    """The value of Date; `moment` knows its zone."""
    return format_datetime(moment)


def encoded_words(text: str, column: int) -> str:
    """`text` as RFC 2047 words that each decode alone, folded so that no line is longer than 76 characters (A21)."""
    words, start = [], 0
    data = text.encode()
    room = LONGEST_FOLDED - column
    while start < len(data):
        most = (min(room, LONGEST_WORD) - len(_WORD_START) - len(_WORD_END)) // 4 * 3
        end = _character_boundary(data, min(start + max(most, 4), len(data)))
        words.append(_WORD_START + b64encode(data[start:end]).decode() + _WORD_END)
        start, room = end, LONGEST_FOLDED - 1
    return "\r\n ".join(words)


@dataclass(frozen=True, slots=True)
class Notice:
    """One transactional mail. `message_id` comes with its angle brackets; `headers` are further ones, such as List-Unsubscribe."""

    sender_name: str
    sender_email: str
    recipient: str
    subject: str
    html: str
    text: str
    message_id: str
    sent_at: datetime
    reply_to: str = ""
    headers: tuple[tuple[str, str], ...] = ()


def build_notice(notice: Notice) -> bytes:
    """The whole mail, CRLF lines of seven-bit text, not dot-stuffed. Raises Invalid for control characters in a header."""
    boundary = boundary_of(notice.html, notice.text, notice.message_id)
    reject_control_characters(notice.recipient, "the recipient's address")
    lines = [
        f"From: {mailbox(notice.sender_name, notice.sender_email, 6)}\r\n",
        f"To: {notice.recipient}\r\n",
        text_header("Subject", notice.subject),
        header("Date", date(notice.sent_at)),
        header("Message-ID", notice.message_id),
        header("Reply-To", notice.reply_to) if notice.reply_to else "",
        *(header(name, value) for name, value in notice.headers),
        "Auto-Submitted: auto-generated\r\n",
        "MIME-Version: 1.0\r\n",
        f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n\r\n',
    ]
    parts = []
    for kind, content in (("plain", notice.text), ("html", notice.html)):
        encoding, body = encodings.smallest(encodings.canonical(content))
        parts.append(part_head(boundary, kind, encoding).encode() + body + (b"" if encoding == "base64" else PART_END.encode()))
    return "".join(lines).encode() + b"".join(parts) + f"--{boundary}--\r\n".encode()


PART_END = "\r\n"
"""After a part that is not in base64: the line end before a boundary belongs to the boundary (RFC 2046 section 5.1.1)."""


def part_head(boundary: str, kind: str, encoding: str) -> str:
    """The boundary and headers before one part of the alternative."""
    return f"--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"


def boundary_of(*contents: str) -> str:
    """A boundary that its content cannot contain, the same for the same content."""
    return "=_" + hashlib.blake2b("\0".join(contents).encode("utf-8", "surrogatepass"), digest_size=18).hexdigest()


def _free_text(value: str, column: int) -> str:
    is_plain = value.isascii() and "=?" not in value and value == value.strip() and "  " not in value
    if is_plain and column + len(value) <= LONGEST_FOLDED:
        return value
    if is_plain and all(len(word) < LONGEST_FOLDED - column for word in value.split(" ")):
        return _folded(value.split(" "), column)
    return encoded_words(value, column)


def _folded(words: list[str], column: int) -> str:
    text, used = words[0], column + len(words[0])
    for word in words[1:]:
        if used + 1 + len(word) > LONGEST_FOLDED:
            text, used = f"{text}\r\n {word}", 1 + len(word)
        else:
            text, used = f"{text} {word}", used + 1 + len(word)
    return text


def _phrase(name: str, column: int) -> str:
    if name.isascii() and "=?" not in name and len(name) + column + 2 <= LONGEST_FOLDED:
        if _ATOMS.fullmatch(name):
            return name
        return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return encoded_words(name, column)


def _character_boundary(data: bytes, end: int) -> int:
    """The last position up to `end` that does not split a code point."""
    while end < len(data) and data[end] & 0xC0 == 0x80:
        end -= 1
    return end
