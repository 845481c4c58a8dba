"""The lines of a text as the reader sees them: cleaned, numbered, with their marks. No character that shows is ever dropped here."""

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Literal

from service.issues.blocks import Mark, Rich, Text

Hint = Literal["heading", "bullet", "number", "quote", "image", "continued"]  # continued: a further line of a list item

_BREAKS = re.compile(r"\r\n?|[\n\u2028\u2029]")
_HIDDEN = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_BULLET = re.compile(r"(?:[•·‧∙▪◦‣●○◾▫⁃・ㆍ]\s*|[-*]\s+)(?=\S)")
_NUMBER = re.compile(r"(?:\(?\d{1,2}\)\s*|\d{1,2}\s?[.．]\s*(?=[^\d\s])|\d{1,2}\s?[.．]\s+|[①-⑳❶-❿]\s*)(?=\S)")
_BOLD = re.compile(r"(?<![A-Za-z0-9*])\*\*(?=[^\s*])([^*]{1,400}?)(?<=[^\s*])\*\*(?![A-Za-z0-9*])")
_URL = re.compile(r"https?://[^\s<>\"'“”‘’]+", re.IGNORECASE)


@dataclass(frozen=True)
class Line:
    """One line that is not empty: `number` counts from 1; `gap` says that an empty line stands before it.

    `hint`, `image` and `marks` come from pasted HTML; a plain text has none.
    """

    number: int
    text: str
    gap: bool = True
    marks: tuple[Mark, ...] = ()
    hint: Hint | None = None
    image: str | None = None

    def part(self, start: int = 0, end: int | None = None) -> Text:
        """The text from `start` to `end` with its marks, and with bare web addresses made links."""
        end = len(self.text) if end is None else end
        start += len(self.text[start:end]) - len(self.text[start:end].lstrip())
        end -= len(self.text[start:end]) - len(self.text[start:end].rstrip())
        text = self.text[start:end]
        marks = [
            replace(mark, start=max(mark.start, start) - start, end=min(mark.end, end) - start)
            for mark in self.marks
            if mark.start < end and mark.end > start
        ]
        marks += [Mark("link", at, to, text[at:to]) for at, to in addresses(text) if not _is_linked(marks, at, to)]
        return Rich(text, tuple(sorted(marks, key=lambda mark: (mark.start, -mark.end)))) if marks else text

    @property
    def is_bold(self) -> bool:
        """Whether the whole line is set in bold."""
        return any(mark.kind == "bold" and mark.start == 0 and mark.end >= len(self.text) for mark in self.marks)

    @property
    def bullet(self) -> int | None:
        """Where the item's text begins, if this is an item of an unnumbered list."""
        if self.hint == "bullet":
            return 0
        found = _BULLET.match(self.text)
        return found.end() if found else None

    @property
    def fact_number(self) -> int | None:
        """Where the item's text begins, if this is an item of a numbered list."""
        if self.hint == "number":
            return 0
        found = _NUMBER.match(self.text)
        return found.end() if found else None


def without_hidden(text: str) -> str:
    """A text without control characters, which no mail can carry and nobody sees; line breaks stay."""
    return _HIDDEN.sub("", text)


def clean(text: str) -> str:
    """NFC, without invisible control characters; every run of white space (U+00A0 too) as one space."""
    return " ".join(_HIDDEN.sub("", unicodedata.normalize("NFC", text)).split())


def lines_of(text: str) -> list[Line]:
    """The lines of a text that are not empty, in order."""
    found: list[Line] = []
    gap = True
    for number, raw in enumerate(_BREAKS.split(text.removeprefix("\ufeff")), start=1):
        cleaned = clean(raw)
        if cleaned:
            found.append(_with_bold(Line(number, cleaned, gap)))
        gap = not cleaned
    return found


def addresses(text: str) -> list[tuple[int, int]]:
    """The spans of bare web addresses, without the punctuation or Korean particle that follows them."""
    return [(found.start(), found.start() + len(_trimmed(found.group()))) for found in _URL.finditer(text)]


def without_address(text: str) -> tuple[str, str | None]:
    """A line that ends with a web address, bare or in parentheses, as (what stands before it, the address)."""
    spans = addresses(text)
    if not spans or text[spans[-1][1] :].strip(" )）]>.") or text[spans[-1][1] :].count(")") > 1:
        return text, None
    start, end = spans[-1]
    before = text[:start].rstrip()
    return before.rstrip("(（[<").rstrip() if before.endswith(("(", "（", "[", "<")) else before, text[start:end]


def _with_bold(line: Line) -> Line:
    """`**words**` as bold; unlike Markdown also where a Korean particle follows the closing marks directly."""
    text, marks, at = "", list[Mark](), 0
    for found in _BOLD.finditer(line.text):
        text += line.text[at : found.start()]
        marks.append(Mark("bold", len(text), len(text) + len(found[1])))
        text += found[1]
        at = found.end()
    return replace(line, text=text + line.text[at:], marks=tuple(marks)) if marks else line


def _trimmed(url: str) -> str:
    url = re.split(r"[가-힣ㄱ-ㅎ）」』】、。，]", url, maxsplit=1)[0]
    while url and (url[-1] in ".,;:!?]" or (url[-1] == ")" and url.count("(") < url.count(")"))):
        url = url[:-1]
    return url


def _is_linked(marks: list[Mark], start: int, end: int) -> bool:
    return any(mark.kind == "link" and mark.start < end and mark.end > start for mark in marks)
