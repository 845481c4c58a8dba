"""Signs of a source over all its deliveries: an address, a network or a program that waits, presses and opens always alike. Pure.

A source is looked at on several levels, each as runs of sorted rows, so that no table of sources is held in memory.
"""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import inf, isnan, log1p, nan
from math import log as ln
from statistics import fmean, median, pstdev

from service.feedback import labels_networks as networks
from service.feedback import labels_table as table
from service.feedback.labels_log import NONE, Log
from service.feedback.labels_scores import Scores
from service.feedback.labels_table import Level

SOON, AT_ONCE = 15.0, 3.0  # seconds after acceptance
SEVERAL = 3  # links
FEW_LINKS, FEW_SHARE = 2, 0.2  # pressed in a visit, and of the letter's links; more of both is another manner
PAUSE = 300.0  # seconds without a hit after which a source comes back to a delivery for another visit
SHORT_PAUSE, PACE = 20.0, 15.0  # after this many it does so, too, if that is so many times its longest pause before
# widths in natural logarithms of the wait, and the share of a source's visits that must lie within; people's spread over one and more
SAME_WAITS = (("always_same_wait", 0.35, 0.5), ("similar_wait", 0.6, 0.65), ("often_same_wait", 0.8, 0.75))
NEIGHBOURS_OPEN, SAME_OPENS = 6, 0.6  # letters opened by one program of one network; width in natural logarithms of the wait
READ = 0.1  # of the visits of a source follow an open by the same program from the same network
CROWD, CROWD_SECONDS = 20, 60.0  # recipients of one address within a minute (C6)
ROUNDS = 2  # of asking what the same source did elsewhere, with the answers of the round before


@dataclass(frozen=True)
class Visit:
    """What a source did with one delivery: rows of its clicks and opens, how long it waited, which share of the links it pressed."""

    rows: tuple[int, ...]
    clicks: tuple[int, ...]
    wait: float
    share: float
    pressed: int


def keys(log: Log) -> dict[str, Sequence[int]]:
    """For each level a number that is equal for rows of one source; NONE where the row has no source on this level."""
    return {
        "address_and_program": _pair(log.ip, log.program),
        "network_and_program": _pair(log.network, log.program),
        "network_and_name": _pair(log.network, log.agent),
        "network_and_headers": _pair(log.network, log.print),
        "address": log.ip,
        "network": log.network,
        "program": log.program,
    }


def _pair(column: Sequence[int], other: Sequence[int]) -> "array[int]":
    size = max(other, default=0) + 1
    return array("q", (NONE if first == NONE else first * size + second for first, second in zip(column, other, strict=True)))


def judge(log: Log, scores: Scores, rows: Sequence[int], *, opens_are_usual: bool) -> None:
    """Add the signs of every source that was seen in several deliveries."""
    enough = _enough_unopened(log, scores, rows)
    for name, key in keys(log).items():
        for source in sources(log, rows, key):
            if name == "network_and_name":
                _judge_opens(log, scores, source)
                continue
            _judge(log, scores, name, source, enough, opens_are_usual=opens_are_usual)


def spread(log: Log, scores: Scores, rows: Sequence[int]) -> None:
    """Let each row hear what its source was in its other deliveries, on every level."""
    every = keys(log)
    for _ in range(ROUNDS):
        heard = array("d", bytes(8 * len(log)))
        chances = array("d", map(scores.chance, range(len(log))))
        for level in table.LEVELS:
            for source in sources(log, rows, every[level.name]):
                _spread(log, level, source, chances, heard)
        for row in rows:
            scores.from_sources[row] = max(-table.MOST_FROM_SOURCES, min(table.MOST_FROM_SOURCES, heard[row]))
    for row in rows:
        heard_of = scores.from_sources[row]
        scores.note(row, "source_is_machine" if heard_of > 0 else "source_is_human", heard_of)


