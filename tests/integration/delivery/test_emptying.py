"""What is left of a large issue goes to nobody, in slices: no transaction is long, one that is killed is gone on with (E7, E12)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.core import clock as core_clock
from service.core.database import Database
from service.core.settings import Settings
from service.delivery.launching import closing, emptying, launch
from service.delivery.ledger import batching, tallies
from service.delivery.models import Batch, BatchState, Delivery, Launch, Retry
from service.delivery.sending import reconcile
from service.delivery.states import DeliveryState
from service.issues.models import IssueState
from tests.support import sending

READERS, SLICE = 12, 4


class Killed(Exception):
    """As if the process had ended there."""


@pytest.fixture(autouse=True)
def _small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emptying, "SLICE", SLICE)
    monkeypatch.setattr(launch, "SKIPPED_AT_ONCE", 0)


@pytest.fixture
def slices(database: Database, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many readers each transaction left out, of those that left out any."""
    found: list[int] = []
    before = database.writing

    def ended() -> int:
        with database.reading() as session:
            final = (DeliveryState.SKIPPED, DeliveryState.REFUSED)
            return len(session.scalars(select(Delivery.subscriber_id).where(Delivery.state.in_(final))).all())

    @contextmanager
    def writing() -> Iterator[Session]:
        count = ended()
        with before() as session:
            yield session
        if ended() > count:
            found.append(ended() - count)

    monkeypatch.setattr(database, "writing", writing)
    return found


def test_the_sweep_empties_a_cancelled_issue_in_slices(database: Database, few: Settings, slices: list[int]) -> None:
    issue_id = sending.start(database, few, READERS)
    sending.cancel(database, issue_id)

    reconcile.sweep(database, few)

    assert slices == [SLICE] * (READERS // SLICE)
    assert sending.states(database, issue_id) == {"skipped": READERS}
    with database.reading() as session:
        assert session.get_one(Launch, issue_id).counts == {"skipped": READERS}


def test_a_sweep_that_is_killed_halfway_is_gone_on_with(database: Database, few: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    issue_id = sending.start(database, few, READERS)
    sending.cancel(database, issue_id)
    skip, calls = emptying.skip, iter(range(READERS))

    def killed_the_second_time(*given: object, **named: object) -> int:
        if next(calls) == 1:
            raise Killed
        return skip(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(emptying, "skip", killed_the_second_time)
    with pytest.raises(Killed):
        reconcile.sweep(database, few)
    halfway = sending.states(database, issue_id)
    reconcile.sweep(database, few)

    assert halfway == {"skipped": SLICE, "queued": READERS - SLICE}
    assert sending.states(database, issue_id) == {"skipped": READERS}


def test_what_was_skipped_is_counted_in_slices_before_the_issue_is_closed(
    database: Database, few: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tallies, "REFILLED", 2)
    issue_id = sending.start(database, few, READERS)
    sending.cancel(database, issue_id)
    closing.skip_cancelled(database)

    with database.writing() as session:
        closed_at_once = closing.close_finished(session)
        counted = session.scalars(select(Batch.tally).where(Batch.tally.is_not(None))).all()
    swept = reconcile.sweep(database, few)

    assert (closed_at_once, counted) == ([], [{"skipped:cancelled": 2}] * 2)
    assert swept.closed == [issue_id]
    with database.reading() as session:
        assert session.scalars(select(Batch.tally)).all() == [{"skipped:cancelled": 2}] * (READERS // 2)


def test_who_is_held_by_a_sender_is_left_to_it(database: Database, few: Settings) -> None:
    issue_id = sending.start(database, few, READERS)
    with database.writing() as session:
        claim = batching.claim(session, few, "naver", core_clock.now(), host="h", journal="j")
    sending.cancel(database, issue_id)

    closing.skip_cancelled(database)

    assert claim is not None
    with database.reading() as session:
        queued = session.scalars(select(Delivery.batch_no).where(Delivery.state == DeliveryState.QUEUED).distinct()).all()
        assert queued == [claim.no]
        assert session.get_one(Batch, (issue_id, claim.no)).state is BatchState.CLAIMED


def test_what_is_too_old_is_given_up_in_slices(database: Database, few: Settings, slices: list[int], clock: time_machine.Traveller) -> None:
    issue_id = sending.start(database, few, READERS)
    with database.writing() as session:  # half of them were told to come back, two of those for a fault of ours
        *deferred, ours, also_ours = session.scalars(select(Delivery.subscriber_id).order_by(Delivery.subscriber_id).limit(6)).all()
        theirs = Delivery.subscriber_id.in_([*deferred, ours, also_ours])
        session.execute(update(Delivery).where(theirs).values(state=DeliveryState.DEFERRED))
        for one in (*deferred, ours, also_ours):
            due = None if one in (ours, also_ours) else core_clock.now() + timedelta(hours=1)
            session.add(Retry(issue_id=issue_id, subscriber_id=one, lane="naver", next_at=due))
    clock.shift(timedelta(hours=25))

    assert sending.drain(database, few) == []  # nobody sends it meanwhile
    assert closing.give_up_old(database) == READERS

    assert max(slices) == SLICE
    assert sending.states(database, issue_id) == {"refused": 4, "skipped": READERS - 4}
    with database.reading() as session:
        assert session.scalar(select(Retry.issue_id)) is None


def test_an_issue_that_is_given_more_time_meanwhile_goes_on(
    database: Database, few: Settings, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue_id = sending.start(database, few, READERS)
    clock.shift(timedelta(hours=25))
    skip = emptying.skip

    def then_more_time(session: Session, *given: object, **named: object) -> int:
        count = skip(session, *given, **named)  # type: ignore[arg-type]
        session.get_one(Launch, issue_id).give_up_at = core_clock.now() + timedelta(hours=1)
        return count

    monkeypatch.setattr(emptying, "skip", then_more_time)
    closing.give_up_old(database)

    assert sending.states(database, issue_id) == {"skipped": SLICE, "queued": READERS - SLICE}
    assert sending.issue_state(database, issue_id) is IssueState.SENDING
    assert len(sending.drain(database, few)) == READERS - SLICE
