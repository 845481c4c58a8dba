"""What ends a sending before everybody has it: cancelled while a claim is under way, or too old to be worth reading (E7, E12)."""

import threading
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from service.core import clock as core_clock
from service.core.database import Database
from service.core.settings import Settings
from service.delivery.launching import closing, launch
from service.delivery.ledger import batching
from service.delivery.models import Batch, BatchState, Delivery, Launch
from service.delivery.sending import reconcile
from service.issues.models import IssueState
from tests.support import post, sending
from tests.support.post import MemoryTransport


def test_cancelling_during_a_claim_leaves_the_claimed_to_their_sender(database: Database, settings: Settings) -> None:
    settings = settings.model_copy(update={"batch_size": 3})
    issue_id = sending.start(database, settings, 6)

    def cancel() -> None:
        with database.writing() as session:
            launch.cancel(session, issue_id, user_id=None)

    canceller = threading.Thread(target=cancel)
    with database.writing() as session:
        claim = batching.claim(session, settings, "naver", core_clock.now(), host="h", journal="j")
        canceller.start()
        canceller.join(0.5)  # it waits for the claim: for its batch on PostgreSQL, for the write lock on SQLite
    canceller.join()

    assert claim is not None
    with database.reading() as session:
        states = dict(session.execute(select(Delivery.batch_no, Delivery.state).distinct()).all())
        batches = dict(session.execute(select(Batch.no, Batch.state)).all())
    other = 3 - claim.no
    assert {number: state.value for number, state in states.items()} == {claim.no: "queued", other: "skipped"}
    assert batches == {claim.no: BatchState.CLAIMED, other: BatchState.DONE}


def test_cancelling_a_large_issue_holds_at_once_and_the_sweep_skips_the_rest(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launch, "SKIPPED_AT_ONCE", 3)
    few = settings.model_copy(update={"batch_size": 2})
    issue_id = sending.start(database, few, 6)
    taken: list[str] = []

    def stop_after_one(address: str) -> None:
        taken.append(address)
        sender.stop()

    sender = sending.sender(database, few, MemoryTransport(before=stop_after_one))
    sender.drain("naver")

    with database.writing() as session:
        accepted = launch.cancel(session, issue_id, user_id=None)
    after = sending.drain(database, few)
    reconcile.sweep(database, few)

    assert accepted == len(taken) > 0
    assert after == []
    assert sending.states(database, issue_id) == {"accepted": accepted, "skipped": 6 - accepted}
    with database.reading() as session:
        assert session.get_one(Launch, issue_id).finished_at is not None


def test_who_never_had_a_turn_within_a_day_is_skipped_as_too_old(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    issue_id = sending.start(database, settings, 3)
    clock.shift(timedelta(hours=25))

    closing.give_up_old(database)
    with database.writing() as session:
        closed = closing.close_finished(session)

    assert closed == [issue_id]
    assert sending.states(database, issue_id) == {"skipped": 3}
    with database.reading() as session:
        assert session.scalars(select(Delivery.reason).distinct()).all() == ["too_old"]


def test_a_paused_issue_waits_however_long_and_resuming_gives_it_a_new_day(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    issue_id = sending.start(database, settings, 2)
    with database.writing() as session:
        launch.pause(session, issue_id, user_id=None)
    clock.shift(timedelta(hours=30))
    closing.give_up_old(database)

    with database.writing() as session:
        launch.resume(session, issue_id, user_id=None)
    closing.give_up_old(database)
    sending.sender(database, settings, MemoryTransport()).drain("naver")

    assert sending.states(database, issue_id) == {"accepted": 2}


def test_resuming_reopens_a_held_lane_while_the_issue_is_sending(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    issue_id = sending.start(database, settings, 8)
    transport = MemoryTransport(default=post.reply(550, "5.7.26 unauthenticated mail from our domain", "5.7.26"))
    transport.window = 1
    post_office = sending.sender(database, settings, transport)
    post_office.drain("naver")
    transport.default = post.ACCEPTED
    clock.shift(timedelta(minutes=5))

    with database.writing() as session:
        launch.resume(session, issue_id, user_id=None)
        batching.cut_retries(session, settings, core_clock.now())
    post_office.drain("naver")

    assert sending.states(database, issue_id) == {"accepted": 8}
    assert sending.issue_state(database, issue_id) is IssueState.SENDING
