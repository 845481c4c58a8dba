"""What measurements have in common: interleaved rounds, medians, a table on the terminal and JSON in var/bench/."""

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROUNDS = 5
FOLDER = Path(os.environ.get("PRESSRUN_VAR_DIR", "var")) / "bench"


@dataclass(frozen=True, slots=True)
class Line:
    """One row: what was measured, how many a second, and how many times the reference that is."""

    name: str
    per_second: float
    times_reference: float
    floor: str = ""
    is_met: bool = True


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


def ratio(rates: dict[str, list[float]], name: str, reference: str) -> float:
    """The median over rounds of the ratio within each round."""
    return statistics.median(mine / other for mine, other in zip(rates[name], rates[reference], strict=True))


def publish(name: str, title: str, reference: str, lines: Sequence[Line], about: dict[str, object]) -> None:
    """Print the table and write `name`.json."""
    print(f"\n{title}\nreference: {reference}; median of {ROUNDS} interleaved rounds, CPU time of one process")
    print(f"{'':34}{'per second':>12}{'x reference':>13}   floor")
    for line in lines:
        verdict = f"{line.floor} {'met' if line.is_met else 'MISSED'}" if line.floor else ""
        print(f"{line.name:34}{line.per_second:>12,.0f}{line.times_reference:>13.1f}   {verdict}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    rows = [
        {
            "name": line.name,
            "per_second": round(line.per_second, 1),
            "times_reference": round(line.times_reference, 2),
            "floor": line.floor,
            "met": line.is_met,
        }
        for line in lines
    ]
    machine = {"python": platform.python_version(), "cpus": os.cpu_count()}
    document = {"title": title, "reference": reference, "rounds": ROUNDS, "machine": machine, **about, "lines": rows}
    (FOLDER / f"{name}.json").write_text(json.dumps(document, indent=2) + "\n")
