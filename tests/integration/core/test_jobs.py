"""The job table: asked once, claimed by one, given back after a failure."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.core import clock as core_clock
from service.core import jobs
from service.core.database import Database


def test_a_job_is_claimed_once(session: Session) -> None:
    jobs.ask(session, "prepare_issue", issue_id=7)

    first, second = jobs.claim(session, "prepare_issue"), jobs.claim(session, "prepare_issue")

    assert first is not None
    assert first.ids == {"issue_id": 7}
    assert second is None


def test_asking_twice_with_one_key_gives_one_job(session: Session) -> None:
    jobs.ask(session, "prepare_issue", key="prepare:7", issue_id=7)
    jobs.ask(session, "prepare_issue", key="prepare:7", issue_id=7)

    assert jobs.waiting(session) == {"prepare_issue": 1}


def test_a_failed_job_is_due_again_after_a_pause(session: Session, clock: time_machine.Traveller) -> None:
    jobs.ask(session, "send_notice", notice_id=1)
    claim = jobs.claim(session, "send_notice")
    assert claim is not None

    jobs.fail(session, claim, "mail server away")

    assert jobs.due_names(session) == []
    clock.shift(jobs.RETRY_SECONDS[0] + 1)
    assert jobs.due_names(session) == ["send_notice"]


def test_a_job_whose_holder_died_is_free_again(session: Session, clock: time_machine.Traveller) -> None:
    jobs.ask(session, "send_notice", notice_id=1)
    jobs.claim(session, "send_notice")

    clock.shift(jobs.CLAIM_SECONDS + 1)

    assert jobs.due_names(session) == ["send_notice"]


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_machine_whose_clock_is_wrong_takes_no_claimed_job_and_does_what_is_due(
    database: Database, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    if database.is_sqlite:
        pytest.skip("one machine, one clock")
    with database.writing() as session:
        jobs.ask(session, "send_notice", notice_id=1)
        assert jobs.claim(session, "send_notice") is not None
        jobs.ask(session, "send_notice", notice_id=2)
    now = core_clock.now
    monkeypatch.setattr(core_clock, "now", lambda: now() + timedelta(hours=hours))

    with database.writing() as session:
        due, then = jobs.claim(session, "send_notice"), jobs.claim(session, "send_notice")
        jobs.ask(session, "send_notice", notice_id=3)
        own = jobs.claim(session, "send_notice")

    assert due is not None
    assert due.ids == {"notice_id": 2}
    assert then is None
    assert own is not None


def test_a_late_holder_does_not_settle_what_another_took_over(session: Session, clock: time_machine.Traveller) -> None:
    jobs.ask(session, "send_notice", notice_id=1)
    late = jobs.claim(session, "send_notice")
    clock.shift(jobs.CLAIM_SECONDS + 1)
    current = jobs.claim(session, "send_notice")
    assert late is not None
    assert current is not None

    jobs.finish(session, late)

    assert session.scalar(select(jobs.Job.done_at)) is None
    jobs.finish(session, current)
    assert session.scalar(select(jobs.Job.done_at)) is not None


def test_what_was_finished_long_ago_is_forgotten(database: Database, clock: time_machine.Traveller) -> None:
    with database.writing() as session:
        jobs.ask(session, "send_notice", key="once", notice_id=1)
        claim = jobs.claim(session, "send_notice")
        assert claim is not None
        jobs.finish(session, claim)

    clock.move_to(core_clock.now() + timedelta(days=jobs.KEEP_DAYS + 1))
    with database.writing() as session:
        jobs.forget_old(session)

    with database.reading() as session:
        assert session.scalar(select(jobs.Job.id)) is None
