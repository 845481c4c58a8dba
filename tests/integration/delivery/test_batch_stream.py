"""Batches follow each other in one stream: the next is claimed in time, each is recorded, and what goes wrong leaves nobody behind."""

import threading
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from service.core.database import Database
from service.core.settings import Settings
from service.delivery import evidence
from service.delivery.ledger import batching
from service.delivery.models import Batch, BatchState, Delivery
from service.delivery.sending import reconcile
from service.delivery.states import DeliveryState
from service.delivery.transports.protocol import HandoverRefused
from tests.support import sending
from tests.support.post import MemoryTransport


@pytest.fixture
def small(settings: Settings) -> Settings:
    """Four readers in a batch."""
    return settings.model_copy(update={"batch_size": 4})


class Calls(MemoryTransport):
    """Counts how often it is asked to send."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.calls = 0

    def send(self, *envelopes: Any, **callbacks: Any) -> Any:
        self.calls += 1
        return super().send(*envelopes, **callbacks)


def test_batches_follow_each_other_without_the_connections_being_let_go(database: Database, small: Settings) -> None:
    issue_id = sending.start(database, small, 20)
    transport = Calls()

    done = sending.sender(database, small, transport).drain("naver")

    assert transport.calls == 1
    assert (done.batches, done.outcomes["accepted"]) == (5, 20)
    assert sending.states(database, issue_id) == {"accepted": 20}
    assert list(evidence.folder(small).iterdir()) == []


def test_no_more_than_one_batch_is_claimed_ahead(database: Database, small: Settings) -> None:
    sending.start(database, small, 20)
    held = []

    def look(_address: str) -> None:
        with database.reading() as session:
            held.append(len(session.scalars(select(Batch.no).where(Batch.state == BatchState.CLAIMED)).all()))

    sending.sender(database, small, MemoryTransport(before=look)).drain("naver")

    assert max(held) <= 3, "the one on its way, the one ahead, and one that is just being recorded"


def test_a_claim_ahead_that_fails_is_told_after_everybody_on_the_way_is_recorded(
    database: Database, small: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue_id = sending.start(database, small, 8)
    claim, calls = batching.claim, []

    def second_time_fails(*arguments: Any, **options: Any) -> Any:
        calls.append(threading.current_thread().name)
        if len(calls) == 2:
            raise OperationalError("claim", {}, Exception("the database is away"))
        return claim(*arguments, **options)

    monkeypatch.setattr(batching, "claim", second_time_fails)

    with pytest.raises(OperationalError):
        sending.sender(database, small, MemoryTransport()).drain("naver")

    assert sending.states(database, issue_id) == {"accepted": 4, "queued": 4}
    assert all(name.startswith("ledger") for name in calls), "the thread that speaks SMTP never waits for a claim"
    with database.reading() as session:
        assert session.scalars(select(Batch.no).where(Batch.state == BatchState.CLAIMED)).all() == []


def test_a_bug_in_the_way_out_records_nothing_and_leaves_the_evidence_to_the_sweep(database: Database, small: Settings) -> None:
    issue_id = sending.start(database, small, 8)
    third = sending.emails(database)[2]

    def breaks(address: str) -> None:
        if address == third:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        sending.sender(database, small, MemoryTransport(before=breaks)).drain("naver")

    assert sending.states(database, issue_id) == {"queued": 8}
    reconcile.sweep(database, small)
    assert sending.states(database, issue_id) == {"accepted": 2, "queued": 6}


def test_a_lost_lease_stops_the_stream_and_what_was_sent_is_known(database: Database, small: Settings) -> None:
    issue_id = sending.start(database, small, 12)
    sixth = sending.emails(database)[5]

    def loses(address: str) -> None:
        if address == sixth:
            raise HandoverRefused("the lease of the batch has run out")

    transport = MemoryTransport(before=loses)

    sending.sender(database, small, transport).drain("naver")
    reconcile.sweep(database, small)

    accepted = sending.states(database, issue_id)["accepted"]
    assert accepted == len(transport.taken) == 5
    assert max(Counter(transport.taken).values()) == 1


def test_a_stale_claim_among_several_writes_nothing_and_ends_the_stream(database: Database, small: Settings) -> None:
    issue_id = sending.start(database, small, 12)
    first = sending.emails(database)[0]

    def is_taken_over(address: str) -> None:
        if address == first:
            with database.writing() as session:
                session.execute(update(Batch).where(Batch.state == BatchState.CLAIMED).values(token=Batch.token + 1))

    sending.sender(database, small, MemoryTransport(before=is_taken_over)).drain("naver")

    with database.reading() as session:
        first_batch = select(Delivery.state).where(Delivery.issue_id == issue_id, Delivery.batch_no == 1).distinct()
        assert session.scalars(first_batch).all() == [DeliveryState.QUEUED]
    assert sending.states(database, issue_id)["queued"] >= 4
