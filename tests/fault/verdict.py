"""What a fault run amounts to, from the ledger's rows and the mail server's record alone. Pure.

lost: readers without a copy whose row is not uncertain, refused or skipped, and rows that say accepted without a copy. repeated: readers
with more than one copy. marked: readers whose row says that they may have got two.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from service.delivery.states import FINAL, DeliveryState
from tests.fault.ledger import Copy, Row

EXCUSED = {DeliveryState.UNCERTAIN, DeliveryState.REFUSED, DeliveryState.SKIPPED}


@dataclass(frozen=True, slots=True)
class Line:
    """One scenario on one database, as it is printed."""

    scenario: str
    backend: str
    policy: str
    expected: int
    distinct: int
    lost: int
    repeated: int
    marked: int
    uncertain: int
    seconds: float

    def __str__(self) -> str:
        return json.dumps(asdict(self))


@dataclass(frozen=True, slots=True)
class Verdict:
    """The readers in each case; `faults` says which of them may not be, by the reason."""

    expected: int
    distinct: int
    lost: tuple[int, ...]
    repeated: tuple[int, ...]
    marked: tuple[int, ...]
    uncertain: tuple[int, ...]
    faults: Mapping[str, tuple[int, ...]]

    def line(self, scenario: str, backend: str, policy: str, seconds: float) -> Line:
        counts = (self.expected, self.distinct, len(self.lost), len(self.repeated), len(self.marked), len(self.uncertain))
        return Line(scenario, backend, policy, *counts, round(seconds, 1))


def judge(rows: Sequence[Row], copies: Mapping[str, Sequence[Copy]], policy: str, recipients: int) -> Verdict:
    """`recipients` is how many the audience must have. Always: nobody lost, every row final or uncertain, one Message-ID for each reader;
    with `hold` nobody has two copies, with `resend` only those whose row says so."""
    had = {row.subscriber_id: len(copies.get(row.email, ())) for row in rows}
    lost = _who(row for row in rows if not had[row.subscriber_id] and row.state not in EXCUSED)
    repeated = _who(row for row in rows if had[row.subscriber_id] > 1)
    marked = _who(row for row in rows if row.maybe_duplicate)
    faults = {
        "lost": lost,
        "unfinished": _who(row for row in rows if row.state not in {*FINAL, DeliveryState.UNCERTAIN}),
        "repeated": tuple(one for one in repeated if policy == "hold" or one not in set(marked)),
        "several Message-IDs": _who(row for row in rows if len({copy.message_id for copy in copies.get(row.email, ())}) > 1),
    }
    if len(rows) != recipients:
        faults["the audience has another size"] = (len(rows),)
    strangers = set(copies) - {row.email for row in rows}
    if strangers:
        faults["copies for nobody of the audience"] = (len(strangers),)
    return Verdict(
        expected=len(rows),
        distinct=sum(count > 0 for count in had.values()),
        lost=lost,
        repeated=repeated,
        marked=marked,
        uncertain=_who(row for row in rows if row.state == DeliveryState.UNCERTAIN),
        faults={name: who for name, who in faults.items() if who},
    )


def together(verdicts: Sequence[Verdict]) -> Verdict:
    """Several issues as one: each count added up."""

    def all_of(name: str) -> tuple[int, ...]:
        return tuple(one for verdict in verdicts for one in getattr(verdict, name))

    names = {name for verdict in verdicts for name in verdict.faults}
    return Verdict(
        expected=sum(verdict.expected for verdict in verdicts),
        distinct=sum(verdict.distinct for verdict in verdicts),
        lost=all_of("lost"),
        repeated=all_of("repeated"),
        marked=all_of("marked"),
        uncertain=all_of("uncertain"),
        faults={name: tuple(one for verdict in verdicts for one in verdict.faults.get(name, ())) for name in sorted(names)},
    )


def _who(rows: Iterable[Row]) -> tuple[int, ...]:
    return tuple(row.subscriber_id for row in rows)
