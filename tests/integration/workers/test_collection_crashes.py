"""Edge, Valkey and consumer end at any point of their work, in any order: every hit that was answered is kept, and kept once."""

import contextlib
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from service.feedback import hits, ingest, spool, stream
from service.feedback.hits import Hit
from service.feedback.models import Event
from service.feedback.spool import Spool
from service.runtime import Runtime
from tests.support import factories
from workers.event_consumer import Consumer

pytestmark = pytest.mark.both_databases

STEPS = 60


class Killed(BaseException):
    """`kill -9`: nothing that follows in the process happens."""


class Press:
    """An edge, a Valkey without persistence and a consumer that can each be ended between any two of their acts."""

    def __init__(self, runtime: Runtime, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self._runtime, self._folder, self._patch = runtime, folder, patch
        with runtime.writing() as session:
            letter = factories.newsletter(session)
            self._readers = factories.readers(session, letter, 20)
            self.issue_id = factories.ready_issue(session, letter).issue_id
        self._ids = hits.Ids()
        self.answered: set[str] = set()
        self._start_edge()
        self._start_consumer()

    def answer(self) -> None:
        """A reader is answered once her hit is in the spool."""
        at = hits.now()
        hit = Hit(self._ids.new(at), at, self.issue_id, random.choice(self._readers), 1)
        self._edge.add(hit)
        self.answered.add(hit.id)

    def ship(self) -> None:
        self._edge.flush()

    def ship_and_end(self, module: object, name: str, *, done: bool) -> None:
        """The edge ends at this act, before or after it."""
        self._until_killed(self._edge.flush, module, name, done=done)
        os.close(self._edge._file)  # with the process its locks go
        self._start_edge()

    def lose_valkey(self) -> None:
        self._runtime.redis.flushall()
        stream.join(self._runtime.redis)

    def consume(self) -> None:
        self._consumer.step(block_ms=1)

    def consume_and_end(self, module: object, name: str, *, done: bool) -> None:
        self._until_killed(lambda: self._consumer.step(block_ms=1), module, name, done=done)
        self._start_consumer()

    def kept(self) -> list[str]:
        with self._runtime.reading() as session:
            return [id_.replace("-", "") for id_ in session.scalars(select(Event.hit_id).where(Event.issue_id == self.issue_id))]

    def files(self) -> list[Path]:
        return list(self._folder.glob("*.sent"))

    def _start_edge(self) -> None:
        self._edge = Spool(self._folder, self._runtime.redis)

    def _start_consumer(self) -> None:
        stream.join(self._runtime.redis)
        self._consumer = Consumer(self._runtime, random.randrange(10**9))

    def _until_killed(self, work: Callable[[], object], module: object, name: str, *, done: bool) -> None:
        act = getattr(module, name)

        def killed(*args: object, **values: object) -> None:
            if done:
                act(*args, **values)
            raise Killed

        with self._patch.context() as patch:
            patch.setattr(module, name, killed)
            with contextlib.suppress(Killed):
                work()


def acts(press: Press) -> list[Callable[[], None]]:
    """Everything that can happen next."""
    edge_ends = [(stream, "append"), (stream, "whereabouts"), (stream, "forget"), (Path, "rename"), (Path, "unlink")]
    consumer_ends = [(ingest, "ingest"), (stream, "acknowledge")]
    return [
        *[press.answer] * 6,
        *[press.ship] * 3,
        *[press.consume] * 3,
        press.lose_valkey,
        *(lambda where=where, done=done: press.ship_and_end(*where, done=done) for where in edge_ends for done in (False, True)),  # type: ignore[misc]
        *(lambda where=where, done=done: press.consume_and_end(*where, done=done) for where in consumer_ends for done in (False, True)),  # type: ignore[misc]
    ]


@pytest.mark.parametrize("seed", range(5))
def test_whatever_ends_when_each_answered_hit_is_kept_once(
    runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(spool, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(stream, "IDLE_MS", 0)
    press, chance = Press(runtime, tmp_path / "spool", monkeypatch), random.Random(seed)

    for _ in range(STEPS):
        chance.choice(acts(press))()
    for _ in range(4):  # quiet
        press.ship()
        press.consume()

    assert sorted(press.kept()) == sorted(press.answered)
    assert press.answered
    assert press.files() == []
