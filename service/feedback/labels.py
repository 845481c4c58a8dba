"""Whether a hit was a person's or a machine's: provisional from the hit alone, final from it and its neighbours. Pure; the rules are data.

The sum of the signs' weights (`labels_table`) decides; between the two thresholds the evidence contradicts itself and the label is unknown.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Literal

from service.feedback import labels_alone, labels_deliveries, labels_sources, labels_table
from service.feedback.labels_alone import Usual
from service.feedback.labels_log import Log, Seen
from service.feedback.labels_networks import example_of, kind_of
from service.feedback.labels_scores import Scores

RULES_VERSION = labels_table.VERSION

Label = Literal["human", "machine", "unknown"]

FEW = 20  # clicks from which on their habits say what the collection keeps
SELDOM = 0.05  # what fewer hits carry than this share is not kept by the collection


@dataclass(frozen=True)
class Verdict:
    """A label and the sign that weighed most."""

    label: Label
    reason: str


def provisional(hit: Seen) -> Verdict:
    """The label of a hit by itself, before its neighbours are known (C6)."""
    if hit.at is None or hit.accepted_at is None:
        return by_itself(hit.is_click, hit.ip, hit.user_agent, hit.headers)
    return _alone_verdict(hit)


def by_itself(is_click: bool, ip: str, user_agent: str | None, headers: str) -> Verdict:
    """The same where the time of acceptance is not looked at: what is new is mostly an address, of which only the owner's kind counts."""
    return _by_itself(is_click, kind_of(ip) if ip else None, user_agent, headers)


@lru_cache(maxsize=50_000)
def _by_itself(is_click: bool, kind: str | None, user_agent: str | None, headers: str) -> Verdict:
    ip = "" if kind is None else example_of(kind)
    return _alone_verdict(Seen(is_click, ip=ip, user_agent=user_agent, headers=headers))


def _alone_verdict(hit: Seen) -> Verdict:
    log = Log()
    log.add(hit)
    scores = Scores(1)
    _alone(log, scores, Usual(opens=False))
    return _verdict(log, scores, 0)


def final(log: Log) -> Iterator[Verdict]:
    """The labels of all hits of the log, in its order, each with all the others as its neighbours."""
    scores, usual = Scores(len(log)), _usual(log)
    _alone(log, scores, usual)
    rows = sorted(range(len(log)), key=lambda row: (log.delivery[row], log.at[row]))
    for _, group in groupby(rows, log.delivery.__getitem__):
        labels_deliveries.judge(log, scores, list(group), opens_are_usual=usual.opens)
    labels_sources.judge(log, scores, rows, opens_are_usual=usual.opens)
    labels_sources.spread(log, scores, rows)
    return (_verdict(log, scores, row) for row in range(len(log)))


def _alone(log: Log, scores: Scores, usual: Usual) -> None:
    known: dict[tuple[int, int, int, int], tuple[str, ...]] = {}
    for row in range(len(log)):
        is_click = log.is_click[row]
        scores.sum[row] = labels_table.PRIOR_CLICK if is_click else labels_table.PRIOR_OPEN
        key = (log.agent[row], log.line[row], log.kind[row], is_click)
        signs = known.get(key)
        if signs is None:
            agent, shape = log.agents[log.agent[row]], log.shapes[log.line[row]]
            signs = known[key] = labels_alone.of_program(agent, shape, log.kinds[log.kind[row]], usual, is_click=bool(is_click))
        for sign in signs:
            scores.add(row, sign)
        if delay := labels_alone.of_delay(log.at[row] - log.accepted_at[row]):
            scores.add(row, delay)


def _usual(log: Log) -> Usual:
    """What this log's clicks usually carry, each kind of header lines counted once for each hit."""
    counts = {"known": 0, "language": 0, "mode": 0, "encodings": 0, "opens": 0}
    for row in range(len(log)):
        if not log.is_click[row]:
            counts["opens"] += 1
            continue
        shape = log.shapes[log.line[row]]
        counts["known"] += shape.is_known
        counts["language"] += bool(shape.language)
        counts["mode"] += bool(shape.mode)
        counts["encodings"] += bool(shape.encodings)
    least = SELDOM * counts["known"] if counts["known"] >= FEW else 0
    clicks = len(log) - counts["opens"]
    return Usual(
        language=counts["language"] >= least,
        mode=counts["mode"] >= least,
        encodings=counts["encodings"] >= least,
        opens=counts["opens"] > SELDOM * clicks,
    )


def _verdict(log: Log, scores: Scores, row: int) -> Verdict:
    total = scores.total(row)
    if log.is_unknown[row] and not scores.reason_for(row) and not scores.reason_against(row):
        return Verdict("unknown", labels_table.NOTHING_KNOWN)
    if total >= labels_table.MACHINE_FROM:
        return Verdict("machine", scores.reason_for(row))
    if total < labels_table.HUMAN_BELOW:
        return Verdict("human", scores.reason_against(row) or labels_table.NO_MACHINE_SIGN)
    return Verdict("unknown", labels_table.SIGNS_DISAGREE)
