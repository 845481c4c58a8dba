"""Undoes hard line breaks: a text whose every line stops near one column was wrapped by a mail client, not by its author."""

from collections.abc import Callable
from dataclasses import replace
from unicodedata import east_asian_width

from service.issues.blocks import Mark
from service.issues.reading.lines import Line

MIN_WIDTH, MAX_WIDTH = 50, 100  # columns; a Hangul syllable takes two
MIN_EVIDENCE = 4


def unwrap(lines: list[Line], begins: Callable[[Line], bool]) -> list[Line]:
    """The lines with wrapped paragraphs joined; the same lines when the text does not look wrapped.

    `begins`: whether a line begins something by itself, so that it is never joined to the line above.
    """
    widths = [_width(line.text) for line in lines]
    longest = max((width for line, width in zip(lines, widths, strict=True) if " " in line.text), default=0)
    if not MIN_WIDTH <= longest <= MAX_WIDTH:
        return lines
    joins = [at for at in range(1, len(lines)) if _is_wrapped(lines, widths, at, longest) and not begins(lines[at])]
    if len(joins) < MIN_EVIDENCE:
        return lines
    result: list[Line] = []
    joined = set(joins)
    for at, line in enumerate(lines):
        if at in joined:
            result[-1] = _join(result[-1], line)
        else:
            result.append(line)
    return result


def _is_wrapped(lines: list[Line], widths: list[int], at: int, longest: int) -> bool:
    """Whether the first word of this line would not have fitted on the line above."""
    line = lines[at]
    if line.gap or line.hint or lines[at - 1].hint or line.bullet is not None or line.fact_number is not None:
        return False
    first = _width(line.text.split(" ", 1)[0])
    return widths[at - 1] + 1 + first > longest and widths[at - 1] >= MIN_WIDTH * 0.7


def _join(above: Line, below: Line) -> Line:
    shift = len(above.text) + 1
    marks = tuple(Mark(mark.kind, mark.start + shift, mark.end + shift, mark.url) for mark in below.marks)
    return replace(above, text=f"{above.text} {below.text}", marks=above.marks + marks)


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
