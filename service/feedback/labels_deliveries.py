"""Signs among the hits of one delivery: how many links, how fast, in which rhythm, from how many places, opened before or not. Pure."""

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from math import isnan
from statistics import fmean, pstdev

from service.feedback import labels_networks as networks
from service.feedback.labels_log import NONE, Log
from service.feedback.labels_scores import Scores

BURST_GAP = 10.0  # seconds between links that were pressed in one go
MINUTE, STAY = 60.0, 1800.0
MOST_LINKS, HALF_LINKS = 0.8, 0.5  # shares of a letter's links
ONE_PROGRAM = 0.6  # the share of a burst that is one program's doing
HAND = 0.15  # seconds: no hand presses two links faster
MOST_PRESSES = 200  # presses looked at; a letter has fewer links
READING = 5.0  # seconds: a sandbox that shows the letter presses sooner
GLANCE = 3.0  # seconds: who opens and reads before pressing takes longer
RECENT = 600.0  # seconds within which a proxy's open belongs to a click


def judge(log: Log, scores: Scores, rows: Sequence[int], *, opens_are_usual: bool) -> None:
    """Add the signs of one delivery's rows, which come in order of time; rows without a time say nothing about order."""
    timed = [row for row in rows if not isnan(log.at[row])]
    clicks = [row for row in timed if log.is_click[row]]
    if clicks:
        counted = [row for row in clicks if not log.is_ahead[row]]
        _bursts(log, scores, counted)
        _whole(log, scores, counted)
        _checked(log, scores, counted)
        _openings(log, scores, timed, clicks, opens_are_usual=opens_are_usual)


def links_of(log: Log, rows: Iterable[int]) -> int:
    """How many links the letter has, as far as its hits know; 0 where none does."""
    return max((log.links[row] for row in rows if log.links[row] != NONE), default=0)


def _bursts(log: Log, scores: Scores, clicks: Sequence[int]) -> None:
    burst: list[int] = []
    for row in clicks:
        if burst and log.at[row] - log.at[burst[-1]] > BURST_GAP:
            _burst(log, scores, burst)
            burst = []
        burst.append(row)
    _burst(log, scores, burst)


def _burst(log: Log, scores: Scores, burst: Sequence[int]) -> None:
    """Links pressed one after the other, by whomever."""
    distinct = _distinct(log, burst)
    if len(distinct) < 2:
        return
    gaps = [log.at[later] - log.at[earlier] for earlier, later in itertools.pairwise(distinct)]
    signs = []
    quick = sum(gap < HAND for gap in gaps)
    if quick:
        signs.append("faster_than_a_hand" if quick > 1 else "quicker_than_a_hand")
    if _densest(log, distinct, 3.0) >= 5:
        signs.append("many_links_at_once")
    elif _densest(log, distinct, 2.0) >= 3:
        signs.append("three_links_at_once")
    if len(gaps) >= 3 and pstdev(gaps) < fmean(gaps) * (0.3 if len(gaps) >= 6 else 0.2):
        signs.append("even_pace")
    if len({log.network[row] for row in distinct} - {NONE}) >= 3:
        signs.append("many_networks_for_one")
    for row in _of_one_mind(log, burst):
        for sign in signs:
            scores.add(row, sign)


def _of_one_mind(log: Log, burst: Sequence[int]) -> Sequence[int]:
    """The rows of a burst that share program or network with another one: who merely came by at that moment is not judged by it."""
    if len({log.network[row] for row in burst}) >= 3 and len({log.program[row] for row in burst}) != 2:
        return burst
    programs, networks_ = Counter(log.program[row] for row in burst), Counter(log.network[row] for row in burst)
    if max(programs.values()) >= ONE_PROGRAM * len(burst) and len(burst) > 2:
        return [row for row in burst if programs[log.program[row]] > 1]  # one program did it; others at its address were there by chance
    return [row for row in burst if programs[log.program[row]] > 1 or (networks_[log.network[row]] > 1 and log.network[row] != NONE)]


