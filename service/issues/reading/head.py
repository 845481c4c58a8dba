"""The top of a letter: headline, portrait, byline, hero picture, series and period. What it does not know it leaves to the body."""

import re
from dataclasses import dataclass, field, replace
from datetime import date

from service.issues.blocks import Image
from service.issues.document import Byline
from service.issues.labels import SeriesLabels, find_label
from service.issues.reading.byline import is_portrait, read_byline
from service.issues.reading.captions import is_caption, parse_caption
from service.issues.reading.dates import Moment
from service.issues.reading.emoji import is_pointer, split_emoji
from service.issues.reading.lines import Line
from service.issues.reading.parts import fold_words, is_greeting, is_sentence, split_quotation
from service.issues.reading.periods import parse_period

MAX_HEAD = 14  # lines above the first paragraph, in the longest head we have seen twice over

_BRACKETED = re.compile(r"[\[【〔](?P<series>[^\[\]【】〔〕]{1,60})[\]】〕]\s*[:：|·]?\s*(?P<period>.{0,90})")
_SPLIT = re.compile(r"(?P<series>.{1,60}?)\s*[|:：·,–—(（]\s*(?P<period>.{4,90}?)[)）]?")


@dataclass(frozen=True)
class Series:
    """The line that names the series and the time it covers."""

    name: str | None
    period: str | None
    days: tuple[date, date] | None = None


@dataclass
class Head:
    """What stood at the top; `used` holds the indices of the lines that were understood."""

    title: str = ""
    title_line: int | None = None
    byline: Byline | None = None
    byline_line: int | None = None
    moment: Moment | None = None
    hero: Image | None = None
    hero_line: int | None = None
    used: set[int] = field(default_factory=set)
    end: int = 0


def find_series(lines: list[Line], limit: int, year: int | None) -> tuple[int, Series] | None:
    """The first line before index `limit` that names a series or a period and nothing else."""
    for at in range(min(limit, len(lines))):
        found = parse_series(lines[at].text, year, first=at == 0)
        if found is not None and (found.period or at < MAX_HEAD):
            return at, found
    return None


def parse_series(text: str, year: int | None, *, first: bool = False) -> Series | None:
    """`[Series] period`, `Series | period`, `[Series]` or a period alone; a first line without a period is a headline."""
    if len(text) > 150:
        return None
    bracketed = _BRACKETED.fullmatch(text)
    if bracketed is not None:
        return _bracketed_series(bracketed, year, first)
    days = parse_period(text, year)
    if days is not None and days[0] != days[1]:
        return Series(None, text, days)
    split = _SPLIT.fullmatch(text)
    days = parse_period(split["period"], year) if split else None
    if split is not None and days is not None and days[0] != days[1] and not text.startswith(("(", "（")):
        return Series(split["series"], split["period"], days)
    return None


def _bracketed_series(found: re.Match[str], year: int | None, first: bool) -> Series | None:
    name, period = found["series"].strip(), found["period"].strip()
    if not period:
        return None if first or split_emoji(name)[0] else Series(name, None)
    days = parse_period(period, year)
    if days is None and (first or not re.search(r"\d|주차|주\b", period) or len(period) > 40 or is_sentence(period)):
        return None
    return Series(name, period, days)


def read_head(lines: list[Line], taken: set[int], limit: int, labels: SeriesLabels) -> Head:
    """The head of the letter; `taken` are lines already understood (series), `limit` the first line that surely is body."""
    head = Head()
    at = 0
    while at < min(limit, MAX_HEAD + len(taken), len(lines)):
        if at in taken:
            at += 1
            continue
        step = _step(lines, at, head, labels, limit)
        head.used.update(range(at, at + step))
        if step == 0 and not _goes_on(lines, at, head, min(limit, at + 4)):
            break
        at += step or 1
    head.end = at
    if not head.title and head.hero is not None and head.hero.alt:
        head.title = head.hero.alt
    return head


