"""Pasted HTML into a document: links, bold, italics, lists, headings and pictures' alternative texts stay; scripts and styles do not."""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

import lxml.html
from lxml import etree

from service.issues import decoding
from service.issues.blocks import Mark, MarkKind
from service.issues.labels import SeriesLabels
from service.issues.reading.lines import Hint, Line, without_hidden
from service.issues.reading.pasted import Reading, read_lines

_DROPPED = frozenset({
    "script", "style", "head", "title", "meta", "link", "template", "noscript", "iframe", "object", "embed", "svg", "math",
    "form", "input", "button", "select", "textarea", "audio", "video",
})  # fmt: skip
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section", "summary",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_WEIGHT = re.compile(r"font-weight\s*:\s*(?P<value>bold|bolder|normal|[1-9]00)", re.IGNORECASE)
_ITALIC = re.compile(r"font-style\s*:\s*(?P<value>italic|oblique|normal)", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?://|mailto:)\S+$", re.IGNORECASE)


def from_html(html: str, *, language: str | None = None, labels: SeriesLabels | None = None) -> Reading:
    """The document of pasted HTML; raises UnreadableText when it shows nothing or is above decoding.MAX_BYTES."""
    if len(html) > decoding.MAX_BYTES:
        raise decoding.too_long(len(html.encode("utf-8", "replace")))
    return read_lines(lines_of_html(html), language=language, labels=labels)


def lines_of_html(html: str) -> list[Line]:
    """The lines that the HTML shows, with their marks and hints."""
    source = without_hidden(html)
    if not source.strip():
        return []
    try:
        tree = lxml.html.document_fromstring(source, parser=lxml.html.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True))
    except (etree.ParserError, ValueError):  # nothing but comments, or an encoding declaration in a string
        return []
    collector = _Collector()
    _walk(tree, collector)
    collector.flush()
    return collector.lines


@dataclass
class _Collector:
    """Puts the running text together, line by line."""

    lines: list[Line] = field(default_factory=list)
    text: str = ""
    marks: list[Mark] = field(default_factory=list)
    open: list[tuple[MarkKind, int, str | None]] = field(default_factory=list)
    hints: list[Hint] = field(default_factory=list)
    gap: bool = True

    def add(self, words: str | None) -> None:
        """Append running text; white space as one space."""
        collapsed = re.sub(r"\s+", " ", unicodedata.normalize("NFC", words or ""))
        self.text += collapsed.lstrip() if not self.text or self.text.endswith(" ") else collapsed

    def flush(self, *, gap: bool = True) -> None:
        """End the line; `gap`: the next one begins a new paragraph."""
        text = self.text.rstrip()
        if text:
            marks = [*self.marks, *(Mark(kind, start, len(text), url) for kind, start, url in self.open)]
            clipped = [Mark(mark.kind, mark.start, min(mark.end, len(text)), mark.url) for mark in marks if mark.start < len(text)]
            ordered = sorted((mark for mark in clipped if mark.start < mark.end), key=lambda mark: (mark.start, -mark.end))
            self.lines.append(Line(len(self.lines) + 1, text, self.gap, tuple(ordered), self._hint()))
            self.gap = gap
        else:
            self.gap = self.gap or gap
        self.text, self.marks = "", []
        self.open = [(kind, 0, url) for kind, _, url in self.open]

    def begin(self, kind: MarkKind, url: str | None = None) -> None:
        self.open.append((kind, len(self.text), url))

    def end(self) -> None:
        kind, start, url = self.open.pop()
        if start < len(self.text):
            self.marks.append(Mark(kind, start, len(self.text), url))

    def picture(self, alt: str, source: str | None) -> None:
        self.flush()
        self.lines.append(Line(len(self.lines) + 1, " ".join(alt.split()), True, (), "image", source))

    def _hint(self) -> Hint | None:
        """What the innermost list item, heading or quotation makes of the line; a list item marks its first line only."""
        if not self.hints:
            return None
        hint = self.hints[-1]
        if hint in ("bullet", "number"):
            self.hints[-1] = "continued"
        return None if hint == "continued" else hint


def _walk(tree: Any, collector: _Collector) -> None:
    """Visit the elements in reading order, without recursion; `marks` remembers how many each element opened."""
    opened: dict[Any, tuple[int, bool]] = {}
    skipping: Any = None
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if skipping is not None:
            if event == "end" and element is skipping:
                skipping = None
                collector.add(element.tail)
            continue
        if event == "start":
            if element.tag in _DROPPED or _HIDDEN.search(element.get("style", "")) or element.get("hidden") is not None:
                skipping = element
                continue
            opened[element] = _open(element, collector)
            collector.add(element.text)
        else:
            _close(element, collector, *opened.pop(element))
            collector.add(element.tail)


def _open(element: Any, collector: _Collector) -> tuple[int, bool]:
    """Begin an element; returns how many marks it opened and whether it gave a hint."""
    tag = element.tag
    if tag == "br":
        collector.flush(gap=_follows_break(element))
    elif tag == "img":
        _picture(element, collector)
    elif tag in _BLOCKS or tag in _HEADINGS:
        collector.flush()
    hint = _hint_of(element)
    if hint is not None:
        collector.hints.append(hint)
    marks = _marks_of(element)
    for kind, url in marks:
        collector.begin(kind, url)
    return len(marks), hint is not None


def _close(element: Any, collector: _Collector, marks: int, hinted: bool) -> None:
    for _ in range(marks):
        collector.end()
    if element.tag in _BLOCKS or element.tag in _HEADINGS:
        collector.flush()
    if hinted:
        collector.hints.pop()


def _follows_break(element: Any) -> bool:
    """Two line breaks in a row are how mail clients part paragraphs."""
    previous = element.getprevious()
    return previous is not None and previous.tag == "br" and not (previous.tail or "").strip()


def _hint_of(element: Any) -> Hint | None:
    if element.tag in _HEADINGS:
        return "heading"
    if element.tag == "blockquote":
        return "quote"
    if element.tag == "li":
        parent = element.getparent()
        return "number" if parent is not None and parent.tag == "ol" else "bullet"
    return None


def _marks_of(element: Any) -> list[tuple[MarkKind, str | None]]:
    style, marks = element.get("style", ""), list[tuple[MarkKind, str | None]]()
    weight, slant = _WEIGHT.search(style), _ITALIC.search(style)
    bold = weight["value"].lower() in ("bold", "bolder", "600", "700", "800", "900") if weight else element.tag in ("b", "strong")
    italic = slant["value"].lower() != "normal" if slant else element.tag in ("i", "em", "cite")
    if bold and element.tag not in _HEADINGS:
        marks.append(("bold", None))
    if italic:
        marks.append(("italic", None))
    address = re.sub(r"\s", "", element.get("href") or "") if element.tag == "a" else ""
    if _ADDRESS.match(address):
        marks.append(("link", address))
    return marks


def _picture(element: Any, collector: _Collector) -> None:
    """A picture with its alternative text; invisible ones (a pixel for counting) are none."""
    if element.get("width") in ("0", "1") or element.get("height") in ("0", "1"):
        return
    source = (element.get("src") or "").strip()
    alt = unicodedata.normalize("NFC", element.get("alt") or "")
    address = source if source.lower().startswith(("https://", "http://")) else None
    if alt.strip() or address:
        collector.picture(alt, address)
