"""Edge, Valkey and consumer killed, the database away: every hit that was answered is there afterwards, once.

`make fault-hits` has the database away for a minute and kills for longer.
"""

import itertools
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from service.core.database import Database
from service.core.settings import Settings
from service.feedback.models import Event
from tests.fault.programs import Program
from tests.support import collection, factories, postgres, schema
from tests.support.collection import Collection, Reader
from tests.support.processes import wait_until

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("launcher")]

AWAY_SECONDS = float(os.environ.get("AWAY_SECONDS", "4"))
KILLS = int(os.environ.get("KILLS", "4"))
READERS, PAUSE_SECONDS = int(500 * (AWAY_SECONDS + KILLS)), 0.001


def given(settings: Settings, database: Database) -> Settings:
    return settings.model_copy(update={"database_url": database.engine.url.render_as_string(hide_password=False)})


def press(reader: Reader, ids: Iterator[int], until: Callable[[], bool]) -> tuple[set[int], set[int]]:
    """Press links and open letters, a new reader each time, until it is so; whose hits were answered, and whose were not."""
    answered, unanswered = set(), set()
    for id_ in ids:
        expected, status = (302, reader.click(id_)) if id_ % 3 else (200, reader.open(id_))
        assert status in (expected, None), f"a failed answer: {status}"
        (answered if status else unanswered).add(id_)
        time.sleep(PAUSE_SECONDS if status else 0.05)
        if until():
            break
    return answered, unanswered


def kept(database: Database, issue_id: int) -> Counter[int | None]:
    """How many events there are of each reader."""
    with suppress(Exception), database.reading() as session:
        return Counter(session.scalars(select(Event.subscriber_id).where(Event.issue_id == issue_id)))
    return Counter()


def assert_each_once(database: Database, issue_id: int, answered: set[int], unanswered: set[int], seconds: float = 20) -> None:
    wait_until(lambda: answered <= set(kept(database, issue_id)), seconds, "every answered hit is in the database")
    counts = kept(database, issue_id)
    assert set(counts.values()) == {1}
    assert set(counts) <= answered | unanswered


def test_killed_at_any_moment_nothing_answered_is_lost_and_nothing_counts_twice(database: Database, settings: Settings) -> None:
    issue_id, people = collection.sent_issue(database, READERS)
    ids, answered, unanswered = iter(people), set(), set()
    # with persistence on one of the databases; without it, what a killed Valkey held is gone
    with collection.running(given(settings, database), append_only=database.is_sqlite) as its:
        its.publish(issue_id)
        reader = Reader(its.port, factories.SIGNER, issue_id)
        for victim in itertools.islice(itertools.cycle((its.valkey, its.edge, its.consumer, its.valkey)), KILLS):
            deadline = time.monotonic() + random.uniform(0.3, 0.8)
            yes, no = press(reader, ids, lambda deadline=deadline: time.monotonic() > deadline)  # type: ignore[misc]
            starts = victim.starts
            its.kill(victim)
            more, none = press(reader, ids, lambda victim=victim, starts=starts: is_back(its, victim, starts))  # type: ignore[misc]
            answered, unanswered = answered | yes | more, unanswered | no | none

        assert len(answered) > 200
        assert_each_once(database, issue_id, answered, unanswered)
        wait_until(lambda: not list((its.settings.var_dir / "spool").glob("*.sent")), 10, "no hit outlives its ingest on disk")


def is_back(its: Collection, victim: Program, starts: int) -> bool:
    return victim.starts > starts and (victim is not its.edge or collection.answers(its.port))


def test_while_the_database_is_away_every_click_is_answered_and_counted_afterwards(settings: Settings) -> None:
    with ExitStack() as stack:
        cluster = stack.enter_context(postgres.cluster())
        server = Program("postgresql", cluster.command, log=cluster.log, is_ready=cluster.answers, uid=cluster.uid, cwd=cluster.home)
        stack.callback(server.wait_for_end)
        stack.callback(server.let_go)
        server.start()
        server.wait()
        schema.create(cluster.url)
        database = Database(cluster.url)
        stack.callback(database.dispose)
        issue_id, people = collection.sent_issue(database, READERS)
        its = stack.enter_context(collection.running(given(settings, database)))
        its.publish(issue_id)
        reader, ids = Reader(its.port, factories.SIGNER, issue_id), iter(people)

        before, lost = press(reader, ids, past(0.5))
        server.stop(signal.SIGINT)
        its.kill(its.valkey)  # and what it held is gone with it
        during, unanswered = press(reader, ids, past(AWAY_SECONDS))
        server.start()
        server.wait()

        assert (lost, unanswered) == (set(), set())
        assert len(during) > 100
        assert_each_once(database, issue_id, before | during, set())


def test_a_repaired_link_is_followed_by_a_running_edge_within_ten_seconds(settings: Settings) -> None:
    with collection.running(settings) as its:
        its.publish(1)
        reader = Reader(its.port, factories.SIGNER, 1)
        assert reader.click(1) == 302

        its.publish(1, number=2, url="https://example.com/repaired")

        wait_until(lambda: reader.click(1) == 302 and reader.led_to == "https://example.com/repaired", 10, "the edge follows the repair")


def past(seconds: float) -> Callable[[], bool]:
    deadline = time.monotonic() + seconds
    return lambda: time.monotonic() > deadline


def test_while_sqlite_is_locked_every_click_is_answered_and_counted_afterwards(
    settings: Settings, sqlite_template: Path, tmp_path: Path
) -> None:
    database = Database(schema.copy_of(sqlite_template, tmp_path / "pressrun.db"))
    issue_id, people = collection.sent_issue(database, READERS)
    with collection.running(given(settings, database)) as its:
        its.publish(issue_id)
        reader, ids = Reader(its.port, factories.SIGNER, issue_id), iter(people)

        with database.writing():  # somebody holds the lock
            answered, unanswered = press(reader, ids, past(2))

        assert unanswered == set()
        assert_each_once(database, issue_id, answered, set())
    database.dispose()
