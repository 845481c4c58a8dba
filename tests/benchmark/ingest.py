"""Hits from the stream into the database, against one insert and commit each: `python -m tests.benchmark.ingest`.

Whole steps of the consumer: reading packed entries from Valkey, unpacking, looking up consent, labelling, writing with every index,
committing, acknowledging. HITS=n in the environment changes how many a round.
"""

import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from service.core import ids
from service.core.database import insert
from service.core.settings import Settings
from service.feedback import hits, labels, months, stream
from service.feedback.hits import Hit
from service.feedback.models import Event, EventKind, Label
from service.newsletters.models import OpenMeasurement
from service.runtime import Runtime
from tests.benchmark import report
from tests.benchmark.pipeline import HONEST
from tests.benchmark.report import Line
from tests.support import factories, postgres, schema, valkey
from tests.support.processes import cpu_seconds
from workers.event_consumer import OBJECTS, Consumer
from workers.process import look_for_cycles_seldom

HITS = int(os.environ.get("HITS", "120000"))
READERS = 200_000
PACK = 1500  # hits in an entry: what a spool file holds when it is full
EACH = 400  # hits a round of the reference: it is slow
LEAST_PER_SECOND, LEAST_TIMES = 50_000, 40

POSTGRESQL, SQLITE = "Pressrun, PostgreSQL", "Pressrun, SQLite"
NAIVE = "one insert and commit each, PostgreSQL"
AGENTS = [
    f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0 Safari/537.36"
    for system in ("Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7", "Linux; Android 10; K", "X11; Linux x86_64")
    for version in range(110, 150)
]
HEADERS = "a=html;e=gzip,deflate,br;f=navigate;l=ko-kr,ko,q=0.9;u=1"

SUBSCRIBERS = """
INSERT INTO subscribers (id, email, address_hash, name, language, provider, created_at)
SELECT n, 'reader' || n || '@naver.com', 'hash' || n, 'Reader', 'ko', 'naver', :now FROM {numbers}
"""
SUBSCRIPTIONS = """
INSERT INTO subscriptions (newsletter_id, subscriber_id, state, wants_advertising, may_track_opens, source, created_at, changed_at)
SELECT :letter, n, 'active', false, true, 'bench', :now, :now FROM {numbers}
"""
DELIVERIES = """
INSERT INTO deliveries (issue_id, subscriber_id, batch_no, state, tries, is_tracked, maybe_duplicate, changed_at)
SELECT :issue, n, 1 + n / 500, 'accepted', 1, true, false, :now FROM {numbers}
"""
NUMBERS = {
    "postgresql": f"generate_series(1, {READERS}) AS n",
    "sqlite": f"(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {READERS}) SELECT n FROM c)",
}


class Desk:
    """One database with an issue that READERS were sent, its Valkey and its consumer."""

    def __init__(self, url: str, broker: str, home: Path) -> None:
        home.mkdir()
        self.runtime = Runtime(Settings(var_dir=home, database_url=url, valkey_url=broker, secret_keys=f"1:{bytes(range(32)).hex()}"))
        schema.create(url)
        with self.runtime.writing() as session:
            letter = factories.newsletter(session, open_measurement=OpenMeasurement.CONSENT)
            self.issue_id = factories.issue(session, letter).id
            numbers = NUMBERS[session.get_bind().dialect.name]
            values = {"now": datetime.now(UTC), "letter": letter.id, "issue": self.issue_id}
            for statement in (SUBSCRIBERS, SUBSCRIPTIONS, DELIVERIES):
                wanted = {name: value for name, value in values.items() if f":{name}" in statement}
                session.execute(text(statement.format(numbers=numbers)), wanted)
            months.make_ahead(session, datetime.now(UTC))
        if url.startswith("postgres"):
            with self.runtime.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
        self._server = None if self.runtime.database.is_sqlite else postgres.pid(self.runtime.database)
        self.costs: list[float] = []  # microseconds of CPU for each hit
        self.consumers = [Consumer(self.runtime, number) for number in range(1, 2 if self.runtime.database.is_sqlite else 3)]

    def hits(self, count: int) -> list[Hit]:
        """Opens and clicks of as many readers, each with a network of her own."""
        now, made = time.time(), hits.Ids()
        return [
            Hit(
                made.new(now),
                now,
                self.issue_id,
                random.randint(1, READERS),
                random.choice((None, None, 1, 2, 3)),
                _network(),
                _agent(),
                HEADERS,
            )
            for _ in range(count)
        ]

    def ingest(self, count: int) -> float:
        """Hits a second, from the stream to the commit."""
        packed = [hits.encode(hit) for hit in self.hits(count)]
        stream.join(self.runtime.redis)
        for start in range(0, count, PACK):
            stream.append(self.runtime.redis, ids.hex_id(8), b"".join(packed[start : start + PACK]))
        begin, before = time.perf_counter(), self._cpu()
        with ThreadPoolExecutor(len(self.consumers)) as pool:
            written = sum(pool.map(self._empty, self.consumers))
        seconds = time.perf_counter() - begin
        self.costs.append(1e6 * (self._cpu() - before) / count)
        if written != count:
            raise RuntimeError(f"{written} of {count} hits were written")
        return count / seconds

    def _cpu(self) -> float:
        """Seconds of CPU of this process and of the server."""
        return time.process_time() + (cpu_seconds(self._server) if self._server else 0)

    def _empty(self, consumer: Consumer) -> int:
        written = 0
        while self.runtime.redis.xlen(stream.STREAM):
            written += consumer.step(block_ms=1)
        return written

    def one_by_one(self, count: int) -> float:
        """Hits a second, each with its insert and its commit; no consent is looked up."""
        packed = [hits.encode(hit) for hit in self.hits(count)]
        begin = time.perf_counter()
        for line in packed:
            with self.runtime.writing() as session:
                _insert(session, hits.decode(line)[0])
        return count / (time.perf_counter() - begin)


