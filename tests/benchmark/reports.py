"""Report pages at three million deliveries and ten million hits: `python -m tests.benchmark.reports`.

DELIVERIES=n and HITS=n in the environment for other sizes; PostgreSQL with fsync. The hits are made by the database. Measured is each
page as the desk gets it, from request to last octet, after the counts were made; and how long making those takes.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from service.accounts.models import Role
from service.core import clock
from service.core.settings import Settings
from service.delivery.models import Launch
from service.feedback.models import EventKind
from service.newsletters.models import Newsletter
from service.runtime import Runtime
from service.statistics import queries, rollup
from service.tracking.models import Link
from service.web.app import make_app
from tests.benchmark import press, report
from tests.benchmark.pipeline import HONEST
from tests.benchmark.report import Line
from tests.support import desk, factories, postgres, schema

DELIVERIES = int(os.environ.get("DELIVERIES", "3000000"))
HITS = int(os.environ.get("HITS", "10000000"))
ISSUES, LINKS, BATCH = 3, 40, 500
MOST_MS = 300
ROUNDS = 5

READERS_SQL = """
INSERT INTO subscribers (email, address_hash, name, language, provider, created_at)
SELECT 'r' || n || '@x.test', md5(n::text), '', 'ko', (ARRAY['google', 'naver', 'kakao', 'other'])[1 + n %% 4], now()
FROM generate_series(1, {readers}) n
"""
DELIVERIES_SQL = """
INSERT INTO deliveries (issue_id, subscriber_id, batch_no, state, tries, is_tracked, maybe_duplicate, changed_at)
SELECT {issue}, n, 1 + n / {batch}, CASE WHEN n %% 50 = 0 THEN 'refused' ELSE 'accepted' END, 1, n %% 10 < 8, false, now()
FROM generate_series(1, {readers}) n
"""
BATCHES_SQL = """
INSERT INTO batches (issue_id, no, lane, size, state, token, next_at, is_first, accepted, recorded_at, tally)
SELECT {issue}, n, (ARRAY['google', 'naver', 'kakao', 'other'])[1 + n %% 4], {batch}, 'done', 1, now(), false, {batch}, now(),
       '{{"accepted": {accepted}, "refused": {refused}}}'
FROM generate_series(1, {batches}) n
"""
HITS_SQL = """
INSERT INTO events (hit_id, issue_id, subscriber_id, kind, link, at, ip, user_agent, headers, label, reason, rules)
SELECT md5({issue} || '-' || n)::uuid, {issue},
       CASE WHEN n %% 11 = 0 AND n %% 10 >= 7 THEN NULL ELSE 1 + (random() * ({readers} - 1))::int END,
       CASE WHEN n %% 10 < 7 THEN 'opened' ELSE 'clicked' END, CASE WHEN n %% 10 < 7 THEN NULL ELSE 1 + n %% {links} END,
       timestamptz '{start}' + random() * random() * interval '72 hours', '203.0.113.0', 'Mozilla/5.0 (compatible; measured)', '',
       (ARRAY['human', 'human', 'machine', 'unknown'])[1 + n %% 4], (ARRAY['no_machine_sign', 'all_links', 'signs_disagree'])[1 + n %% 3], 2
