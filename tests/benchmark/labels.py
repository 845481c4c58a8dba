"""Labelling a log, against merely reading and writing its lines as JSON: `python -m tests.benchmark.labels`."""

import json
import statistics
from functools import partial

from service.feedback import labels, labels_lines
from tests.benchmark import report
from tests.benchmark.report import Line
from tests.support.hits import populations

SEEDS = range(400, 412)
FLOOR_PER_SECOND = 5_000


def main() -> bool:
    """Measure, print, write var/bench/labels.json; whether the floor is met."""
    lines = log()
    work = {
        "read, label, write": (partial(label, lines), len(lines)),
        "read and write": (partial(copy, lines), len(lines)),
    }
    rates = report.interleaved(work)
    per_second = statistics.median(rates["read, label, write"])
    is_met = per_second >= FLOOR_PER_SECOND
    rows = [
        Line(
            "read, label, write",
            per_second,
            report.ratio(rates, "read, label, write", "read and write"),
            f"{FLOOR_PER_SECOND:,}/s",
            is_met,
        ),
        Line("read and write", statistics.median(rates["read and write"]), 1.0),
    ]
    title = f"Labels for {len(lines):,} hits of {len(SEEDS)} populations in one log"
    report.publish("labels", title, "JSON read and written, nothing else", rows, {"hits": len(lines)})
    return is_met


def log() -> list[bytes]:
    """All populations as one log; deliveries of different populations have names of their own."""
    lines: list[bytes] = []
    for seed in SEEDS:
        found, _ = populations.held_out(seed).lines()
        lines += (json.dumps(json.loads(line) | {"delivery": f"{seed}-{json.loads(line)['delivery']}"}).encode() for line in found)
    return lines


def label(lines: list[bytes]) -> None:
    verdicts = labels.final(labels_lines.read(lines))
    for _ in labels_lines.write(lines, verdicts):
        pass


def copy(lines: list[bytes]) -> None:
    for line in lines:
        hit = json.loads(line)
        json.dumps({"id": hit["id"], "label": "human", "reason": ""})


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