def sources(log: Log, rows: Sequence[int], key: Sequence[int]) -> Iterator[list[list[int]]]:
    """The rows of each source of this level that appears in several deliveries, by delivery; `rows` are in order of delivery and time."""
    ordered = sorted((row for row in rows if key[row] != NONE), key=key.__getitem__)  # stable: deliveries stay together
    for _, group in groupby(ordered, key.__getitem__):
        visits = [list(visit) for _, visit in groupby(group, log.delivery.__getitem__)]
        if len(visits) > 1:
            yield visits


def _enough_unopened(log: Log, scores: Scores, rows: Sequence[int]) -> float:
    """How many letters in a row nobody presses unopened by chance: by how often people's clicks follow an open, once in twenty."""
    people = [row for row in rows if log.is_click[row] and scores.sum[row] < table.HUMAN_BELOW]
    opened = sum(not scores.is_unopened[row] for row in people) / len(people) if people else 0.0
    return inf if opened < 0.2 else ln(0.05) / ln(max(0.05, 1 - opened))


def _stays(log: Log, rows: list[int]) -> Iterator[list[int]]:
    """The rows of a source in one delivery, cut where it went away for a while, or for long when measured by its own pace."""
    start, longest = 0, 0.0
    for place in range(1, len(rows)):
        gap = log.at[rows[place]] - log.at[rows[place - 1]]
        is_done = gap > SHORT_PAUSE and place - start >= SEVERAL and gap > PACE * max(longest, 1.0)
        if gap > PAUSE or is_done:
            yield rows[start:place]
            start, longest = place, 0.0
        else:
            longest = max(longest, gap)
    yield rows[start:] if start else rows


def _visit(log: Log, rows: list[int]) -> Visit:
    clicks = tuple(row for row in rows if log.is_click[row])
    wait, links, pressed = nan, NONE, 0
    if clicks:
        wait = log.at[clicks[0]] - log.accepted_at[clicks[0]]
        links = log.links[clicks[0]]
        pressed = len({log.link[row] for row in clicks})
    return Visit(tuple(rows), clicks, wait, pressed / links if links > 0 else 0.0, pressed)


def _judge(log: Log, scores: Scores, level: str, source: list[list[int]], enough_unopened: float, *, opens_are_usual: bool) -> None:
    visits = [visit for rows in source for visit in (_visit(log, stay) for stay in _stays(log, rows))]
    clicked = [visit for visit in visits if visit.clicks]
    if len(clicked) < 2:
        return
    if level not in ("address", "network"):
        found = list(_habits(log, scores, level, clicked, enough_unopened))
    else:
        found = list(_places(log, scores, level, visits, clicked, opens_are_usual=opens_are_usual))
    for sign, whom in found:
        for visit in whom:
            for row in visit.clicks:
                scores.add_once(row, sign)


def _judge_opens(log: Log, scores: Scores, source: list[list[int]]) -> None:
    """Sandboxes side by side that show each letter when its turn has come: readers who share a line come when they like."""
    opened = [row for rows in source if (row := next((row for row in rows if not log.is_click[row]), NONE)) != NONE]
    timed = sorted(
        (row for row in opened if not isnan(log.at[row] - log.accepted_at[row])), key=lambda row: log.at[row] - log.accepted_at[row]
    )
    if len(timed) < NEIGHBOURS_OPEN or log.kinds[log.kind[timed[0]]] == networks.CARRIER:
        return
    start, end = _densest([log1p(max(0.0, log.at[row] - log.accepted_at[row])) for row in timed], SAME_OPENS)
    alike = timed[start:end]
    if len(alike) < 0.7 * len(timed) + 1 or len({log.ip[row] for row in alike}) < 3:
        return
    deliveries = {log.delivery[row] for row in alike}
    for rows in source:
        for row in rows if log.delivery[rows[0]] in deliveries else ():
            scores.add_once(row, "opens_from_next_door")