FROM generate_series(1, {hits}) n
"""
WINDOWS_SQL = """
INSERT INTO label_windows (issue_id, starts_at, is_open, touched, rules, is_counted)
SELECT DISTINCT issue_id, to_timestamp(floor(extract(epoch from at) / 900) * 900), false, 1, 2, false FROM events
"""


def main() -> bool:
    """Measure, print, write var/bench/reports.json; whether the floors are met."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pr-bench-")))
        url = stack.enter_context(postgres.server((*HONEST, "max_wal_size=4GB")))
        settings = Settings(var_dir=home, database_url=url, secret_keys=press.SECRET_KEYS, log_level="warning")
        schema.create(settings.database)
        runtime = Runtime(settings)
        stack.callback(runtime.database.dispose)
        issue_id = _fill(runtime)
        hours, seconds = _count(runtime)
        browser = desk.browser(make_app(runtime), runtime, desk.user(runtime, "Otto", Role.OPERATOR))
        pages = {
            "all reports": "/admin/statistics",
            "the report": f"/admin/statistics/{issue_id}",
            "its CSV": f"/admin/statistics/{issue_id}.csv",
            "the click map": f"/admin/statistics/{issue_id}/map",
            "the letter in it": f"/admin/statistics/{issue_id}/map.html",
        }
        times = {name: _median_ms(lambda path=path: _get(browser, path)) for name, path in pages.items()}
        raw = _median_ms(lambda: _raw(runtime, issue_id), rounds=1)
    whole = times["the report"]
    lines = [Line(name, 1000 / ms, whole / ms, f"under {MOST_MS} ms", ms < MOST_MS, {"ms": ms}) for name, ms in times.items()]
    further = {"the same headline figures from the hits": raw, "counting: one hour of hits": 1000 * hours[1] / hours[0]}
    further["counting: different readers of one issue"] = 1000 * seconds / ISSUES
    lines += [Line(name, 1000 / ms, whole / ms, details={"ms": ms}) for name, ms in further.items()]
    title = f"Report pages at {DELIVERIES:,} deliveries and {HITS:,} hits, PostgreSQL"
    report.publish("reports", title, "the report", lines, {}, clock="wall clock")
    return all(line.is_met for line in lines)


def _median_ms(call: Callable[[], object], rounds: int = ROUNDS) -> float:
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        call()
        times.append(1000 * (time.perf_counter() - begin))
    return statistics.median(times)


def _get(browser: desk.Browser, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    assert answer.data


def _raw(runtime: Runtime, issue_id: int) -> None:
    with runtime.reading() as session:
        for kind in EventKind:
            queries.readers(session, issue_id, kind)


def _fill(runtime: Runtime) -> int:
    """The issues, with readers, deliveries, batches and hits; the newest one's id."""
    readers = DELIVERIES // ISSUES
    with runtime.writing() as session:
        letter = factories.newsletter(session)
        issues = [_issue(session, letter, number) for number in range(ISSUES)]
    statements = [READERS_SQL.format(readers=readers)]
    for issue_id, start in issues:
        values = {"issue": issue_id, "readers": readers, "batch": BATCH, "batches": max(1, readers // BATCH), "links": LINKS}
        values |= {"hits": HITS // ISSUES, "start": start, "refused": BATCH // 50, "accepted": BATCH - BATCH // 50}
        statements += [statement.format(**values) for statement in (DELIVERIES_SQL, BATCHES_SQL, HITS_SQL)]
    with runtime.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in (*statements, WINDOWS_SQL, "ANALYZE"):
            connection.exec_driver_sql(statement)
    return issues[-1][0]


def _issue(session: Session, letter: Newsletter, number: int) -> tuple[int, str]:
    started = clock.now() - timedelta(days=10 - 4 * number)  # the newest is still compared with others at its age
    compiled = factories.ready_issue(session, letter)
    share = DELIVERIES // ISSUES
    session.add(
        Launch(
            issue_id=compiled.issue_id,
            compiled_id=compiled.id,
            recipients=share,
            started_at=started,
            give_up_at=started + timedelta(days=1),
            finished_at=started + timedelta(hours=1),
            counts={"accepted": share - share // 50, "refused": share // 50},
        )
    )
    for link in range(1, LINKS + 1):
        session.add(Link(issue_id=compiled.issue_id, number=link, url=f"https://example.com/{link}", text=f"Link {link}"))
    return compiled.issue_id, started.isoformat()


def _count(runtime: Runtime) -> tuple[tuple[int, float], float]:
    """((hours counted, seconds), seconds for all issues' readers)."""
    begin, hours = time.perf_counter(), 0
    while True:
        with runtime.reading() as session:
            due = rollup.due_hours(session)
        if not due:
            break
        for issue_id, hour in due:
            with runtime.writing() as session:
                rollup.count_hour(session, issue_id, hour)
        hours += len(due)
    middle = time.perf_counter()
    with runtime.reading() as session:
        issues = rollup.due_readers(session, clock.now())
    for issue_id in issues:
        with runtime.reading() as session:
            counted = rollup.readers(session, issue_id)
        with runtime.writing() as session:
            rollup.keep_readers(session, counted, clock.now())
            rollup.count_leaving(session, issue_id)
    return (hours, middle - begin), time.perf_counter() - middle


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
