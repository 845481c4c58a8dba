"""The sweep: what a dead sender left is recorded, queued again or uncertain, exactly as far as its journal knows."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import func, select

from service.core import clock as core_clock
from service.core.database import Database
from service.core.settings import Settings
from service.delivery import evidence
from service.delivery.evidence import Journal, Subject
from service.delivery.ledger import batching
from service.delivery.ledger.batching import Claim
from service.delivery.models import Attempt, Batch, BatchState, Delivery
from service.delivery.sending import reconcile
from tests.support import post, sending
from tests.support.post import MemoryTransport


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds for which a sweep watched suspects; they pass at once."""
    waited: list[float] = []
    monkeypatch.setattr(reconcile, "wait", waited.append)
    return waited


def claimed(database: Database, settings: Settings, *, host: str | None = None) -> tuple[Claim, Journal]:
    """A batch of six held by a sender with an open journal."""
    sending.start(database, settings, 6)
    journal = Journal.create(evidence.folder(settings), "here", 20)
    with database.writing() as session:
        claim = batching.claim(
            session, settings, "naver", core_clock.now(), host=host or evidence.host_name(settings), journal=journal.name
        )
    assert claim is not None
    journal.begin(Subject(claim.issue.issue_id, claim.no, claim.token, claim.compiled_id))
    return claim, journal


def half_way(database: Database, settings: Settings, *, host: str | None = None) -> tuple[Claim, Journal]:
    """One accepted, one refused, one put off, one handed over without a reply, two that never left."""
    claim, journal = claimed(database, settings, host=host)
    who = [recipient.subscriber_id for recipient in claim.recipients]
    journal.handing_over(who[0])
    journal.settled(who[0], post.ACCEPTED)
    journal.settled(who[1], post.reply(550, "5.1.1 user unknown", "5.1.1"))
    journal.settled(who[2], post.reply(451, "4.7.1 greylisted", "4.7.1"))
    journal.handing_over(who[3])
    return claim, journal


KNOWN = {"accepted": 1, "refused": 1, "deferred": 1}


def test_a_living_sender_is_left_alone(database: Database, settings: Settings) -> None:
    claim, journal = half_way(database, settings)

    swept = reconcile.sweep(database, settings)

    assert swept.taken_over == 0
    assert sending.states(database, claim.issue.issue_id) == {"queued": 6}
    journal.close()


def test_what_a_dead_sender_noted_counts_and_what_never_left_is_queued_again(database: Database, settings: Settings) -> None:
    claim, journal = half_way(database, settings)
    journal.close()

    swept = reconcile.sweep(database, settings)

    assert swept.taken_over == 1
    assert sending.states(database, claim.issue.issue_id) == KNOWN | {"uncertain": 1, "queued": 2}
    assert swept.lanes == ["naver"]
    assert list(evidence.folder(settings).iterdir()) == []
    with database.reading() as session:
        assert session.scalars(select(Batch.state)).one() is BatchState.OPEN
        assert session.scalars(select(Attempt.outcome).order_by(Attempt.outcome)).all() == ["deferred", "refused", "uncertain"]


def test_the_rest_of_a_batch_that_was_taken_over_is_sent_once(database: Database, settings: Settings) -> None:
    claim, journal = half_way(database, settings)
    journal.close()
    reconcile.sweep(database, settings)
    transport = MemoryTransport()

    sending.sender(database, settings, transport).drain("naver")

    assert transport.taken == sending.emails(database)[4:]
    assert sending.states(database, claim.issue.issue_id) == {"accepted": 3, "refused": 1, "deferred": 1, "uncertain": 1}


def test_an_issue_with_uncertain_readers_is_not_closed(database: Database, settings: Settings, clock: time_machine.Traveller) -> None:
    claim, journal = half_way(database, settings)
    journal.close()
    for _ in range(3):
        reconcile.sweep(database, settings)
        sending.sender(database, settings, MemoryTransport()).drain("naver")
        clock.shift(timedelta(minutes=20))

    swept = reconcile.sweep(database, settings)

    assert sending.states(database, claim.issue.issue_id) == {"accepted": 4, "refused": 1, "uncertain": 1}
    assert swept.closed == []


def test_a_sender_that_died_before_its_first_hand_over_leaves_nobody_uncertain(database: Database, settings: Settings) -> None:
    claim, journal = claimed(database, settings)
    journal.close()

    reconcile.sweep(database, settings)

    assert sending.states(database, claim.issue.issue_id) == {"queued": 6}


def test_a_claim_that_is_seen_only_after_its_senders_death_finds_its_journal(database: Database, settings: Settings) -> None:
    issue_id = sending.start(database, settings, 6)
    journal = Journal.create(evidence.folder(settings), "here", 20)
    journal.close()  # killed while the database was still committing its claim

    reconcile.sweep(database, settings)
    with database.writing() as session:
        batching.claim(session, settings, "naver", core_clock.now(), host=evidence.host_name(settings), journal=journal.name)
    swept = reconcile.sweep(database, settings)

    assert swept.taken_over == 1
    assert sending.states(database, issue_id) == {"queued": 6}
    assert not journal.path.exists()