def _habits(log: Log, scores: Scores, level: str, clicked: list[Visit], enough_unopened: float) -> Iterator[tuple[str, list[Visit]]]:
    """What the source does alike in letter after letter, and the visits in which it did; its neighbours' are left out."""
    has_readers = _has_readers(scores, clicked)
    is_wide = level == "program"  # the same program in any network: more is asked for, as popular ones are everywhere
    soon = [visit for visit in clicked if visit.wait < SOON]
    if not is_wide and len(soon) >= max(4, 0.5 * len(clicked)) and sum(visit.wait < AT_ONCE for visit in soon) >= 0.3 * len(soon):
        yield "always_at_once", soon
    elif waited := _waits(clicked, least=15 if is_wide else 5):
        yield "often_same_wait" if has_readers else waited[0], waited[1]
    most = [visit for visit in clicked if visit.share >= 0.5 and visit.pressed >= 4]
    whole = [visit for visit in clicked if visit.share >= 0.8 and visit.pressed >= 3]
    if len(whole) >= (10 if is_wide else 3) and len(whole) >= (0.6 if is_wide else 0.4) * len(clicked):
        yield "always_all_links", whole
    elif len(most) >= (10 if is_wide else 3) and len(most) >= (0.7 if is_wide else 0.5) * len(clicked):
        yield "most_links_again", most
    yield from _several(clicked, least=15 if is_wide else 5)
    echoed = [visit for visit in clicked if any(scores.is_echoed[row] for row in visit.clicks)]
    if len(echoed) >= 3 and len(echoed) >= 0.5 * len(clicked):
        yield "ever_before_another", echoed
    unopened = [visit for visit in clicked if scores.is_unopened[visit.clicks[0]]]
    if len(unopened) >= max(15 if is_wide else 6, enough_unopened) and len(unopened) >= (0.95 if is_wide else 0.85) * len(clicked):
        yield "presses_unopened", unopened
        if level == "network_and_program" and len({log.ip[visit.clicks[0]] for visit in unopened}) >= 3:
            yield "presses_from_next_door", unopened


def _several(clicked: list[Visit], least: int) -> Iterator[tuple[str, list[Visit]]]:
    """Most letters' visits press a few links: hardly a group of people does."""
    several = [visit for visit in clicked if visit.pressed >= SEVERAL]
    if len(several) >= max(least, 0.6 * len(clicked)):
        usual = median(visit.pressed for visit in several)
        yield "several_links_again", [visit for visit in several if visit.pressed >= usual / 2]


def _has_readers(scores: Scores, clicked: list[Visit]) -> bool:
    """Whether letters are opened where this source presses their links: those who are so alike may be a school class."""
    return sum(scores.is_read[visit.clicks[0]] for visit in clicked) >= max(2, READ * len(clicked))


def _waits(clicked: list[Visit], least: int) -> tuple[str, list[Visit]] | None:
    timed = sorted((visit for visit in clicked if not isnan(visit.wait)), key=lambda visit: visit.wait)
    logs = [log1p(max(0.0, visit.wait)) for visit in timed]
    for sign, width, share in SAME_WAITS:
        start, end = _densest(logs, width)
        if end - start >= max(least, share * len(logs) + 1.5):
            return sign, timed[start:end]
    return None


def _densest(ordered: list[float], width: float) -> tuple[int, int]:
    """The window of this width that holds most."""
    best, start = (0, 0), 0
    for end, value in enumerate(ordered, 1):
        while value - ordered[start] > width:
            start += 1
        if end - start > best[1] - best[0]:
            best = start, end
    return best


