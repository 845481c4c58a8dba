"""Whoever moves the same deliveries at once waits in one order, so that nobody is turned away as the victim of a deadlock."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from service.core import clock
from service.core.database import Database
from service.core.settings import Settings
from service.delivery.launching import again, launch
from service.delivery.ledger import batching, doubts, recording
from service.delivery.ledger.recording import Holding
from service.delivery.models import Batch, Delivery, Proof, Retry
from service.delivery.pacing import lanes
from service.delivery.reasons import Reason
from service.delivery.replies import Outcome, Phase
from service.delivery.sending import alarms
from service.delivery.states import DeliveryState
from service.delivery.transports.protocol import Result
from service.delivery.uncertain import settling
from service.delivery.uncertain.settling import Settlement
from tests.support import post, sending
from tests.support.post import MemoryTransport

GREYLISTED = post.reply(451, "4.7.1 greylisted", "4.7.1")
LOST = Result(Outcome.UNCERTAIN, GREYLISTED.reason, Phase.FINAL, text="the reply was lost")
LONG_ENOUGH = 0.5  # for another thread to wait for a lock


class Halfway:
    """One thread stops in the middle of its transaction until others have had time to lock what they lock."""

    def __init__(self, then: Callable[..., Any]) -> None:
        self.is_there = threading.Event()
        self.others_go = threading.Event()
        self._then = then
        self._thread = threading.current_thread()

    def run(self, act: Callable[[], object]) -> threading.Thread:
        self._thread = threading.Thread(target=act)
        self._thread.start()
        assert self.is_there.wait(20)
        return self._thread

    def __call__(self, *given: Any, **named: Any) -> Any:
        if threading.current_thread() is self._thread and not self.is_there.is_set():
            self.is_there.set()
            self.others_go.wait(LONG_ENOUGH)
        return self._then(*given, **named)


def test_cutting_retries_and_sending_to_them_again_do_not_wait_for_each_other(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a deferred reader who is due; when the sweep is halfway through making the batch; then an operator's word waits its turn."""
    issue_id = sending.start(database, settings, 2)
    deferred, _ = sending.emails(database)
    sending.sender(database, settings, MemoryTransport({deferred: GREYLISTED})).drain("naver")
    with database.writing() as session:
        session.execute(update(Retry).values(next_at=clock.now()))
    cut: list[set[str]] = []
    halfway = Halfway(batching.requeue)
    monkeypatch.setattr(batching, "requeue", halfway)

    def sweep() -> None:
        with database.writing() as session:
            cut.append(batching.cut_retries(session, settings, clock.now()))

    sweeper = halfway.run(sweep)
    with database.writing() as session:
        (answer,) = again.to_addresses(session, settings, issue_id, [deferred], user_id=None)
    sweeper.join()

    assert cut == [{"naver"}]
    assert answer.verdict is again.Verdict.WAITING
    assert sending.drain(database, settings) == [deferred]


def test_recording_and_settling_do_not_wait_for_each_other(database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a batch that is held once more, with an uncertain reader of its first part; when both are written at once; then both are."""
    issue_id = sending.start(database, settings, 3)
    uncertain, *_ = sending.emails(database)
    sending.sender(database, settings, MemoryTransport({uncertain: LOST})).drain("naver")
    with database.writing() as session:
        first, second, third = session.scalars(select(Delivery.subscriber_id).order_by(Delivery.subscriber_id)).all()
        again_queued = Delivery.subscriber_id.in_((second, third))
        session.execute(update(Delivery).where(again_queued).values(state=DeliveryState.QUEUED, is_tracked=True))
        session.execute(update(Batch).values(state="open"))
    with database.writing() as session:
        claim = batching.claim(session, settings, "naver", clock.now(), host="h", journal="j")
    assert claim is not None
    halfway, is_recorded = Halfway(doubts.note), list[bool]()
    monkeypatch.setattr(doubts, "note", halfway)

    def record() -> None:
        with database.writing() as session:
            is_recorded.append(recording.record(session, settings, Holding.of(claim), (), untracked=[second]))

    recorder = halfway.run(record)
    with database.writing() as session:
        settled = settling.settle(session, issue_id, Settlement(DeliveryState.ACCEPTED, Proof.OPERATOR), [first])
    recorder.join()

    assert (is_recorded, settled) == ([True], 1)
    assert sending.states(database, issue_id) == {"accepted": 1, "queued": 2}


def test_noting_a_used_up_quota_and_resuming_do_not_wait_for_each_other(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a held lane and a quota that is used up; when the sweep notes it while an operator resumes; then both are done."""
    limited = settings.model_copy(update={"relay_daily_quota": 2})
    issue_id = sending.start(database, limited, 4)
    sending.drain(database, limited)
    with database.writing() as session:
        lanes.hold(session, "google", Reason.POLICY, "550 5.7.1 policy")
        lanes.note_quota(session, 2, clock.now())
    halfway = Halfway(alarms._wait_for_quota)
    monkeypatch.setattr(alarms, "_wait_for_quota", halfway)

    def look() -> None:
        with database.writing() as session:
            alarms.look(session, limited)

    sweeper = halfway.run(look)
    with database.writing() as session:
        launch.resume(session, issue_id, user_id=None)
    sweeper.join()
    look()  # whichever came first, the next sweep notes it

    with database.reading() as session:
        assert [row.name for row in lanes.troubles(session)] == [lanes.QUOTA]
