"""The table of contents: which lines form it, and which section each of them means (same emoji, then order, then likeness)."""

from dataclasses import dataclass

from service.issues.labels import SeriesLabels, find_label
from service.issues.reading.captions import has_credit
from service.issues.reading.dates import find_moment
from service.issues.reading.emoji import is_pointer, same_emoji, split_emoji
from service.issues.reading.lines import Line
from service.issues.reading.parts import is_greeting, is_sentence, likeness, split_quotation

MAX_ITEM = 120
MAX_ITEMS = 40
MAX_SECTIONS = 200
MAX_LOOK = 800  # lines below the contents in which their sections are looked for
ALIKE = 0.6


@dataclass(frozen=True)
class Entry:
    """An emoji and a title: a line of the contents or the heading of a section; `index` is its line's index."""

    index: int
    emoji: str | None
    text: str


def entry_of(lines: list[Line], index: int) -> Entry:
    """The line at `index` without list mark, taken apart."""
    line = lines[index]
    mark = line.bullet if line.bullet is not None else line.fact_number
    emoji, text = split_emoji(line.text)
    if emoji is None and mark:
        emoji, text = split_emoji(line.text[mark:])
    return Entry(index, emoji, text)


def find_contents(lines: list[Line], limit: int, after_series: int | None, labels: SeriesLabels) -> list[Entry]:
    """The lines of the table of contents, or none; it lies before index `limit`."""
    at = 1
    while at < limit:
        run = [] if at == after_series else _run(lines, at, limit, labels)
        announced = (at - 1 == after_series and at > 1) or bool(find_label(entry_of(lines, at - 1).text, labels.contents))
        if len(run) >= 2 and _is_contents(lines, run, announced):
            return run
        at = run[-1].index + 1 if len(run) > 1 else at + 1
    return []


def _run(lines: list[Line], start: int, limit: int, labels: SeriesLabels) -> list[Entry]:
    """Lines from `start` on that may be items: all with an emoji, all with a list mark, or all bare without an empty line between."""
    run: list[Entry] = []
    form = _form(lines, start)
    for at in range(start, min(limit, start + MAX_ITEMS, len(lines))):
        line = lines[at]
        if not _may_be_item(line, labels) or _form(lines, at) != form or (run and line.gap and form == "bare"):
            break
        entry = entry_of(lines, at)
        if any(same_emoji(entry.emoji, item.emoji) and likeness(entry.text, item.text) >= ALIKE for item in run):
            break  # the first section begins right below the contents
        run.append(entry)
    return run


def _form(lines: list[Line], at: int) -> str:
    line = lines[at]
    if line.bullet is not None or line.fact_number is not None:
        return "list"
    return "emoji" if split_emoji(line.text)[0] else "bare"


def _may_be_item(line: Line, labels: SeriesLabels) -> bool:
    text = line.text
    if len(text) > MAX_ITEM or line.hint in ("image", "heading") or is_greeting(text) or is_pointer(text) or has_credit(line):
        return False
    if find_moment(text) is not None:  # a byline under its series
        return False
    if find_label(text, (*labels.summary, *labels.why, *labels.more, *labels.contents)):
        return False
    return not text.endswith((".", "。")) or text.endswith(("..", "...")) or len(text) <= 40


def _is_contents(lines: list[Line], run: list[Entry], announced: bool) -> bool:
    """Whether enough of the items return further down as headings."""
    if not announced and run[0].emoji is None and lines[run[0].index].bullet is None and lines[run[0].index].fact_number is None:
        return False
    last = min(len(lines), run[-1].index + MAX_LOOK)
    below = [entry_of(lines, at) for at in range(run[-1].index + 1, last) if len(lines[at].text) <= MAX_ITEM]
    emoji = {item.emoji for item in run}
    by_emoji = len(emoji - {None}) == len(run)
    found = sum(any(_returns(item, entry, by_emoji) for entry in below) for item in run)
    return found >= 2 and found * 2 >= len(run) if not announced else found * 3 >= len(run) and found >= 1


def _returns(item: Entry, entry: Entry, by_emoji: bool) -> bool:
    if by_emoji and same_emoji(item.emoji, entry.emoji):
        return not is_sentence(entry.text)
    return not is_sentence(entry.text) and split_quotation(entry.text) is None and likeness(item.text, entry.text) >= ALIKE


def match(items: list[Entry], sections: list[Entry]) -> dict[int, int]:
    """For each contents line the section it means, both by position in their lists; a line or section may stay alone."""
    pairs: dict[int, int] = {}
    sections = sections[:MAX_SECTIONS]
    _match_emoji(items, sections, pairs)
    _match_alike(items, sections, pairs, 0.85)
    _match_order(items, sections, pairs)
    _match_alike(items, sections, pairs, 0.5)
    return pairs


def _free(items: list[Entry], sections: list[Entry], pairs: dict[int, int]) -> tuple[list[int], list[int]]:
    taken = set(pairs.values())
    return [i for i in range(len(items)) if i not in pairs], [s for s in range(len(sections)) if s not in taken]


def _match_emoji(items: list[Entry], sections: list[Entry], pairs: dict[int, int]) -> None:
    """Same emoji; among several with the same one the same wording, then order."""
    for least in (0.85, 0.0):
        free_items, free_sections = _free(items, sections, pairs)
        for i in free_items:
            for s in free_sections:
                if s in pairs.values() or not same_emoji(items[i].emoji, sections[s].emoji):
                    continue
                if likeness(items[i].text, sections[s].text) >= least:
                    pairs[i] = s
                    break


def _match_alike(items: list[Entry], sections: list[Entry], pairs: dict[int, int], least: float) -> None:
    free_items, free_sections = _free(items, sections, pairs)
    scored = sorted(((likeness(items[i].text, sections[s].text), -i, -s) for i in free_items for s in free_sections), reverse=True)
    for score, i, s in scored:
        if score >= least and -i not in pairs and -s not in pairs.values():
            pairs[-i] = -s


def _match_order(items: list[Entry], sections: list[Entry], pairs: dict[int, int]) -> None:
    """Between two matched neighbours, as many free lines as free sections belong together in order."""
    free_items, free_sections = _free(items, sections, pairs)
    groups: dict[tuple[int, int], list[int]] = {}
    for i in free_items:
        low = max((pairs[k] for k in pairs if k < i), default=-1)
        high = min((pairs[k] for k in pairs if k > i), default=len(sections))
        groups.setdefault((low, high), []).append(i)
    for (low, high), members in groups.items():
        between = [s for s in free_sections if low < s < high]
        if len(between) == len(members):
            pairs.update(zip(members, between, strict=True))