def _places(
    log: Log, scores: Scores, level: str, visits: list[Visit], clicked: list[Visit], *, opens_are_usual: bool
) -> Iterator[tuple[str, list[Visit]]]:
    """What an address or network does with all its programs together."""
    first = clicked[0].clicks[0]
    kind = log.kinds[log.kind[first]]
    opened = sum(len(visit.rows) > len(visit.clicks) for visit in visits)
    programs = len({log.program[row] for visit in clicked for row in visit.clicks})
    if (
        level == "address"
        and len(clicked) >= CROWD
        and programs <= len(clicked) / 6
        and kind != networks.CARRIER
        and not _has_readers(scores, clicked)
    ):
        yield "many_letters_at_once", _crowded(log, clicked)
    if (
        level == "network"
        and kind == networks.CLOUD
        and opens_are_usual
        and not opened
        and len(clicked) >= 8
        and programs <= len(clicked) / 3
    ):
        yield "data_centre_reads_many", clicked
    yield from _several(clicked, least=5)
    waits = [log1p(max(0.0, visit.wait)) for visit in clicked if not isnan(visit.wait)]
    is_varied = len(waits) >= 6 and pstdev(waits) > 1.0 and programs >= 3
    if level == "address" and is_varied and opened >= 0.25 * len(visits) and fmean(visit.pressed for visit in clicked) < 2.5:
        yield "reads_like_people", [visit for visit in clicked if not scores.has_habits(visit.clicks[0])]


def _spread(log: Log, level: Level, source: list[list[int]], chances: Sequence[float], heard: "array[float]") -> None:
    """Tell the rows of each delivery what the source's others were; those in which it behaved differently have little voice."""
    few, many = _Voices(), _Voices()
    listening: list[tuple[list[int], bool]] = []
    for rows in source:
        for stay in _stays(log, rows):
            links = {log.link[row] for row in stay if log.is_click[row]}
            is_many = len(links) > max(FEW_LINKS, FEW_SHARE * log.links[stay[0]])
            listening.append((stay, is_many))
            speaking = [chances[row] for row in stay if log.is_click[row] and not log.is_ahead[row]] if links else ()
            if speaking:
                (many if is_many else few).hear(log.delivery[stay[0]], sum(speaking) / len(speaking))
    if not few.count and not many.count:
        return
    for stay, is_many in listening:
        alike, other = (many, few) if is_many else (few, many)
        to_clicks = 0.0 if level.for_opens else _said(level, alike, other, log.delivery[stay[0]])
        to_opens = _said(level, alike, other, None)
        for row in stay:
            heard[row] += to_clicks if log.is_click[row] else to_opens


def _crowded(log: Log, clicked: list[Visit]) -> list[Visit]:
    """The visits that lie within some minute that holds a crowd of them."""
    timed = sorted((visit for visit in clicked if not isnan(log.at[visit.clicks[0]])), key=lambda visit: log.at[visit.clicks[0]])
    crowded, start, done = [], 0, 0
    for end, visit in enumerate(timed, 1):
        while log.at[visit.clicks[0]] - log.at[timed[start].clicks[0]] > CROWD_SECONDS:
            start += 1
        if end - start >= CROWD:
            crowded += timed[max(start, done) : end]
            done = end
    return crowded


class _Voices:
    """The chances of a source's deliveries, summed, so that one delivery's own can be left out."""

    def __init__(self) -> None:
        self.total, self.count = 0.0, 0
        self._own: dict[int, tuple[float, int]] = {}

    def hear(self, delivery: int, chance: float) -> None:
        self.total, self.count = self.total + chance, self.count + 1
        total, count = self._own.get(delivery, (0.0, 0))
        self._own[delivery] = total + chance, count + 1

    def without(self, delivery: int | None) -> tuple[float, float]:
        total, count = self._own.get(delivery, (0.0, 0)) if delivery is not None else (0.0, 0)
        return self.total - total, self.count - count


def _said(level: Level, alike: _Voices, other: _Voices, without: int | None) -> float:
    same_total, same_count = alike.without(without)
    other_total, other_count = other.without(without)
    if other_count:  # where the source was heard in the same manner, the other one does not drown it
        share_heard = min(1.0, max(table.OTHER_HEARD, same_count) / other_count)
        other_total, other_count = other_total * share_heard, other_count * share_heard
    count = same_count + table.OTHER_MANNER * other_count
    if not same_count + other_count:
        return 0.0
    share = (same_total + table.OTHER_MANNER * other_total + 0.25) / (count + 0.5)
    return level.weight * ln(share / (1 - share)) * count / (count + level.half)