def _whole(log: Log, scores: Scores, clicks: Sequence[int]) -> None:
    """The share of the letter's links: by anybody within a minute, by one program at any time."""
    links = links_of(log, clicks)
    if links < 3:
        return
    by_program, by_network = (_within(log, clicks, column, MINUTE) for column in (log.program, log.network))
    total = _within(log, clicks, log.program, STAY)
    thorough = {(log.program[row], log.network[row]) for row in clicks if by_program[row] / links >= MOST_LINKS}
    explained = {network for _, network in thorough}  # networks in which one program alone did it: others there are not charged
    pressed = {row: by_program[row] if log.network[row] in explained else max(by_program[row], by_network[row]) for row in clicks}
    machines = [row for row in clicks if pressed[row] / links >= MOST_LINKS]
    for row in clicks:
        near = pressed[row]
        if near / links >= MOST_LINKS:
            scores.add(row, "all_links_quickly" if links >= 10 else "some_links_all_quickly" if links >= 5 else "few_links_all_quickly")
        elif near / links >= HALF_LINKS and near >= 4:
            scores.add(row, "most_links_quickly")
        elif total[row] / links >= MOST_LINKS and links >= 5 and not (near <= 2 and (log.program[row], log.network[row]) in thorough):
            scores.add(row, "all_links")
        elif machines and links >= 5 and near <= 2 and log.at[row] - log.at[machines[0]] > 2 * MINUTE:
            scores.add(row, "after_a_machine")


def _within(log: Log, clicks: Sequence[int], column: Sequence[int], seconds: float) -> dict[int, int]:
    """For each click, how many links its source (by this column) pressed in the fullest span of so many seconds that holds it."""
    found = dict.fromkeys(clicks, 0)
    sources: dict[int, list[int]] = {}
    for row in clicks:
        sources.setdefault(column[row], []).append(row)
    for source, rows in sources.items():
        for place, first in enumerate(rows if source != NONE else ()):
            span = [row for row in rows[place : place + MOST_PRESSES] if log.at[row] - log.at[first] <= seconds]
            pressed = len({log.link[row] for row in span})
            for row in span:
                found[row] = max(found[row], pressed)
    return found


def _checked(log: Log, scores: Scores, clicks: Sequence[int]) -> None:
    """Links asked for twice: by one program with HEAD and then GET, or by two sources within seconds."""
    last: dict[int, int] = {}
    for row in clicks:
        before = last.get(log.link[row])
        last[log.link[row]] = row
        if before is None or log.at[row] - log.at[before] > MINUTE:
            continue
        is_same = log.agent[before] == log.agent[row] and log.network[before] == log.network[row]
        if is_same and log.shapes[log.line[before]].method != "GET":
            scores.add(row, "asked_before")
        elif not is_same and log.network[before] != log.network[row] and log.at[row] - log.at[before] <= BURST_GAP:
            scores.add(before, "pressed_again_elsewhere")
            scores.is_echoed[before] = True


def _openings(log: Log, scores: Scores, rows: Sequence[int], clicks: Sequence[int], *, opens_are_usual: bool) -> None:
    """Whether a click follows an open of the same reader (not one of a machine that loads everything as the letter comes in)."""
    opens = [row for row in rows if not log.is_click[row]]
    for click in clicks:
        before = [row for row in opens if log.at[row] < log.at[click] - 0.5]
        own = [log.at[click] - log.at[opened] for opened in before if _is_same_reader(log, opened, click)]
        if own:
            scores.is_read[click] = any(log.agent[o] == log.agent[click] and log.at[click] - log.at[o] >= READING for o in before)
            scores.add(click, "opened_before" if max(own) >= GLANCE else "opened_just_before")
        elif any(_is_shown(log, opened) and log.at[click] - log.at[opened] < RECENT for opened in before):
            scores.add(click, "opened_by_proxy_before")
        elif not opens and opens_are_usual:
            scores.add(click, "never_opened")
        scores.is_unopened[click] = not before


def _is_same_reader(log: Log, opened: int, click: int) -> bool:
    is_near = log.ip[opened] == log.ip[click] != NONE or (log.network[opened] == log.network[click] != NONE)
    return is_near and not log.at[opened] - log.accepted_at[opened] < 1.0


def _is_shown(log: Log, opened: int) -> bool:
    return log.agents[log.agent[opened]].declared == "image_proxy" or log.kinds[log.kind[opened]] == networks.PROXY


def _distinct(log: Log, burst: Sequence[int]) -> list[int]:
    """The first press of each link."""
    first: dict[int, int] = {}
    for row in burst:
        first.setdefault(log.link[row], row)
    return list(first.values())


def _densest(log: Log, rows: Sequence[int], seconds: float) -> int:
    """The most rows within so many seconds."""
    most, start = 0, 0
    for end, row in enumerate(rows):
        while log.at[row] - log.at[rows[start]] > seconds:
            start += 1
        most = max(most, end - start + 1)
    return most