def test_a_journal_that_no_claim_ever_named_goes_after_a_while(database: Database, settings: Settings) -> None:
    journal = Journal.create(evidence.folder(settings), "here", 20)
    journal.close()
    os.utime(journal.path, (0, 0))

    reconcile.sweep(database, settings)

    assert not journal.path.exists()


def test_after_a_restart_of_the_machine_everything_unrecorded_is_uncertain(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, journal = half_way(database, settings)
    journal.close()
    monkeypatch.setattr(evidence, "boot_id", lambda: "another start")

    reconcile.sweep(database, settings)

    assert sending.states(database, claim.issue.issue_id) == KNOWN | {"uncertain": 3}


def test_a_torn_journal_still_counts_as_far_as_it_can_be_read(database: Database, settings: Settings) -> None:
    claim, journal = half_way(database, settings)
    spoil(journal.path, evidence.BLOCK * 2 + evidence.NOTE.size * 3 + 9)
    journal.close()

    reconcile.sweep(database, settings)

    assert sending.states(database, claim.issue.issue_id) == {"accepted": 1, "refused": 1, "uncertain": 4}


def test_a_lost_journal_makes_its_rows_uncertain_once_the_lease_is_over(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    claim, journal = half_way(database, settings)
    journal.remove()

    assert reconcile.sweep(database, settings).taken_over == 0
    clock.shift(timedelta(seconds=settings.lease_seconds + settings.heartbeat_seconds + 1))
    assert reconcile.sweep(database, settings).taken_over == 1

    assert sending.states(database, claim.issue.issue_id) == {"uncertain": 6}


def test_a_lost_host_is_given_time_and_its_journal_still_counts_when_it_turns_up(
    database: Database, settings: Settings, clock: time_machine.Traveller, tmp_path: Path
) -> None:
    claim, journal = half_way(database, settings, host="elsewhere")
    journal.close()
    away = journal.path.rename(tmp_path / journal.name)

    clock.shift(timedelta(seconds=2 * settings.lease_seconds))
    assert reconcile.sweep(database, settings).taken_over == 0
    clock.shift(timedelta(seconds=3 * settings.lease_seconds))
    assert reconcile.sweep(database, settings).taken_over == 1
    assert sending.states(database, claim.issue.issue_id) == {"uncertain": 6}

    away.rename(journal.path)
    reconcile.sweep(database, settings)

    # who is not in it stays uncertain: readers left over from an earlier claim of the batch are not in it either
    assert sending.states(database, claim.issue.issue_id) == {"accepted": 1, "refused": 1, "queued": 1, "uncertain": 3}
    assert not journal.path.exists()


def test_ten_sweeps_change_no_more_than_one(database: Database, settings: Settings) -> None:
    claim, journal = half_way(database, settings)
    journal.close()

    taken = [reconcile.sweep(database, settings).taken_over for _ in range(10)]

    assert sum(taken) == 1
    with database.reading() as session:
        assert session.scalar(select(func.max(Delivery.tries))) == 1
    assert sending.states(database, claim.issue.issue_id) == KNOWN | {"uncertain": 1, "queued": 2}


def test_a_sender_whose_batch_was_taken_over_writes_nothing(database: Database, settings: Settings, clock: time_machine.Traveller) -> None:
    issue_id = sending.start(database, settings, 3)
    addresses = sending.emails(database)

    def lose_the_journal(address: str) -> None:
        if address == addresses[1]:
            for path in evidence.folder(settings).iterdir():
                path.unlink()
            clock.shift(timedelta(seconds=settings.lease_seconds + settings.heartbeat_seconds + 1))
            reconcile.sweep(database, settings)

    transport = MemoryTransport(before=lose_the_journal)

    done = sending.sender(database, settings, transport).drain("naver")

    assert done.batches == 0
    assert sending.states(database, issue_id) == {"uncertain": 3}


def spoil(path: Path, position: int) -> None:
    """One octet of a file is another one."""
    with path.open("r+b") as file:
        file.seek(position)
        octet = file.read(1)[0]
        file.seek(position)
        file.write(bytes([octet ^ 255]))


def test_one_sweep_brings_back_more_retries_than_one_transaction_takes(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    settings = settings.model_copy(update={"batch_size": 2})
    issue_id = sending.start(database, settings, 30)
    sending.sender(database, settings, MemoryTransport(default=post.reply(452, "4.2.2 mailbox busy", "4.2.2"))).drain("naver")
    assert sending.states(database, issue_id) == {"deferred": 30}
    clock.shift(timedelta(hours=2))

    reconcile.sweep(database, settings)

    assert sending.states(database, issue_id) == {"queued": 30}
