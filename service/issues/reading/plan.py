"""The plan of a letter before its blocks are built: which lines are head, series, contents, sections and closing."""

from dataclasses import dataclass

from service.issues.labels import SeriesLabels
from service.issues.reading.closing import Closing, find_closing
from service.issues.reading.contents import Entry, find_contents
from service.issues.reading.dates import find_moment
from service.issues.reading.head import MAX_HEAD, Head, Series, find_series, read_head
from service.issues.reading.lines import Line
from service.issues.reading.outline import Section, find_sections

MAX_TOP = 80  # lines in which series and contents are looked for


@dataclass
class Outline:
    """Which line is what, by index."""

    head: Head
    series: tuple[int, Series] | None
    contents: list[Entry]
    sections: list[Section]
    closing: list[Closing]


def make_outline(lines: list[Line], labels: SeriesLabels) -> Outline:
    """Which line is what: head, series, contents, sections and closing."""
    year = _year(lines)
    top = min(len(lines), MAX_TOP)
    series = find_series(lines, top, year)
    contents = find_contents(lines, top, series[0] if series else None, labels)
    taken = {entry.index for entry in contents} | ({series[0]} if series else set())
    limit = contents[0].index if contents else len(lines)
    head = read_head(lines, taken, limit, labels)
    begin = max(head.end, contents[-1].index + 1 if contents else 0)
    if series and contents and series[0] > contents[0].index and series[0] not in range(begin + 1):
        series = None
    author = head.byline.author if head.byline else None
    closing = find_closing(lines, begin, author, labels)
    end = closing[0].start if closing else len(lines)
    return Outline(head, series, contents, find_sections(lines, begin, end, contents, labels), closing)


def _year(lines: list[Line]) -> int | None:
    """The year of the first date in the head, for periods that name none."""
    moments = (find_moment(line.text) for line in lines[:MAX_HEAD] if len(line.text) <= 140)
    return next((moment.local.year for moment in moments if moment is not None and moment.local is not None), None)
