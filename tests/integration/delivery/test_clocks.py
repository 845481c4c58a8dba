"""Clocks that disagree stop the sender and the launch, and say so; a clock that is set while a batch is held accuses nobody (E8)."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from service.core import clock, drift
from service.core.database import Database
from service.core.settings import Settings
from service.delivery.models import Batch, BatchState
from service.delivery.overview import troubles
from service.delivery.sending import reconcile
from tests.support import sending
from tests.support.post import MemoryTransport


class Watch:
    """This machine's clock, `ahead` of the right time."""

    def __init__(self) -> None:
        self.ahead = timedelta()
        self._now = clock.now

    def now(self) -> datetime:
        return self._now() + self.ahead


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    chosen = Watch()
    monkeypatch.setattr(drift, "_steadiness", drift.Steadiness())
    monkeypatch.setattr(clock, "now", chosen.now)
    return chosen


@pytest.mark.parametrize("seconds", [-7, 7])
def test_nothing_is_claimed_while_the_clocks_disagree_and_the_dashboard_says_so(
    database: Database, settings: Settings, watch: Watch, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    issue_id = sending.start(database, settings)
    watch.ahead = timedelta(seconds=seconds)
    if not database.is_sqlite:
        monkeypatch.setattr(drift, "_steadiness", drift.Steadiness())  # it was always so: the database's clock alone tells

    sending.sender(database, settings, MemoryTransport()).drain("naver")

    assert sending.states(database, issue_id) == {"queued": 6}
    with database.reading() as session:
        (trouble,) = troubles.of(session, issue_id)
    assert "NTP" in trouble.remedy


def test_four_seconds_are_no_reason_to_stop(database: Database, settings: Settings, watch: Watch) -> None:
    issue_id = sending.start(database, settings)
    watch.ahead = timedelta(seconds=4)

    sending.sender(database, settings, MemoryTransport()).drain("naver")

    assert sending.states(database, issue_id) == {"accepted": 6}


def test_a_clock_that_is_right_again_sends_and_the_dashboard_is_clear(
    database: Database, settings: Settings, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue_id = sending.start(database, settings)
    watch.ahead = timedelta(hours=1)
    sending.sender(database, settings, MemoryTransport()).drain("naver")
    watch.ahead = timedelta()
    monkeypatch.setattr(drift, "_steadiness", drift.Steadiness())  # a minute has passed

    sending.sender(database, settings, MemoryTransport()).drain("naver")

    assert sending.states(database, issue_id) == {"accepted": 6}
    with database.reading() as session:
        assert troubles.of(session, issue_id) == []


def test_a_clock_set_in_the_middle_of_a_drain_stops_the_next_claim(database: Database, settings: Settings, watch: Watch) -> None:
    few = settings.model_copy(update={"batch_size": 2})
    issue_id = sending.start(database, few)
    transport = MemoryTransport(before=lambda _address: setattr(watch, "ahead", timedelta(hours=2)))

    with pytest.raises(drift.ClocksDisagree):
        sending.sender(database, few, transport).drain("naver")

    assert len(transport.taken) < 6
    assert sending.states(database, issue_id)["queued"] == 6 - len(transport.taken)


@pytest.mark.parametrize("hours", [-3, 3], ids=["set back", "set ahead"])
def test_a_clock_set_while_a_batch_is_held_takes_it_from_nobody(database: Database, settings: Settings, watch: Watch, hours: int) -> None:
    """Two sweeps around a jump: the sender goes on prolonging its lease, is not ended, and everybody gets one mail."""
    quick = settings.model_copy(update={"lease_seconds": 1.0, "heartbeat_seconds": 0.2})
    issue_id = sending.start(database, quick)
    is_held, may_go_on = threading.Event(), threading.Event()

    def hold(_address: str) -> None:
        is_held.set()
        may_go_on.wait(20)

    transport = MemoryTransport(before=hold)
    sender = threading.Thread(target=sending.sender(database, quick, transport).drain, args=("naver",))
    sender.start()
    assert is_held.wait(20)

    watch.ahead = timedelta(hours=hours)
    taken_over = [reconcile.sweep(database, quick).taken_over for _ in range(2)]
    may_go_on.set()
    sender.join()

    assert taken_over == [0, 0]
    assert transport.taken == sending.emails(database)
    assert sending.states(database, issue_id) == {"accepted": 6}


@pytest.mark.parametrize("hours", [-3, 3], ids=["ends long ago", "ends in hours"])
def test_a_lease_that_nobody_prolongs_is_over_whatever_time_of_day_it_names(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    quick = settings.model_copy(update={"lease_seconds": 0.4, "heartbeat_seconds": 0.1})
    issue_id = sending.start(database, quick)
    with database.writing() as session:
        lost = {"state": BatchState.CLAIMED, "token": 1, "host": "elsewhere", "journal": "gone.journal"}
        session.execute(update(Batch).values(lease_until=clock.now() + timedelta(hours=hours), **lost))
    waited: list[float] = []
    monkeypatch.setattr(reconcile, "wait", waited.append)

    swept = reconcile.sweep(database, quick)

    assert swept.taken_over == 1
    assert waited[0] > quick.lease_seconds  # a living sender there would have stopped by then
    assert sending.states(database, issue_id) == {"uncertain": 6}
    with database.reading() as session:
        assert session.scalars(select(Batch.state)).one() is BatchState.DONE
