"""The link a section leads on to: `👉Learn more: title`, its address in the line, behind the words or on the next line."""

import re
from dataclasses import replace

from service.issues.blocks import More
from service.issues.labels import Label, SeriesLabels, find_label
from service.issues.reading.emoji import POINTERS, is_pointer, split_emoji
from service.issues.reading.lines import Line, without_address

_POINTER = re.compile(rf"[{''.join(sorted(POINTERS))}][\ufe0e\ufe0f]?[\U0001f3fb-\U0001f3ff]?\s*")
_OTHER_LABEL = re.compile(r"(?P<label>[^:：]{1,20}?)\s*[:：]\s*(?!//)")
_MARKED_UP = re.compile(r"\[(?P<text>[^\]]+)\]\((?P<url>https?://[^\s)]+)\)")
_DASH = re.compile(r"[\-–—|]?\s*")
_ADDRESS_LABEL = re.compile(r"(?:링크|주소|url|link)\s*[:：]?", re.IGNORECASE)


def read_more(lines: list[Line], labels: SeriesLabels) -> tuple[More, int] | None:
    """The link that the first line begins, and how many lines it takes; None when it is none."""
    line = lines[0]
    pointer = _POINTER.match(line.text) if is_pointer(line.text) else None
    start = pointer.end() if pointer else 0
    known = find_label(line.text, (*labels.more, *labels.insight), start, needs_end=pointer is None)
    if pointer is None and known is None:
        known = _before_address(line.text, labels)
    if pointer is None and (known is None or not find_label(line.text, labels.more, needs_end=False) or line.bullet is not None):
        return None
    label, begin = _label(line.text, start, known.wording if known else None, known.end if known else start)
    text, url = _text_and_address(line, begin)
    count = 1
    if not text and len(lines) > 1 and not lines[1].gap and _may_be_title(lines[1], labels):
        text, below = _text_and_address(lines[1], 0)
        url, count = url or below, 2
    if url is None and len(lines) > count and _is_address(lines[count]):
        url, count = without_address(lines[count].text)[1], count + 1
    if not text and url is None and label is None:
        return None
    return More(label, text or url or "", url), count


def _before_address(text: str, labels: SeriesLabels) -> Label | None:
    """A label that an address follows without a colon: `Learn more - https://…`."""
    found = find_label(text, labels.more, needs_end=False)
    dash = _DASH.match(text, found.end) if found else None
    return replace(found, end=dash.end()) if found and dash and without_address(text[dash.end() :])[0] == "" else None


def _label(text: str, start: int, known: str | None, end: int) -> tuple[str | None, int]:
    if known is not None:
        return known, end
    found = _OTHER_LABEL.match(text, start)
    return (found["label"].strip(), found.end()) if found and found.end() < len(text) else (None, start)


def _text_and_address(line: Line, start: int) -> tuple[str, str | None]:
    text = line.text[start:].strip()
    for mark in line.marks:
        if mark.kind == "link" and mark.end > start and mark.url:
            return text, mark.url
    marked_up = _MARKED_UP.fullmatch(text)
    if marked_up:
        return marked_up["text"], marked_up["url"]
    return without_address(text)


def _is_address(line: Line) -> bool:
    before, url = without_address(line.text)
    return url is not None and (not before or _ADDRESS_LABEL.fullmatch(before) is not None)


def _may_be_title(line: Line, labels: SeriesLabels) -> bool:
    text = line.text
    if line.hint or line.bullet is not None or is_pointer(text) or split_emoji(text)[0] or len(text) > 150:
        return False
    return find_label(text, (*labels.summary, *labels.why, *labels.more)) is None
