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


Dress = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Hole:
    """A field where it stands: escaped for HTML or not, and dressed for its place (stuffed, quoted) where it must be."""

    field: str
    is_html: bool
    dress: Dress | None = None


@dataclass(frozen=True, slots=True)
class Base64Part:
    """A part in base64: `start` is written as it is and leaves `left` octets over; then come steps, each of them pieces that
    change with the reader (numbers into `raw` and, after it, `holes`) and a static stretch at its three phases."""

    start: bytes
    left: bytes
    raw: tuple[bytes, ...]
    holes: tuple[Hole, ...]
    steps: tuple[tuple[tuple[int, ...], encodings.Phases], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole message. `pick` brings statics, filled holes, base64 parts and the subject, supplied in that order, into the order
    of writing. `subject` is the template of a subject with fields, else None. `longest`: octets of each value once escaped."""

    fields: frozenset[str]
    longest: Mapping[str, int]
    statics: tuple[bytes, ...]
    holes: tuple[Hole, ...]
    base64_parts: tuple[Base64Part, ...]
    subject: str | None
    pick: Callable[[Sequence[bytes]], tuple[bytes, ...]]
    encodings: tuple[str, str]


class Plans:
    """The plans of one compiled issue, each made when it is first needed and kept."""

    def __init__(self, headers: Headers, html: str, text: str) -> None:
        self._headers = headers
        self._html = html
        self._text = text
        self._plans: dict[tuple[Encoding, frozenset[str], bool], Plan] = {}

    def plan(self, encoding: Encoding, flags: frozenset[str] = frozenset(), *, is_stuffed: bool = True) -> Plan:
        """The plan for this encoding with the optional segments named by `flags`, dot-stuffed for DATA or as BDAT takes it."""
        key = (encoding, flags, is_stuffed)
        if key not in self._plans:
            self._plans[key] = compile_plan(self._headers, self._html, self._text, encoding=encoding, flags=flags, is_stuffed=is_stuffed)
        return self._plans[key]


def compile_plan(
    headers: Headers,
    html: str,
    text: str,
    *,
    encoding: Encoding,
    flags: Iterable[str] = (),
    longest: Mapping[str, int] = fields.LONGEST,
    is_stuffed: bool = True,
) -> Plan:
    """The message with holes. `html` and `text` hold field words and optional segments (fields.py).

    A part whose lines cannot be made short enough for 8bit goes in the smaller of the seven-bit encodings.
    Raises Invalid for control characters in a header and for optional segments that do not close.
    """
    chosen = frozenset(flags)
    text, html = (encodings.canonical(chosen_segments(content, chosen)) for content in (text, html))
    boundary = message.boundary_of(html, text)
    assembly = _Assembly(longest, is_stuffed)
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

    def __init__(self, longest: Mapping[str, int], is_stuffed: bool) -> None:
        self._longest = longest
        self._is_stuffed = is_stuffed
        self._pieces: list[bytes | Hole | Base64Part | str] = []
        self._encodings: list[str] = []

    def static(self, data: bytes) -> None:
        if self._pieces and isinstance(self._pieces[-1], bytes):
            self._pieces[-1] += data
        else:
            self._pieces.append(data)

    def headers(self, headers: Headers, boundary: str) -> None:
        self._template(headers.before_subject(), is_html=False)
        if find_fields(headers.subject):
            self._pieces.append(message.reject_control_characters(headers.subject, "Subject"))
        else:
            self.static(message.text_header("Subject", headers.subject).encode())
        self._template(headers.after_subject(boundary), is_html=False)

    def part(self, boundary: str, kind: str, content: str, encoding: Encoding) -> None:
        is_html = kind == "html"
        if encoding is Encoding.EIGHT_BIT:
            content = lines.folded(content, self._width) if is_html else content
            encoding = encoding if self._fits_eight_bit(content) else Encoding.SMALLEST
        if encoding is Encoding.SMALLEST:
            encoding = Encoding(encodings.smallest(content)[0])
        self._encodings.append(encoding.value)
        self.static(message.part_head(boundary, kind, encoding.value).encode())
        if encoding is Encoding.BASE64:
            self._pieces.append(_base64_part(content, is_html))
            return
        if encoding is Encoding.EIGHT_BIT:
            self._template(content, is_html)
        else:
            self._quoted(content, is_html)
        self.static(message.PART_END.encode())

    def plan(self) -> Plan:
        statics = [piece for piece in self._pieces if isinstance(piece, bytes)]
        holes = list(dict.fromkeys(piece for piece in self._pieces if isinstance(piece, Hole)))
        parts = [piece for piece in self._pieces if isinstance(piece, Base64Part)]
        subject = next((piece for piece in self._pieces if isinstance(piece, str)), None)
        names = {hole.field for hole in holes} | {hole.field for part in parts for hole in part.holes} | find_fields(subject or "")
        return Plan(
            fields=frozenset(names),
            longest={name: self._longest.get(name, LONGEST_VALUE) for name in names},
            statics=tuple(statics),
            holes=tuple(holes),
            base64_parts=tuple(parts),
            subject=subject,
            pick=itemgetter(*self._order(len(statics), holes, len(parts))),
            encodings=(self._encodings[0], self._encodings[1]),
        )

    def _order(self, statics: int, holes: list[Hole], parts: int) -> Iterable[int]:
        static, part = iter(range(statics)), iter(range(statics + len(holes), statics + len(holes) + parts))
        for piece in self._pieces:
            if isinstance(piece, bytes):
                yield next(static)
            elif isinstance(piece, Hole):
                yield statics + holes.index(piece)
            else:
                yield next(part) if isinstance(piece, Base64Part) else statics + len(holes) + parts

    def _template(self, content: str, is_html: bool) -> None:
        """Static text and holes as they are; for DATA, dots at line starts are stuffed."""
        is_line_start = True
        for word, piece in _split(content):
            if word:
                self._pieces.append(Hole(word, is_html, encodings.stuffed_value if is_line_start and self._is_stuffed else None))
                is_line_start = False
            else:
                self.static(_stuffed(piece.encode(), is_line_start) if self._is_stuffed else piece.encode())
                is_line_start = piece.endswith("\r\n")

    def _quoted(self, content: str, is_html: bool) -> None:
        """Soft breaks around each hole, so that its value is encoded alone and its neighbours never reflow."""
        for word, piece in _split(content):
            if word:
                self.static(encodings.SOFT_BREAK)
                self._pieces.append(Hole(word, is_html, encodings.quoted_value))
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


def _stuffed(data: bytes, is_line_start: bool) -> bytes:
    wire = data.replace(b"\r\n.", b"\r\n..")
    return b"." + wire if is_line_start and wire.startswith(b".") else wire


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


def _base64_part(content: str, is_html: bool) -> Base64Part:
    """`content` is canonical, so that its last piece is static."""
    pieces = list(_split(content))
    start, left = b"", b""
    if not pieces[0][0] and len(pieces) > 1:
        (_, start, left), *_ = encodings.in_phases(pieces.pop(0)[1].encode(), is_last=False)
    holes = [Hole(word, is_html) for word in dict.fromkeys(word for word, _ in pieces if word)]
    raw: list[bytes] = []
    groups: list[list[bytes | Hole]] = [[]]
    stretches: list[encodings.Phases] = []
    for index, (word, piece) in enumerate(pieces):
        data, is_last = piece.encode(), index == len(pieces) - 1
        if word:
            groups[-1].append(Hole(word, is_html))
        elif len(data) < SHORT and not is_last:
            groups[-1].append(data)
            raw.append(data)
        else:
            stretches.append(encodings.in_phases(data, is_last=is_last))
            groups.append([])
    supplied: list[bytes | Hole] = [*raw, *holes]
    numbers = {piece: number for number, piece in enumerate(supplied)}
    steps = tuple((tuple(numbers[piece] for piece in group), phases) for group, phases in zip(groups, stretches, strict=False))
    return Base64Part(start, left, tuple(raw), tuple(holes), steps)
