"""One process over a long way: replies come late, and many connections make up for it. `python -m tests.benchmark.distance`.

Reference: as many messages a second as there are connections, divided by the delay, which is what a message a round trip amounts to.
With CHUNKING several messages are on their way on each connection, so that fewer connections do as much.
"""

import os
import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.benchmark import press, report, sink
from tests.benchmark.pipeline import HONEST
from tests.benchmark.press import Press
from tests.benchmark.report import Line
from tests.support import postgres, valkey

SECONDS = int(os.environ.get("SECONDS", "6"))
ROUNDS = 5
WAYS = (
    ("64 connections, 20 ms", 64, 20, False, 0.9),
    ("64 connections, 50 ms", 64, 50, False, 0.85),
    ("4 connections, 20 ms", 4, 20, False, 0.0),
    ("4 connections, 20 ms, CHUNKING", 4, 20, True, 5.0),
)
"""Name, connections, delay of each reply in milliseconds, whether BDAT is offered, least share of the reference."""


def main() -> bool:
    """Measure, print, write var/bench/distance.json; whether the floors are met."""
    lines = [_line(*way) for way in WAYS]
    title = f"Replies that come late: one Celery worker child, PostgreSQL, {SECONDS} s worth of messages a round"
    report.publish("distance", title, "connections / delay", lines, {"seconds": SECONDS}, clock="wall clock")
    return all(line.is_met for line in lines)


def _line(name: str, connections: int, delay_ms: int, with_chunking: bool, least: float) -> Line:
    bound = connections / delay_ms * 1000
    messages = int(bound * SECONDS * (4 if with_chunking else 1))
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pr-bench-")))
        port = stack.enter_context(sink.running(home, delay_ms, with_chunking=with_chunking))
        url, broker = stack.enter_context(postgres.server(HONEST)), stack.enter_context(valkey.running())
        its_press = stack.enter_context(press.running(home / "press", url, broker, port, messages, connections=connections))
        rates = _rates(its_press)
    times = statistics.median(rates) / bound
    return Line(name, statistics.median(rates), times, f"{least:g} x" if least else "", times >= least)


def _rates(its_press: Press) -> list[float]:
    its_press.send()  # connections are opened and the letter is cut
    return [its_press.send().per_second for _ in range(ROUNDS)]


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
