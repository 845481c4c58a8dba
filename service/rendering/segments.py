"""A compiled issue as bytes with holes: everything that is the same for all readers is encoded once. Pure.

CRLF, dot-stuffing, line length, transfer encoding and headers are settled here, per encoding and per choice of optional
segments; personalise.py only fills in and joins.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter

from service.core.errors import Invalid
from service.rendering import encodings, fields, lines, message
from service.rendering.headers import Headers

LONGEST_VALUE = 600
"""Octets of a value, once escaped, where nothing else is said; longer ones are cut."""

_WORD = re.compile(r"pr0(field|begin|end)0([a-z]+)0")


class Encoding(StrEnum):
    """How parts travel. SMALLEST is seven-bit: quoted-printable or base64 by size, per part (A25)."""

    EIGHT_BIT = "8bit"
    SMALLEST = "smallest"
    QUOTED_PRINTABLE = "quoted-printable"
    BASE64 = "base64"


class Form(StrEnum):
    """How a value is written where it stands."""

    PLAIN = "plain"
    HTML = "html"
    PLAIN_AT_LINE_START = "plain at line start"
    HTML_AT_LINE_START = "html at line start"
    QUOTED_PLAIN = "quoted plain"
    QUOTED_HTML = "quoted html"
    SUBJECT = "subject"


@dataclass(frozen=True, slots=True)
class Hole:
    """A field in the form in which it stands. For SUBJECT `field` is the whole subject with its fields."""

    field: str
    form: Form


@dataclass(frozen=True, slots=True)
class Base64Part:
    """A part in base64: stretches at their phases, and between them the raw pieces that change with the reader."""

    stretches: tuple[encodings.Phases, ...]
    between: tuple[tuple[bytes | Hole, ...], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole message. `pick` takes statics, filled holes and base64 parts, in that order of supply, into their order of writing."""

    fields: frozenset[str]
    longest: Mapping[str, int]
    statics: tuple[bytes, ...]
    holes: tuple[Hole, ...]
    base64_parts: tuple[Base64Part, ...]
    pick: Callable[[Sequence[bytes]], tuple[bytes, ...]]
    encodings: tuple[str, str]


class Plans:
    """The plans of one compiled issue, each made when it is first needed and kept."""

    def __init__(self, headers: Headers, html: str, text: str) -> None:
        self._headers = headers
        self._html = html
        self._text = text
        self._plans: dict[tuple[Encoding, frozenset[str]], Plan] = {}

    def plan(self, encoding: Encoding, flags: frozenset[str] = frozenset()) -> Plan:
        """The plan for this encoding with the optional segments named by `flags`."""
        key = (encoding, flags)
        if key not in self._plans:
            self._plans[key] = compile_plan(self._headers, self._html, self._text, encoding=encoding, flags=flags)
        return self._plans[key]


def compile_plan(
    headers: Headers,
    html: str,
    text: str,
    *,
    encoding: Encoding,
    flags: Iterable[str] = (),
    longest: Mapping[str, int] = fields.LONGEST,
) -> Plan:
    """The message with holes. `html` and `text` hold field words and optional segments (fields.py).

    A part whose lines cannot be made short enough for 8bit goes in the smaller of the seven-bit encodings.
    Raises Invalid for control characters in a header and for optional segments that do not close.
    """
    chosen = frozenset(flags)
    text, html = (encodings.canonical(chosen_segments(content, chosen)) for content in (text, html))
    boundary = message.boundary_of(html, text)
    assembly = _Assembly(longest)
    assembly.headers(headers, boundary)
    assembly.part(boundary, "plain", text, encoding)
    assembly.part(boundary, "html", html, encoding)
    assembly.static(f"--{boundary}--\r\n".encode())
    return assembly.plan()


def chosen_segments(content: str, flags: frozenset[str]) -> str:
    """`content` with the optional segments of `flags` kept and the others left out. They may be nested."""
    kept: list[str] = []
    open_flags: list[str] = []
    position = 0
    for word in _WORD.finditer(content):
        kind, name = word.groups()
        if kind == "field":
            continue
        if flags.issuperset(open_flags):
            kept.append(content[position : word.start()])
        position = word.end()
        if kind == "begin":
            open_flags.append(name)
        elif not open_flags or open_flags.pop() != name:
            raise Invalid("an optional segment ends that was not begun: {name}", remedy="compile the issue again", name=name)
    if open_flags:
        raise Invalid("an optional segment does not end: {name}", remedy="compile the issue again", name=open_flags[-1])
    return "".join(kept) + content[position:]


def find_fields(content: str) -> frozenset[str]:
    """The names of the fields in `content`."""
    return frozenset(fields.TOKEN.findall(content))


