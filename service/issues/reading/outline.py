"""Where the sections of a letter begin and of which kind each is: story, insight, digest, or a heading with running text."""

import re
from dataclasses import dataclass
from enum import StrEnum

from service.issues.labels import Label, SeriesLabels, contains_label, find_label
from service.issues.reading.captions import is_caption
from service.issues.reading.contents import ALIKE, Entry, entry_of
from service.issues.reading.emoji import is_pointer, same_emoji
from service.issues.reading.lines import Line, addresses
from service.issues.reading.parts import is_greeting, is_sentence, likeness, split_quotation
from service.issues.reading.qa import has_marker

MAX_TITLE = 150
_NEWS = re.compile(r"(?:뉴스|소식|단신|브리핑|\bnews|\bheadlines|\bbriefs?)$", re.IGNORECASE)
MAX_UNKNOWN_TITLE = 80


class SectionKind(StrEnum):
    STORY = "story"
    INSIGHT = "insight"
    DIGEST = "digest"
    FLOW = "flow"


@dataclass(frozen=True)
class Section:
    """A heading and the lines under it (indices `start` to `end`, excluded); without a heading `heading` is None."""

    heading: Entry | None
    start: int
    end: int
    kind: SectionKind


def find_sections(lines: list[Line], start: int, end: int, contents: list[Entry], labels: SeriesLabels) -> list[Section]:
    """The sections between two indices, in order."""
    headings = {at for at in range(start, end) if _is_heading(lines, at, end, contents, labels)}
    titled, untitled = _above_labels(lines, start, end, headings, labels)
    starts = sorted(headings | titled | untitled)
    sections: list[Section] = []
    for number, at in enumerate(starts):
        stop = starts[number + 1] if number + 1 < len(starts) else end
        entry = None if at in untitled else entry_of(lines, at)
        body = at if entry is None else at + 1
        sections.append(Section(entry, body, stop, SectionKind.STORY if entry is None else SectionKind.FLOW))
    return _with_kinds(lines, sections, contents, labels)


def _label(line: Line, *words: tuple[str, ...]) -> Label | None:
    return find_label(line.text, [word for group in words for word in group])


def _is_heading(lines: list[Line], at: int, end: int, contents: list[Entry], labels: SeriesLabels) -> bool:
    line = lines[at]
    if _label(line, labels.summary, labels.why, labels.more):
        return False
    if line.hint == "heading":
        return True
    if line.hint or len(line.text) > MAX_TITLE or is_pointer(line.text):
        return False
    entry = entry_of(lines, at)
    if entry.emoji is not None:
        return _opens_with_emoji(entry, line, contents)
    if line.bullet is not None or is_caption(line) or has_marker(line.text, labels):
        return False
    if any(likeness(item.text, entry.text) >= 0.75 for item in contents if item.text) and not is_sentence(entry.text):
        return True
    return line.fact_number is None and _is_named(lines, at, end, labels)


def _opens_with_emoji(entry: Entry, line: Line, contents: list[Entry]) -> bool:
    """An emoji opens a section if the contents announce it, or if what follows it is a title and no sentence."""
    if not entry.text or is_greeting(entry.text):
        return False
    if line.bullet is not None and not any(likeness(item.text, entry.text) >= ALIKE for item in contents):
        return False
    for item in contents:
        if same_emoji(item.emoji, entry.emoji) and (not is_sentence(entry.text) or likeness(item.text, entry.text) >= ALIKE):
            return True
    return len(entry.text) <= MAX_UNKNOWN_TITLE and not is_sentence(entry.text) and not addresses(entry.text)


def _is_named(lines: list[Line], at: int, end: int, labels: SeriesLabels) -> bool:
    """A bare line that names an insight (`Weekly insight: …`) or a digest above its list."""
    text = lines[at].text
    found = find_label(text, labels.insight)
    if found is not None and not is_sentence(text):
        return True
    if len(text) > 40 or is_sentence(text) or not contains_label(text, labels.digest) or split_quotation(text):
        return False
    return any(lines[below].bullet is not None or lines[below].fact_number is not None for below in range(at + 1, min(at + 3, end)))


