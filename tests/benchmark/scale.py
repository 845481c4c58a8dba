"""A million readers: freezing and cutting them, claiming their batches from first to last. `python -m tests.benchmark.scale`.

READERS=n in the environment for another number; PostgreSQL with fsync. Nothing is mailed: each claimed batch is recorded as accepted
at once, so that only the ledger is measured.
"""

import os
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import delete, func, insert, select

from service.core import clock
from service.core.settings import Settings
from service.delivery.identity import instance
from service.delivery.launching import launch
from service.delivery.ledger import batching, recording
from service.delivery.ledger.recording import Holding, Settled
from service.delivery.models import Batch, Delivery, Launch
from service.newsletters.models import Newsletter
from service.runtime import Runtime
from service.subscribers.models import Standing, Subscriber, Subscription
from tests.benchmark import press, report
from tests.benchmark.pipeline import HONEST
from tests.benchmark.report import Line
from tests.support import factories, postgres, schema
from tests.support.post import ACCEPTED

READERS = int(os.environ.get("READERS", "1000000"))
FEWER = READERS // 10
AT_ONCE = 20_000
MOST_SECONDS_TO_FREEZE = 10 * READERS / 1_000_000
LEAST_OF_FIRST_TENTH, LEAST_OF_FEWER = 0.8, 0.9
LANES = ("google", "naver", "kakao", "other")


def main() -> bool:
    """Measure, print, write var/bench/scale.json; whether the floors are met."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pr-bench-")))
        settings = _settings(home, stack.enter_context(postgres.server((*HONEST, "max_wal_size=4GB"))))
        schema.create(settings.database)
        runtime = Runtime(settings)
        instance.may_send(runtime.database, settings)
        stack.callback(runtime.database.dispose)
        _fill(runtime, FEWER)
        few_freeze, few = _one_issue(runtime)
        _fill(runtime, READERS - FEWER)
        freeze, many = _one_issue(runtime)
    first, last = _rate(many[: len(many) // 10]), _rate(many[-(len(many) // 10) :])
    lines = [
        Line(f"freeze and cut {FEWER:,}", FEWER / few_freeze, 1.0, details={"seconds": few_freeze}),
        Line(
            f"freeze and cut {READERS:,}",
            READERS / freeze,
            READERS / freeze / (FEWER / few_freeze),
            f"under {MOST_SECONDS_TO_FREEZE:g} s",
            freeze < MOST_SECONDS_TO_FREEZE,
            {"seconds": freeze},
        ),
        Line(f"claim and record, {FEWER:,}", _rate(few), 1.0),
        _compared(f"claim and record, {READERS:,}", _rate(many), _rate(few), LEAST_OF_FEWER),
        Line("of these the first tenth", first, first / _rate(few)),
        _compared("of these the last tenth, against the first", last, first, LEAST_OF_FIRST_TENTH),
    ]
    report.publish("scale", f"The ledger at {READERS:,} readers, PostgreSQL", f"{FEWER:,} readers", lines, {}, clock="wall clock")
    return all(line.is_met for line in lines)


def _compared(name: str, rate: float, other: float, least: float) -> Line:
    return Line(name, rate, rate / other, f"{least:g} x", rate / other >= least)


def _settings(home: Path, url: str) -> Settings:
    return Settings(var_dir=home, database_url=url, secret_keys=press.SECRET_KEYS, log_level="warning")


def _fill(runtime: Runtime, count: int) -> None:
    """So many more active readers."""
    now = clock.now()
    with runtime.writing() as session:
        letter = session.scalar(select(Newsletter)) or factories.newsletter(session)
        letter_id, first = letter.id, session.scalar(select(func.count(Subscriber.id))) or 0
    for start in range(first, first + count, AT_ONCE):
        with runtime.writing() as session:
            people = [
                {"email": f"r{number}@x.test", "address_hash": f"{now.timestamp()}{number}", "name": "", "language": "ko"}
                | {"provider": LANES[number % len(LANES)], "created_at": now}
                for number in range(start, min(start + AT_ONCE, first + count))
            ]
            ids = session.scalars(insert(Subscriber).returning(Subscriber.id), people).all()
            tie = {"newsletter_id": letter_id, "state": Standing.ACTIVE, "source": "bench", "created_at": now, "changed_at": now}
            session.execute(insert(Subscription), [{"subscriber_id": id_, **tie} for id_ in ids])
    with runtime.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def _one_issue(runtime: Runtime) -> tuple[float, list[tuple[int, float]]]:
    """Seconds to freeze and cut, and (readers, seconds) of each batch from claim to record."""
    with runtime.writing() as session:
        session.execute(delete(Delivery))
        session.execute(delete(Batch))
        compiled = factories.ready_issue(session, session.query(Newsletter).one())
        issue_id, compiled_id = compiled.issue_id, compiled.id
    begin = time.perf_counter()
    with runtime.writing() as session:
        launch.start(session, runtime.settings, issue_id, compiled_id)
    seconds = time.perf_counter() - begin
    steps = []
    with runtime.reading() as session:
        assert session.get_one(Launch, issue_id).recipients
        lanes = dict.fromkeys(batching.wanted(session, runtime.settings, clock.now()))
    while lanes:
        for lane in list(lanes):
            begin = time.perf_counter()
            count = _work(runtime, lane)
            if count:
                steps.append((count, time.perf_counter() - begin))
            else:
                del lanes[lane]
    return seconds, steps


def _work(runtime: Runtime, lane: str) -> int:
    with runtime.writing() as session:
        claim = batching.claim(session, runtime.settings, lane, clock.now(), host="bench", journal="bench")
    if claim is None:
        return 0
    outcomes = [Settled(reader.subscriber_id, reader.tries, ACCEPTED) for reader in claim.recipients]
    with runtime.writing() as session:
        recording.record(session, runtime.settings, Holding.of(claim), outcomes)
    return len(outcomes)


def _rate(steps: list[tuple[int, float]]) -> float:
    return sum(count for count, _ in steps) / sum(seconds for _, seconds in steps)


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
