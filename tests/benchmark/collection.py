"""The edge under load, against Flask with one insert for each hit: `python -m tests.benchmark.collection`.

Load generator, edge, Valkey, consumer and PostgreSQL share the machine. HITS=n in the environment changes how many a round.
"""

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from service.core.database import Database
from service.core.settings import ROOT, Settings
from service.feedback.models import Event
from tests.benchmark import hit_load, report
from tests.benchmark.hit_load import Outcome
from tests.benchmark.pipeline import HONEST
from tests.benchmark.report import Line
from tests.support import collection, factories, postgres, schema
from tests.support.collection import Collection
from tests.support.guarded import guarded
from tests.support.processes import cpu_seconds, wait_until

HITS = int(os.environ.get("HITS", "60000"))
FEWER = HITS // 20  # for what is compared with: it is slow
READERS = 5000
PROCESSES = os.cpu_count() or 1  # of the edge, and of what it is compared with under granian
CLICKS, OPENS, SECONDS = 2000, 5000, 8
LEAST_TIMES_GRANIAN, LEAST_TIMES_PREFORK, MOST_P99_MS = 10, 20, 50

EDGE = "Pressrun's edge"
GRANIAN = "Flask, one insert each, granian"
PREFORK = "Flask, one insert each, pre-fork"


@dataclass(frozen=True)
class Rival:
    """Something that answers hits: where, how many a round, and the processes that work for it."""

    port: int
    hits: int
    pids: tuple[int, ...]
    keeps: bool = True  # its connections


@dataclass
class Measured:
    """Of each round: answers a second, and microseconds of all its processes' CPU for each."""

    rates: dict[str, list[float]]
    costs: dict[str, list[float]]


def main() -> bool:
    """Measure, print, write var/bench/collection.json; whether the floors are met."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pr-bench-")))
        settings = Settings(var_dir=home / "var", database_url=stack.enter_context(postgres.server(HONEST)))
        schema.create(settings.database)
        database = Database(settings.database)
        stack.callback(database.dispose)
        issue_id, people = collection.sent_issue(database, READERS)
        pool = hit_load.requests(factories.SIGNER, issue_id, random.sample(people, READERS))
        its = stack.enter_context(collection.running(settings, edges=PROCESSES))
        its.publish(issue_id)
        database_pid = postgres.pid(database)
        rivals = {EDGE: Rival(its.port, HITS, (its.edge.pid or 0, its.valkey.pid or 0))}
        for name, how in ((GRANIAN, "granian"), (PREFORK, "prefork")):
            port, pid = stack.enter_context(_conventional(its, home, how))
            rivals[name] = Rival(port, FEWER, (pid, database_pid), keeps=how == "granian")
        its.consumer.stop()
        found = _rounds(pool, rivals)
        rates = found.rates
        latency = _latency(its, pool, database)
        load = os.getloadavg()[0]
    p99 = 1000 * latency.percentile(0.99)
    lines = [
        *(_line(name, found) for name in (EDGE, GRANIAN, PREFORK)),
        Line(
            f"{CLICKS:,} clicks and {OPENS:,} opens a second, all at work",
            latency.per_second,
            latency.per_second / statistics.median(rates[GRANIAN]),
            f"p99 under {MOST_P99_MS} ms",
            p99 < MOST_P99_MS and not latency.failures,
            {"p50 us": 1e6 * latency.percentile(0.5), "p99 us": 1000 * p99, "worst us": 1e6 * max(latency.latencies)},
        ),
    ]
    about = {"hits": HITS, "conventional_hits": FEWER, "load": load, "prefork": "standard library, not gunicorn"}
    title = f"{HITS:,} hits a round, {FEWER:,} for what is compared with; the load generator on the same {os.cpu_count()} cores"
    report.publish("collection", title, GRANIAN, lines, about, clock="wall clock")
    return all(line.is_met for line in lines)


def _rounds(pool: list[bytes], rivals: dict[str, Rival]) -> Measured:
    found = Measured({name: [] for name in rivals}, {name: [] for name in rivals})
    for number in range(report.ROUNDS + 1):
        for name, its in rivals.items():
            before = sum(map(cpu_seconds, its.pids))
            outcome = hit_load.as_fast_as_possible(its.port, pool, its.hits, keeps=its.keeps)
            cost = sum(map(cpu_seconds, its.pids)) - before
            if outcome.failures:
                raise RuntimeError(f"{name}: {outcome.failures} hits were not answered as they should be")
            if number:
                found.rates[name].append(outcome.per_second)
                found.costs[name].append(1e6 * cost / outcome.answers)
            time.sleep(0.5)
    return found


def _latency(its: Collection, pool: list[bytes], database: Database) -> Outcome:
    """Everything at work at the rate asked for; afterwards each hit is in the database."""
    its.consumer.start()
    wait_until(lambda: not list((its.settings.var_dir / "spool").glob("*.sent")), 120, "earlier hits are in the database")
    before = _events(database)
    outcome = hit_load.at_rate(its.port, pool, CLICKS + OPENS, SECONDS)
    wait_until(lambda: _events(database) - before == outcome.answers, 60, "every hit is in the database, once")
    return outcome


def _events(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Event)) or 0


@contextmanager
def _conventional(its: Collection, home: Path, how: str) -> Iterator[tuple[int, int]]:
    port = collection.free_port()
    names = ("var_dir", "database_url", "valkey_url", "secret_keys", "log_level")
    environment = [f"PRESSRUN_{name.upper()}={getattr(its.settings, name)}" for name in names]
    module = "tests.benchmark.conventional_edge"
    granian = ["granian", "--interface", "wsgi", "--http", "1", "--no-ws", "--port", str(port), "--workers", str(PROCESSES)]
    command = [*granian, "--blocking-threads", "8", "--log-level", "warning", f"{module}:app"] if how == "granian" else [module, str(port)]
    full = ["env", *environment, sys.executable, "-m", *command]
    with guarded(full, log=home / f"{how}.log", is_ready=lambda: _listens(port), cwd=ROOT) as guard:
        yield port, guard.pid


def _listens(port: int) -> bool:
    try:
        hit_load.Line(port).socket.close()
    except OSError:
        return False
    return True


def _line(name: str, found: Measured) -> Line:
    rate, times = statistics.median(found.rates[name]), report.ratio(found.rates, name, GRANIAN)
    cost = {"CPU us a hit": statistics.median(found.costs[name])}
    if name != EDGE:
        return Line(name, rate, times, details=cost)
    other = report.ratio(found.rates, EDGE, PREFORK)
    is_met = times >= LEAST_TIMES_GRANIAN and other >= LEAST_TIMES_PREFORK
    return Line(name, rate, times, f"{LEAST_TIMES_GRANIAN} x; {LEAST_TIMES_PREFORK} x pre-fork ({other:.1f})", is_met, cost)


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
