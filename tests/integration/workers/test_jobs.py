"""Working off jobs: what is due is done, what fails is kept, nudges may repeat."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from service.core import jobs
from service.runtime import Runtime
from workers import ticks
from workers.jobs import HANDLERS, PERIODIC, Periodic, work_off


@pytest.fixture
def done() -> Iterator[list[int]]:
    """The ids a registered handler was called with; an odd one fails."""
    calls: list[int] = []

    def handler(_runtime: Runtime, number: int) -> None:
        calls.append(number)
        if number % 2:
            raise RuntimeError("no mail server for ada@example.com")

    HANDLERS["count"] = handler
    yield calls
    del HANDLERS["count"]


def test_due_jobs_are_done_and_a_failed_one_is_kept_with_its_reason(runtime: Runtime, done: list[int]) -> None:
    with runtime.writing() as session:
        for number in (2, 3, 4):
            jobs.ask(session, "count", number=number)

    count = work_off(runtime, "count")

    assert (count, done) == (2, [2, 3, 4])
    with runtime.reading() as session:
        assert jobs.waiting(session) == {"count": 1}
        reason = session.scalar(select(jobs.Job.last_error).where(jobs.Job.done_at.is_(None)))
    assert reason == "RuntimeError: no mail server for ad***@example.com"


def test_a_repeated_nudge_does_nothing_twice(runtime: Runtime, done: list[int]) -> None:
    with runtime.writing() as session:
        jobs.ask(session, "count", number=2)

    work_off(runtime, "count")
    again = work_off(runtime, "count")

    assert (again, done) == (0, [2])


def test_a_commit_nudges_the_queue_of_the_job(runtime: Runtime) -> None:
    with runtime.writing() as session:
        jobs.ask(session, "count", number=2)

    assert runtime.redis.llen("tick") == 1


def test_a_lost_nudge_is_made_up_for_by_the_next_tick(runtime: Runtime) -> None:
    with runtime.writing() as session:
        jobs.ask(session, "count", number=2)
    runtime.redis.flushall()

    ticks.nudge_due(runtime)

    assert runtime.redis.llen("tick") >= 1


def test_two_beats_set_off_a_periodic_function_once(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing: Any = lambda _runtime: None  # noqa: E731
    monkeypatch.setattr("workers.ticks.PERIODIC", {"test": Periodic("test", 60, "render", nothing)})

    ticks.nudge_due(runtime)
    ticks.nudge_due(runtime)

    assert runtime.redis.llen("render") == 1
    assert "test" not in PERIODIC
