"""One reader's values into a plan: some ten microseconds of joining, and no value that could break out of its place. Pure."""

import binascii
from collections.abc import Callable, Mapping
from html import escape

from service.rendering import encodings, fields, message
from service.rendering.segments import Base64Part, Form, Hole, Plan


def fill(plan: Plan, values: Mapping[str, str]) -> bytes:
    """The whole message in wire form: CRLF lines, dot-stuffed, without the final dot.

    Every field of `plan.fields` must be in `values` (KeyError otherwise); others are ignored. Control characters become
    spaces (A23), overlong values are cut, and what stands in HTML is escaped. A value is never read as a field itself.
    """
    clean = {name: _clean(values[name]) for name in plan.fields}
    longest = plan.longest
    filled = [_FORMS[hole.form](hole.field, clean, longest) for hole in plan.holes]
    parts = [_base64(part, clean, longest) for part in plan.base64_parts]
    return b"".join(plan.pick([*plan.statics, *filled, *parts]))


def _clean(value: str) -> str:
    return value if value.isalnum() else message.without_control_characters(value).encode("utf-8", "replace").decode()


def _plain(name: str, values: Mapping[str, str], longest: Mapping[str, int]) -> bytes:
    data = values[name].encode()
    return data if len(data) <= longest[name] else _cut(values[name], longest[name], str.encode)


def _html(name: str, values: Mapping[str, str], longest: Mapping[str, int]) -> bytes:
    data = escape(values[name]).encode()
    return data if len(data) <= longest[name] else _cut(values[name], longest[name], lambda text: escape(text).encode())


def _stuffed(form: Callable[[str, Mapping[str, str], Mapping[str, int]], bytes]) -> Callable[..., bytes]:
    def stuffed(name: str, values: Mapping[str, str], longest: Mapping[str, int]) -> bytes:
        data = form(name, values, longest)
        return b"." + data if data.startswith(b".") else data

    return stuffed


def _quoted(form: Callable[[str, Mapping[str, str], Mapping[str, int]], bytes]) -> Callable[..., bytes]:
    return lambda name, values, longest: encodings.quoted_value(form(name, values, longest))


def _subject(template: str, values: Mapping[str, str], longest: Mapping[str, int]) -> bytes:
    subject = fields.TOKEN.sub(lambda word: _plain(word[1], values, longest).decode(), template)
    return message.text_header("Subject", subject).encode()


_FORMS: dict[Form, Callable[[str, Mapping[str, str], Mapping[str, int]], bytes]] = {
    Form.PLAIN: _plain,
    Form.HTML: _html,
    Form.PLAIN_AT_LINE_START: _stuffed(_plain),
    Form.HTML_AT_LINE_START: _stuffed(_html),
    Form.QUOTED_PLAIN: _quoted(_plain),
    Form.QUOTED_HTML: _quoted(_html),
    Form.SUBJECT: _subject,
}


def _base64(part: Base64Part, values: Mapping[str, str], longest: Mapping[str, int]) -> bytes:
    """Each stretch at the phase that what stands before it leaves over; three octets make four characters."""
    ready: dict[Hole, bytes] = {}
    out: list[bytes] = []
    left = b""
    for stretch, between in zip(part.stretches, part.between, strict=True):
        glue = left
        for piece in between:
            if isinstance(piece, bytes):
                glue += piece
            else:
                if piece not in ready:
                    ready[piece] = _FORMS[piece.form](piece.field, values, longest)
                glue += ready[piece]
        head, lines, left = stretch.phases[-len(glue) % 3]
        glue += head
        if len(glue) <= 57:
            if glue:
                out.append(binascii.b2a_base64(glue, newline=False))
                out.append(b"\r\n")
        else:
            out.append(encodings.base64_lines(glue))
        out.append(lines)
    return b"".join(out)


def _cut(value: str, octets: int, encode: Callable[[str], bytes]) -> bytes:
    """As many whole characters as fit."""
    while len(encode(value)) > octets:
        value = value[: min(len(value) - 1, octets)]
    return encode(value)
