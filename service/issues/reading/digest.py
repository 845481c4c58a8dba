"""The items of a news digest and their leads: a lead ends at a colon, or where its first word returns with a particle."""

import re
from dataclasses import dataclass, field

from service.issues.blocks import DigestItem, Image, Mark, Text, plain
from service.issues.labels import SeriesLabels, find_label
from service.issues.reading.captions import is_caption, read_image
from service.issues.reading.emoji import is_pointer
from service.issues.reading.lines import Line
from service.issues.reading.parts import is_sentence

MAX_LEAD = 90
MIN_LEAD = 5  # letters behind the first word; fewer are rather the beginning of a compound, as in `AI, 오픈AI가`

_COLON = re.compile(r"(?<![:：/\d])\s*[:：](?![:：/])(?!\d{2}\b)\s*(?=\S)|(?<=\d)\s*[:：]\s+(?=\S)")
_FIRST_WORD = re.compile(r"[\"'“”‘’「『(\[]*(?P<word>[^\s,:：·…“”‘’\"'()\[\]]{2,30})")
_PARTICLE = re.compile(r"(?:은|는|이|가|을|를|의|에|에서|에게|와|과|도|로|으로|측|만|부터|까지|이라|라는|['’]s)(?![가-힣]{3})")
_TOPIC = re.compile(r"(?:은|는|이|가|측)(?=\s)")
_PARTICLES_AT_END = re.compile(r"(?<=[가-힣A-Za-z0-9])(?:은|는|이|가|의)$")


@dataclass
class DigestParts:
    figure: Image | None = None
    items: list[DigestItem] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    rest: list[Line] = field(default_factory=list)


def read_digest(lines: list[Line], labels: SeriesLabels) -> DigestParts:
    """Picture and items from the lines under a digest's heading; paragraphs below the last item are `rest`."""
    parts = DigestParts()
    marked = [at for at, line in enumerate(lines) if item_start(line) is not None]
    last = _last_item(lines, marked)
    at = 0
    while at <= last:
        line = lines[at]
        if parts.figure is None and not parts.items and is_caption(line):
            parts.figure, count = read_image(lines[at : at + 2])
        else:
            item, count = _item(lines, at, last, bool(marked), labels)
            parts.items.append(item)
            parts.lines.append(line.number)
        at += count
    parts.rest = lines[last + 1 :]
    return parts


def item_start(line: Line) -> int | None:
    """Where the text of a list item begins; None when the line is none."""
    return line.bullet if line.bullet is not None else line.fact_number


def split_lead(line: Line, start: int = 0) -> DigestItem:
    """An item as (lead, text); kept whole and `guessed` where it cannot be told where the lead ends."""
    bold = _bold_lead(line, start)
    if bold is not None:
        return _cut(line, start, *bold)
    text = line.text[start:]
    colon = _colon(text)
    returned = _returning_word(text)
    if colon is not None and (returned is None or colon[0] <= returned):
        return _cut(line, start, colon[0], colon[1])
    if returned is not None:
        return _cut(line, start, returned, returned)
    return DigestItem(None, line.part(start), guessed=True)


def _last_item(lines: list[Line], marked: list[int]) -> int:
    """The index of the last line that belongs to the digest; without list marks every paragraph with a lead is an item."""
    if marked:
        last = marked[-1]
        below = last + 1
        alone = item_start(lines[last]) is not None and not is_sentence(lines[last].text) and below < len(lines)
        return below if alone and not lines[below].gap and not is_pointer(lines[below].text) else last
    items = [at for at, line in enumerate(lines) if (is_caption(line) and at < 2) or not split_lead(line).guessed]
    return items[-1] if items else -1


def _item(lines: list[Line], at: int, last: int, marked: bool, labels: SeriesLabels) -> tuple[DigestItem, int]:
    line = lines[at]
    start = item_start(line)
    if start is None and (marked or find_label(line.text, labels.more)):
        return DigestItem(None, line.part(), guessed=True), 1
    below = lines[at + 1] if at < last else None
    stands_alone = below is not None and not below.gap and item_start(below) is None and below.hint is None
    if below is not None and stands_alone and len(line.text) <= MAX_LEAD and not is_sentence(line.text) and start is not None:
        return DigestItem(plain(line.part(start)).rstrip(" :："), below.part()), 2
    return split_lead(line, start or 0), 1


def _cut(line: Line, start: int, end: int, begin: int) -> DigestItem:
    """The item cut into lead and text at offsets from `start`."""
    text: Text = line.part(start + begin)
    return DigestItem(line.text[start : start + end].strip(), text)


def _bold_lead(line: Line, start: int) -> tuple[int, int] | None:
    """Where a lead set in bold ends and its text begins, from pasted HTML."""
    bold: list[Mark] = [mark for mark in line.marks if mark.kind == "bold" and mark.start <= start + 1]
    if not bold or bold[0].end >= len(line.text):
        return None
    end = bold[0].end - start
    text = line.text[start:]
    begin = end + len(text[end:]) - len(text[end:].lstrip(" :："))
    return len(text[:end].rstrip(" :：")), begin


def _colon(text: str) -> tuple[int, int] | None:
    """The colon that ends a lead, as (end of the lead, begin of the text)."""
    found = _COLON.search(text, 1, MAX_LEAD)
    if (
        found is None
        or re.search(r"[.。!?]\s|다\.", text[: found.start()])
        or text[: found.start()].count("“") > text[: found.start()].count("”")
    ):
        return None
    return found.start(), found.end()


def _returning_word(text: str) -> int | None:
    """Where the first word returns: run straight in behind the lead, or (second best) as the subject of a new sentence."""
    first = _FIRST_WORD.match(text)
    if first is None:
        return None
    for word in _forms(first["word"]):
        for at in _places(text, word, first.end()):
            if _is_run_in(text, at, word, text[first.end() : at]):
                return at
        for at in _places(text, word, first.end()):
            if text[at - 1].isspace() and _TOPIC.match(text, at + len(word)) and not re.search(r"[.。!?]\s", text[:at]):
                return at
    return None


def _is_run_in(text: str, at: int, word: str, between: str) -> bool:
    """Whether the word stands right behind the lead's last letter and a sentence goes on with it."""
    if text[at - 1].isspace() or text[at - 1] in "([“‘\"'-/·" or not _goes_on(text, at + len(word)):
        return False
    if len(between.split()) >= 2 and len(between) >= MIN_LEAD:
        return True
    return len(between.strip(" ,")) >= MIN_LEAD and not _is_inside_word(text, at, word)


def _forms(word: str) -> list[str]:
    """The word as written, and without its own particle (`구글이 … 구글은`)."""
    bare = _PARTICLES_AT_END.sub("", word)
    return [word] if bare == word or len(bare) < 2 else [word, bare]


def _places(text: str, word: str, start: int) -> list[int]:
    return [found.start() for found in re.finditer(re.escape(word), text[: MAX_LEAD * 2]) if found.start() >= start]


def _goes_on(text: str, end: int) -> bool:
    """Whether a sentence goes on behind the word: with a particle, or with the next word."""
    return bool(_PARTICLE.match(text, end)) or text[end : end + 1].isspace()


def _is_inside_word(text: str, at: int, word: str) -> bool:
    """Whether the place is the end of a longer word that the text uses elsewhere, as AI in 오픈AI."""
    longer = text[:at].split()[-1] + word if text[:at].split() else word
    return text.count(longer) > 1