def _above_labels(lines: list[Line], start: int, end: int, headings: set[int], labels: SeriesLabels) -> tuple[set[int], set[int]]:
    """Headings that only the label below them betrays; and where there is no such line, the beginnings of untitled stories."""
    titled: set[int] = set()
    untitled: set[int] = set()
    seen: set[str] = set()
    inside = False
    for at in range(start, end):
        if at in headings:
            seen, inside = set(), True
        name = "summary" if _label(lines[at], labels.summary) else "why" if _label(lines[at], labels.why) else None
        if name is None:
            continue
        if not inside or name in seen:
            above = _title_above(lines, at, start, headings | titled, labels)
            if above is None:
                untitled.add(_picture_above(lines, at, start, headings | titled))
            else:
                titled.add(above)
            seen, inside = set(), True
        seen.add(name)
    return titled, untitled


def _picture_above(lines: list[Line], at: int, start: int, known: set[int]) -> int:
    """Where an untitled story begins: at its picture, if one stands right above the label, else at the label."""
    above = at - 1
    return above if above >= start and above not in known and is_caption(lines[above]) else at


def _title_above(lines: list[Line], at: int, start: int, known: set[int], labels: SeriesLabels) -> int | None:
    """The title over a label: the nearest line above it that is no picture and no fact, if it reads as a title."""
    above = at - 1
    while above >= start and above not in known and (is_caption(lines[above]) or lines[above].fact_number is not None):
        above -= 1
    if above < start or above in known:
        return None
    line = lines[above]
    if line.bullet is not None or len(line.text) > MAX_TITLE or is_sentence(line.text) or is_pointer(line.text) or is_greeting(line.text):
        return None
    if _label(line, labels.summary, labels.why, labels.more) or split_quotation(line.text) or addresses(line.text):
        return None
    return above


def _with_kinds(lines: list[Line], sections: list[Section], contents: list[Entry], labels: SeriesLabels) -> list[Section]:
    kinds = [_kind(lines, section, labels) for section in sections]
    briefing = SectionKind.STORY in kinds
    result = []
    for section, kind in zip(sections, kinds, strict=True):
        heading = section.heading
        if kind is SectionKind.FLOW and briefing and heading is not None and heading.emoji and _is_announced(heading, contents):
            kind = SectionKind.STORY
        result.append(Section(heading, section.start, section.end, kind))
    return result


def _is_announced(heading: Entry, contents: list[Entry]) -> bool:
    return any(same_emoji(item.emoji, heading.emoji) or likeness(item.text, heading.text) >= ALIKE for item in contents)


def _kind(lines: list[Line], section: Section, labels: SeriesLabels) -> SectionKind:
    body = lines[section.start : section.end]
    if any(_label(line, labels.summary, labels.why) for line in body) or section.heading is None:
        return SectionKind.STORY
    title = section.heading.text
    if find_label(title, labels.insight) or (section.heading.emoji and contains_label(title, labels.insight) and len(title) <= 40):
        return SectionKind.INSIGHT
    bullets = [line for line in body if line.bullet is not None]
    if len(title) <= 60 and (contains_label(title, labels.digest) or (len(bullets) >= 2 and _NEWS.search(title))):
        return SectionKind.DIGEST
    if (
        section.heading.emoji
        and len(bullets) >= 2
        and all(line.bullet is not None or is_caption(line) for line in body[: len(bullets) + 1])
    ):
        return SectionKind.DIGEST
    facts = [line for line in body if line.fact_number is not None]
    leads_on = any(is_pointer(line.text) or _label(line, labels.more) for line in body)
    if (leads_on and (section.heading.emoji or facts)) or (section.heading.emoji and len(facts) >= 2):
        return SectionKind.STORY
    return SectionKind.FLOW


def emoji_title(entry: Entry) -> str:
    """A heading as it stands in the text: its emoji, if any, and its title."""
    return f"{entry.emoji}{entry.text}" if entry.emoji else entry.text
