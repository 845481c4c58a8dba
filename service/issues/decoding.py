"""Bytes of a pasted or saved text into characters: UTF-8 first, then CP949, then a clear refusal. It never guesses further."""

from service.core.errors import Invalid

MAX_BYTES = 2_000_000  # forty times the longest letter we know; reading stays well under a second
MAX_LINES = 20_000  # a letter has a hundred; a table or a log has more

_BINARY_STARTS = (b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"{\\rtf")
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b") | {127})
_UTF16_STARTS = (b"\xff\xfe", b"\xfe\xff")


class UnreadableText(Invalid):
    """The file or the paste is not a text that can be read; `remedy` says what to do."""


def decode(data: bytes) -> str:
    """The characters of `data` without a byte order mark; raises UnreadableText for empty, binary, oversized or undecodable input."""
    if len(data) > MAX_BYTES:
        raise too_long(len(data))
    if data.startswith(_UTF16_STARTS):
        raise UnreadableText("The text is in UTF-16.", remedy="Save the file again as UTF-8 and read it once more.")
    if data.startswith(_BINARY_STARTS) or _is_binary(data):
        raise UnreadableText(
            "This is not a plain text file but a document, an image or an archive.",
            remedy="Open it, copy its text and save that as plain text (UTF-8), or paste it into the desk.",
        )
    text = _decode_text(data)
    if not text.strip():
        raise empty()
    return text


def too_long(size: int) -> UnreadableText:
    """The refusal of a text above MAX_BYTES (`size` in bytes)."""
    return UnreadableText(
        "The text is too long: {size} MB, and an issue may have at most {limit} MB.",
        remedy="Check that this is one issue and not an archive; cut it into issues and read each by itself.",
        size=f"{size / 1_000_000:.1f}",
        limit=MAX_BYTES // 1_000_000,
    )


def too_many_lines(count: int) -> UnreadableText:
    """The refusal of a text above MAX_LINES."""
    return UnreadableText(
        "The text has {count} lines, and an issue may have at most {limit}.",
        remedy="Check that this is one issue and not an archive; cut it into issues and read each by itself.",
        count=count,
        limit=MAX_LINES,
    )


def empty() -> UnreadableText:
    """The refusal of a text without a visible character."""
    return UnreadableText("The text is empty.", remedy="Give a file with the text of an issue, or paste the text again.")


def _decode_text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        place = data.count(b"\n", 0, wrong.start) + 1
    try:
        return data.decode("cp949")
    except UnicodeDecodeError:
        raise UnreadableText(
            "The text is neither UTF-8 nor CP949 (the first unreadable byte is in line {line}).",
            remedy="Save the file again as UTF-8 and read it once more.",
            line=place,
        ) from None


def _is_binary(data: bytes) -> bool:
    """A text holds no NUL and next to no control characters besides white space."""
    controls = len(data) - len(data.translate(None, _CONTROLS))
    return b"\x00" in data or controls * 100 > len(data)