def _step(lines: list[Line], at: int, head: Head, labels: SeriesLabels, limit: int) -> int:
    """Understand the line at `at`; how many lines were taken, 0 when the head is over."""
    line = lines[at]
    if head.byline is None:
        if is_portrait(line.text) and _byline_follows(lines, at, limit):
            head.byline = Byline(portrait_alt=line.text)
            return _take_byline(lines, at + 1, head) + 1
        if head.title and is_portrait(line.text) and " " not in line.text:  # what mail clients paste for it; the byline is gone
            head.byline = Byline(portrait_alt=line.text)
            return 1
        taken = _take_byline(lines, at, head, titled=bool(head.title))
        if taken:
            return taken
    if line.hint == "image":
        return _take_image(lines, at, head)
    if head.title_line is None and not head.title and _is_headline(line, labels):
        head.title, head.title_line = line.text, line.number
        return 1
    return _take_hero(lines, at, head, labels)


def _byline_follows(lines: list[Line], at: int, limit: int) -> bool:
    return at + 1 < min(limit, len(lines)) and read_byline(lines, at + 1) is not None


def _goes_on(lines: list[Line], at: int, head: Head, limit: int) -> bool:
    """Whether the line at `at` is a deck between parts of the head: byline or picture follow it soon."""
    if not head.title or lines[at].hint or is_greeting(lines[at].text):
        return False
    ahead = range(at + 1, min(limit, len(lines)))
    if head.byline is None and any(read_byline(lines, index) for index in ahead):
        return True
    return head.hero is None and any(fold_words(lines[index].text) == fold_words(head.title) for index in ahead)


def _take_byline(lines: list[Line], at: int, head: Head, *, titled: bool = True) -> int:
    """The byline at `at`; above the headline it must say the time, or "by", to be told from a headline with a date."""
    found = read_byline(lines, at, alone=titled) if at < len(lines) else None
    if found is None or (not titled and found[1] is not None and not found[1].has_time):
        return 0
    byline, head.moment, count = found
    head.byline = replace(byline, portrait_alt=head.byline.portrait_alt if head.byline else None)
    head.byline_line = lines[at].number
    return count


def _is_headline(line: Line, labels: SeriesLabels) -> bool:
    text = line.text
    if line.hint == "heading":
        return True
    if line.bullet is not None or is_pointer(text) or is_greeting(text) or len(text) > 150:
        return False
    if find_label(text, (*labels.summary, *labels.why, *labels.more)):
        return False
    return not (len(text) > 60 and is_sentence(text)) and not is_caption(line)


def _take_image(lines: list[Line], at: int, head: Head) -> int:
    line = lines[at]
    if head.byline is None and (is_portrait(line.text) or (_byline_follows(lines, at, len(lines)) and head.title)):
        head.byline = Byline(portrait_alt=line.text or None, portrait=line.image)
        return _take_byline(lines, at + 1, head) + 1
    if head.hero is not None:
        return 0
    head.hero, head.hero_line = Image(line.image, line.text or None), line.number
    return 1


def _take_hero(lines: list[Line], at: int, head: Head, labels: SeriesLabels) -> int:
    """The headline said again (the picture's alternative text) or the caption of the picture."""
    line = lines[at]
    if head.title and head.hero is None and fold_words(line.text) == fold_words(head.title) and fold_words(line.text):
        head.hero, head.hero_line = Image(alt=line.text), line.number
        return 1
    if head.hero is not None and (head.hero.caption or head.hero.credit):
        return 0
    if is_caption(line) or (head.hero is not None and _is_bare_caption(line, labels)):
        caption, credit = parse_caption(line)
        head.hero = replace(head.hero or Image(), caption=caption, credit=credit)
        head.hero_line = head.hero_line or line.number
        return 1
    return 0


def _is_bare_caption(line: Line, labels: SeriesLabels) -> bool:
    """A line right under the picture that is no paragraph: a caption whose credit was forgotten."""
    if line.gap or line.hint or is_sentence(line.text) or is_greeting(line.text) or split_emoji(line.text)[0] or is_pointer(line.text):
        return False
    return line.bullet is None and split_quotation(line.text) is None and not find_label(line.text, labels.contents)
