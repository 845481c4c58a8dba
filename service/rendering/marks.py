"""Texts with marks into HTML or plain text. Pure; every character of the text is escaped, every mark becomes one of three elements."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise

from markupsafe import Markup, escape

from service.issues.blocks import Mark, Rich, Text, plain

Track = Callable[[str, str], str | None]
"""From an address and the words of the link to what stands in href; None where it may not be a link."""


@dataclass(frozen=True)
class Run:
    """Characters that share their marks."""

    text: str
    is_bold: bool = False
    is_italic: bool = False
    url: str | None = None


def runs(text: Text | None) -> Iterator[Run]:
    """A text cut where a mark begins or ends."""
    if text is None or isinstance(text, str):
        if text:
            yield Run(text)
        return
    borders = sorted({0, len(text.text), *(mark.start for mark in text.marks), *(mark.end for mark in text.marks)})
    for start, end in pairwise(borders):
        kinds = {mark.kind: mark.url for mark in text.marks if mark.start <= start and mark.end >= end}
        yield Run(text.text[start:end], "bold" in kinds, "italic" in kinds, kinds.get("link"))


def to_html(text: Text | None, track: Track) -> Markup:
    """`<strong>`, `<em>` and `<a>` around escaped characters; a line break becomes `<br>`."""
    html = Markup()
    for url, group in groupby(runs(text), key=lambda run: run.url):
        parts = list(group)
        inner = Markup().join(_element(run) for run in parts)
        href = track(url, "".join(run.text for run in parts)) if url else None
        html += Markup('<a class="link" href="{}">{}</a>').format(href, inner) if href else inner
    return html


def to_text(text: Text | None, track: Track) -> str:
    """The characters, each link followed by its address in parentheses."""
    written = ""
    for url, group in groupby(runs(text), key=lambda run: run.url):
        words = "".join(run.text for run in group)
        href = track(url, words) if url else None
        inner = words.rstrip()
        written += f"{inner} ({href}){words[len(inner) :]}" if href else words
    return written


def paragraphs(text: Text | None) -> list[Text]:
    """A text cut at its empty lines, marks kept."""
    whole = plain(text)
    pieces: list[Text] = []
    start = 0
    for part in whole.split("\n\n"):
        if part.strip():
            pieces.append(part if isinstance(text, str) or text is None else _slice(text, start, start + len(part)))
        start += len(part) + 2
    return pieces


def _slice(text: Rich, start: int, end: int) -> Rich:
    marks = (
        Mark(m.kind, max(m.start, start) - start, min(m.end, end) - start, m.url) for m in text.marks if m.start < end and m.end > start
    )
    return Rich(text.text[start:end], tuple(marks))


def _element(run: Run) -> Markup:
    html = Markup("<br/>\n").join(escape(line) for line in run.text.split("\n"))
    if run.is_italic:
        html = Markup("<em>{}</em>").format(html)
    return Markup("<strong>{}</strong>").format(html) if run.is_bold else html
