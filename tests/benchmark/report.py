"""What measurements have in common: interleaved rounds, medians, a table on the terminal and JSON in var/bench/."""

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROUNDS = 5
FOLDER = Path(os.environ.get("PRESSRUN_VAR_DIR", "var")) / "bench"


@dataclass(frozen=True, slots=True)
class Line:
    """One row: what was measured, how many a second, how many times the reference that is; `details` are further columns."""

    name: str
    per_second: float
    times_reference: float
    floor: str = ""
    is_met: bool = True
    details: Mapping[str, float] = field(default_factory=dict)


def interleaved(work: Mapping[str, tuple[Callable[[], object], int]], rounds: int = ROUNDS) -> dict[str, list[float]]:
    """CPU rates (a second of this process) of each piece of work over `rounds` rounds in turn; work is (call, how many it makes)."""
    rates: dict[str, list[float]] = {name: [] for name in work}
    for call, _ in work.values():
        call()
    for _ in range(rounds):
        for name, (call, count) in work.items():
            begin = time.process_time()
            call()
            rates[name].append(count / (time.process_time() - begin))
    return rates


def ratio(rates: Mapping[str, Sequence[float]], name: str, reference: str) -> float:
    """The median over rounds of the ratio within each round."""
    return statistics.median(mine / other for mine, other in zip(rates[name], rates[reference], strict=True))


def publish(
    name: str,
    title: str,
    reference: str,
    lines: Sequence[Line],
    about: Mapping[str, object],
    *,
    clock: str = "CPU time of one process",
    rounds: int = ROUNDS,
) -> None:
    """Print the table and write `name`.json; `clock` says what a second is."""
    columns = _columns(lines)
    print(f"\n{title}\nreference: {reference}; median of {rounds} interleaved rounds, {clock}")
    print(f"{'':44}{'per second':>12}{'x reference':>13}" + "".join(f"{column:>16}" for column in columns) + "   floor")
    for line in lines:
        verdict = f"{line.floor} {'met' if line.is_met else 'MISSED'}" if line.floor else ""
        further = "".join(f"{line.details[column]:>16,.0f}" if column in line.details else f"{'':16}" for column in columns)
        print(f"{line.name:44}{line.per_second:>12,.0f}{line.times_reference:>13.2f}{further}   {verdict}".rstrip())
    FOLDER.mkdir(parents=True, exist_ok=True)
    machine = {"python": platform.python_version(), "cpus": os.cpu_count()}
    document = {
        "title": title,
        "reference": reference,
        "rounds": rounds,
        "machine": machine,
        **about,
        "lines": [_row(line) for line in lines],
    }
    (FOLDER / f"{name}.json").write_text(json.dumps(document, indent=2) + "\n")


def _columns(lines: Iterable[Line]) -> list[str]:
    return list(dict.fromkeys(column for line in lines for column in line.details))


def _row(line: Line) -> dict[str, object]:
    return {
        "name": line.name,
        "per_second": round(line.per_second, 1),
        "times_reference": round(line.times_reference, 3),
        "floor": line.floor,
        "met": line.is_met,
        **{column.replace(" ", "_"): round(value, 1) for column, value in line.details.items()},
    }
