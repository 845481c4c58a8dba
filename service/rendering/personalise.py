"""One reader's values into a plan: microseconds of joining, and no value that could break out of its place. Pure."""

import re
from binascii import b2a_base64
from collections.abc import Mapping
from html import escape

from service.rendering import encodings, fields, message
from service.rendering.segments import Base64Part, Plan

Prepared = Mapping[str, tuple[bytes, bytes]]
"""Each value as plain octets and as HTML."""

_HARMLESS = re.compile(r"[A-Za-z0-9 @._:,+/=-]*")


def fill(plan: Plan, values: Mapping[str, str | bytes]) -> bytes:
    """The whole message in wire form: CRLF lines, dot-stuffed, without the final dot.

    Every field of `plan.fields` must be in `values` (KeyError otherwise); others are ignored. Control characters become
    spaces (A23), overlong values are cut, and what stands in HTML is escaped. A value is never read as a field itself.
    Octets are our own (tokens, dates): harmless everywhere, and taken as they are.
    """
    ready = {
        name: (value, value) if isinstance(value := values[name], bytes) else _prepare(value, octets)
        for name, octets in plan.longest.items()
    }
    pieces = [*plan.statics]
    for hole in plan.holes:
        data = ready[hole.field][hole.is_html]
        pieces.append(data if hole.dress is None else hole.dress(data))
    for part in plan.base64_parts:
        pieces.append(_base64(part, ready))
    if plan.subject is not None:
        pieces.append(_subject(plan.subject, ready))
    return b"".join(plan.pick(pieces))


def _prepare(value: str, octets: int) -> tuple[bytes, bytes]:
    """As plain octets and as HTML, of which neither is longer than `octets`."""
    if _HARMLESS.fullmatch(value) and len(value) <= octets:
        data = value.encode()
        return data, data
    value = message.without_control_characters(value).encode("utf-8", "replace").decode()
    while len(html := escape(value).encode()) > octets:
        value = value[: min(len(value) - 1, octets)]
    return value.encode(), html


def _subject(template: str, ready: Prepared) -> bytes:
    return message.text_header("Subject", fields.TOKEN.sub(lambda word: ready[word[1]][0].decode(), template)).encode()


def _base64(part: Base64Part, ready: Prepared) -> bytes:
    """Each stretch at the phase that what stands before it leaves over: three octets make four characters."""
    pieces = [*part.raw, *(ready[hole.field][hole.is_html] for hole in part.holes)]
    out = [part.start]
    left = part.left
    for numbers, phases in part.steps:
        for number in numbers:
            left += pieces[number]
        head, lines, rest = phases[-len(left) % 3]
        left += head
        out.append(b2a_base64(left, newline=False) if len(left) <= encodings.OCTETS_PER_LINE else encodings.base64_lines(left)[:-2])
        out.append(lines)
        left = rest
    return b"".join(out)
