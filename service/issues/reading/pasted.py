"""Pasted or imported text into a document, in Korean and English. No line is lost: what is not recognised becomes prose."""

from dataclasses import dataclass, replace
from typing import Any

from service.core.problems import Problem
from service.issues import checks, decoding
from service.issues.blocks import Contents
from service.issues.document import Document, to_json
from service.issues.labels import SeriesLabels, find_label
from service.issues.reading.body import read_body
from service.issues.reading.builder import BlockBuilder
from service.issues.reading.emoji import is_pointer, split_emoji
from service.issues.reading.head import Head, Series
from service.issues.reading.lines import Line, lines_of
from service.issues.reading.plan import Outline, make_outline
from service.issues.reading.qa import has_marker
from service.issues.reading.wrapping import unwrap


@dataclass(frozen=True)
class Reading:
    """What was read: the document, what is to be said about it, and the 1-based line where each block begins."""

    document: Document
    problems: list[Problem]
    lines: dict[str, int]
    language: str


def read(text: str, *, language: str | None = None, labels: SeriesLabels | None = None) -> Reading:
    """The document of a plain text; raises UnreadableText when it is empty or above decoding.MAX_BYTES."""
    if len(text) > decoding.MAX_BYTES:
        raise decoding.too_long(len(text.encode("utf-8", "replace")))
    breaks = text.count("\n") + text.count("\r")
    if breaks > 10 * decoding.MAX_LINES:  # before any work is done on them; empty lines are cheap, so that some are allowed
        raise decoding.too_many_lines(breaks)
    labels = labels or SeriesLabels()
    return read_lines(unwrap(lines_of(text), lambda line: _begins(line, labels)), language=language, labels=labels)


def read_lines(lines: list[Line], *, language: str | None = None, labels: SeriesLabels | None = None) -> Reading:
    """The document of cleaned lines, from plain text or from pasted HTML; raises UnreadableText when there are none or too many."""
    if not lines:
        raise decoding.empty()
    if len(lines) > decoding.MAX_LINES:
        raise decoding.too_many_lines(len(lines))
    labels = labels or SeriesLabels()
    outline = make_outline(lines, labels)
    builder = BlockBuilder()
    targets = read_body(lines, outline, labels, builder)
    document = _document(outline, builder, targets)
    problems = [_with_line(problem, outline.head, builder) for problem in checks.check(document)]
    return Reading(document, problems, builder.lines, language or guess_language(lines))


def printed(reading: Reading) -> dict[str, Any]:
    """The form that `pressrun issues read` prints: the document's own keys and its problems, absent values as null."""
    data = to_json(reading.document, reading.problems)
    del data["schema"]
    if data["byline"] is not None:
        del data["byline"]["portrait"]
    return data


def guess_language(lines: list[Line]) -> str:
    """ "ko" where a tenth of the letters or more are Hangul, else "en"."""
    text = "".join(line.text for line in lines[:400])
    hangul = sum("가" <= letter <= "힣" for letter in text)
    return "ko" if hangul * 10 >= sum(letter.isalpha() for letter in text) and hangul else "en"


def _begins(line: Line, labels: SeriesLabels) -> bool:
    """Whether a line begins a part, so that it never continues the line above it."""
    known = find_label(line.text, (*labels.summary, *labels.why, *labels.more))
    return known is not None or split_emoji(line.text)[0] is not None or is_pointer(line.text) or has_marker(line.text, labels)


def _document(outline: Outline, builder: BlockBuilder, targets: dict[int, str]) -> Document:
    head = outline.head
    series = outline.series[1] if outline.series else Series(None, None)
    blocks = tuple(_with_targets(block, targets) if isinstance(block, Contents) else block for block in builder.blocks)
    return Document(
        title=head.title,
        subject=head.title or None,
        series=series.name,
        period=series.period,
        period_from=series.days[0].isoformat() if series.days else None,
        period_to=series.days[1].isoformat() if series.days else None,
        byline=head.byline,
        blocks=blocks,
    )


def _with_targets(block: Contents, targets: dict[int, str]) -> Contents:
    items = tuple(replace(item, target=targets.get(number)) for number, item in enumerate(block.items))
    return replace(block, items=items)


def _with_line(problem: Problem, head: Head, builder: BlockBuilder) -> Problem:
    """The problem with the line it is about, where the text has one."""
    if problem.line is not None:
        return problem
    if problem.block is not None:
        block = builder.lines.get(problem.block)
        return replace(problem, line=builder.lines.get(f"{problem.block}/{problem.values.get('part')}", block))
    return replace(problem, line=head.byline_line if problem.values.get("part") == "byline" else None)