def main() -> bool:
    """Measure, print, write var/bench/ingest.json; whether the floors are met."""
    with ExitStack() as stack:
        look_for_cycles_seldom(OBJECTS)  # as the consumer does
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pr-bench-")))
        brokers = [stack.enter_context(valkey.running()) for _ in range(2)]
        desks = [
            Desk(stack.enter_context(postgres.server(HONEST)), brokers[0], home / "postgresql"),
            Desk(f"sqlite:///{home}/hits.db", brokers[1], home / "sqlite"),
        ]
        work: dict[str, Callable[[], float]] = {
            POSTGRESQL: lambda: desks[0].ingest(HITS),
            SQLITE: lambda: desks[1].ingest(HITS),
            NAIVE: lambda: desks[0].one_by_one(EACH),
        }
        rates: dict[str, list[float]] = {name: [] for name in work}
        for number in range(report.ROUNDS + 1):
            for name, call in work.items():
                rate = call()
                if number:
                    rates[name].append(rate)
        for desk in desks:
            desk.runtime.database.dispose()
    costs = {POSTGRESQL: desks[0].costs, SQLITE: desks[1].costs}
    lines = [_line(name, rates, costs) for name in work]
    about = {"hits": HITS, "readers": READERS, "load": os.getloadavg()[0]}
    title = f"{HITS:,} hits a round into a database whose issue went to {READERS:,} readers"
    report.publish("ingest", title, NAIVE, lines, about, clock="wall clock")
    return all(line.is_met for line in lines)


def _line(name: str, rates: dict[str, list[float]], costs: dict[str, list[float]]) -> Line:
    rate, times = statistics.median(rates[name]), report.ratio(rates, name, NAIVE)
    cost = {"CPU us a hit": statistics.median(costs[name])} if name in costs else {}
    if name != POSTGRESQL:
        return Line(name, rate, times, details=cost)
    return Line(name, rate, times, f"{LEAST_PER_SECOND:,}/s, {LEAST_TIMES} x", rate >= LEAST_PER_SECOND and times >= LEAST_TIMES, cost)


def _insert(session: Session, hit: Hit) -> None:
    verdict = labels.by_itself(hit.link is not None, hit.ip, hit.user_agent, hit.headers)
    row = {
        "hit_id": hit.id,
        "issue_id": hit.issue,
        "subscriber_id": hit.subscriber,
        "kind": EventKind.OPENED if hit.link is None else EventKind.CLICKED,
        "link": hit.link,
        "at": datetime.fromtimestamp(hit.at, UTC),
        "ip": hit.ip,
        "user_agent": hit.user_agent,
        "headers": hit.headers,
        "label": Label(verdict.label),
        "reason": verdict.reason,
        "rules": labels.RULES_VERSION,
    }
    session.execute(insert(session, Event).values(row).on_conflict_do_nothing(index_elements=["hit_id", "at"]))


def _network() -> str:
    return f"{random.randint(11, 126)}.{random.randint(0, 255)}.{random.randint(0, 255)}.0"


def _agent() -> str:
    return random.choice(AGENTS)


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