class _Assembly:
    """Collects the pieces of a message in their order of writing."""

    def __init__(self, longest: Mapping[str, int]) -> None:
        self._longest = longest
        self._pieces: list[bytes | Hole | Base64Part] = []
        self._encodings: list[str] = []

    def static(self, data: bytes) -> None:
        if self._pieces and isinstance(self._pieces[-1], bytes):
            self._pieces[-1] += data
        else:
            self._pieces.append(data)

    def headers(self, headers: Headers, boundary: str) -> None:
        self._template(headers.before_subject(), Form.PLAIN)
        if find_fields(headers.subject):
            self._pieces.append(Hole(message.reject_control_characters(headers.subject, "Subject"), Form.SUBJECT))
        else:
            self.static(message.text_header("Subject", headers.subject).encode())
        self._template(headers.after_subject(boundary), Form.PLAIN)

    def part(self, boundary: str, kind: str, content: str, encoding: Encoding) -> None:
        plain, quoted = (Form.HTML, Form.QUOTED_HTML) if kind == "html" else (Form.PLAIN, Form.QUOTED_PLAIN)
        if encoding is Encoding.EIGHT_BIT and kind == "html":
            content = lines.folded(content, self._width)
        if encoding is Encoding.EIGHT_BIT and not self._fits_eight_bit(content):
            encoding = Encoding.SMALLEST
        if encoding is Encoding.SMALLEST:
            encoding = Encoding(encodings.smallest(content)[0])
        self._encodings.append(encoding.value)
        self.static(message.part_head(boundary, kind, encoding.value).encode())
        if encoding is Encoding.BASE64:
            self._pieces.append(_base64_part(content, plain))
            return
        if encoding is Encoding.EIGHT_BIT:
            self._template(content, plain)
        else:
            self._quoted(content, quoted)
        self.static(message.PART_END.encode())

    def plan(self) -> Plan:
        statics = [piece for piece in self._pieces if isinstance(piece, bytes)]
        parts = [piece for piece in self._pieces if isinstance(piece, Base64Part)]
        holes = list(dict.fromkeys(piece for piece in self._pieces if isinstance(piece, Hole)))
        order, static, part = [], 0, len(statics) + len(holes)
        for piece in self._pieces:
            if isinstance(piece, bytes):
                order.append(static)
                static += 1
            elif isinstance(piece, Base64Part):
                order.append(part)
                part += 1
            else:
                order.append(len(statics) + holes.index(piece))
        names = _names(holes) | {name for each in parts for between in each.between for name in _names(between)}
        limits = {name: self._longest.get(name, LONGEST_VALUE) for name in names}
        encodings_used = (self._encodings[0], self._encodings[1])
        return Plan(frozenset(names), limits, tuple(statics), tuple(holes), tuple(parts), itemgetter(*order), encodings_used)

    def _template(self, content: str, form: Form) -> None:
        """Static text and holes as they are; dots at line starts are stuffed."""
        is_line_start = True
        for word, piece in _split(content):
            if word:
                at_start = {Form.PLAIN: Form.PLAIN_AT_LINE_START, Form.HTML: Form.HTML_AT_LINE_START}[form]
                self._pieces.append(Hole(word, at_start if is_line_start else form))
                is_line_start = False
            elif piece:
                data = piece.encode().replace(b"\r\n.", b"\r\n..")
                self.static(b"." + data if is_line_start and data.startswith(b".") else data)
                is_line_start = piece.endswith("\r\n")

    def _quoted(self, content: str, form: Form) -> None:
        """Soft breaks around each hole, so that its value is encoded alone and its neighbours never reflow."""
        for word, piece in _split(content):
            if word:
                self.static(encodings.SOFT_BREAK)
                self._pieces.append(Hole(word, form))
                self.static(encodings.SOFT_BREAK)
            else:
                self.static(encodings.quoted_printable(piece.encode()))

    def _fits_eight_bit(self, content: str) -> bool:
        """Short lines, and no line whose first octet could be a dot that compile time cannot see (an empty value before it)."""
        return lines.fits(content, self._width) and not _DOUBTFUL_START.search(content)

    def _width(self, content: str) -> int:
        octets = len(content.encode())
        for name in fields.TOKEN.findall(content):
            octets += self._longest.get(name, LONGEST_VALUE) - len(fields.token(name))
        return octets


_DOUBTFUL_START = re.compile(r"(?:\A|\r\n)pr0field0[a-z]+0(?:\.|pr0field0)")


def _split(content: str) -> Iterable[tuple[str, str]]:
    """(field name, "") and ("", static text) in their order."""
    position = 0
    for word in fields.TOKEN.finditer(content):
        if word.start() > position:
            yield "", content[position : word.start()]
        yield word[1], ""
        position = word.end()
    if position < len(content):
        yield "", content[position:]


SHORT = 6
"""Octets below which a static stretch between two holes is encoded together with them."""


def _base64_part(content: str, form: Form) -> Base64Part:
    stretches: list[encodings.Phases] = []
    groups: list[tuple[bytes | Hole, ...]] = []
    group: list[bytes | Hole] = []
    pieces = list(_split(content))
    for index, (word, piece) in enumerate(pieces):
        data = piece.encode()
        is_last = index == len(pieces) - 1
        if word:
            group.append(Hole(word, form))
        elif len(data) < SHORT and not is_last:
            group.append(data)
        else:
            stretches.append(encodings.in_phases(data, is_last=is_last))
            groups.append(tuple(group))
            group = []
    return Base64Part(tuple(stretches), tuple(groups))


def _names(pieces: Iterable[bytes | Hole]) -> set[str]:
    names: set[str] = set()
    for piece in pieces:
        if isinstance(piece, Hole):
            names |= find_fields(piece.field) if piece.form is Form.SUBJECT else {piece.field}
    return names
