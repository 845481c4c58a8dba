"""A restored or copied database never sends again by itself (E15): each case of docs/restoring.md, on both databases."""

import contextlib
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from service.accounts.models import Role, User
from service.core import clock
from service.core.database import Database
from service.core.settings import Settings
from service.delivery.identity import instance, instance_file
from service.delivery.ledger import batching
from service.delivery.models import Batch, BatchState, Instance, Notice
from service.delivery.telling import instance_notices
from service.issues.models import Issue, IssueState
from tests.support import copies, factories, postgres, schema, sending
from tests.support.post import MemoryTransport

SENDING, DECIDE = IssueState.SENDING, IssueState.NEEDS_DECISION


def test_the_first_start_asks_nobody(database: Database, settings: Settings) -> None:
    issue_id = sending.start(database, settings)

    assert len(copies.drain(database, settings)) == 6

    assert copies.kinds(database, issue_id) == []
    known = instance_file.read(settings.var_dir)
    assert known is not None
    assert known.counter == 1


def test_every_claim_is_counted_in_the_database_and_on_the_host(database: Database, settings: Settings) -> None:
    sending.start(database, settings.model_copy(update={"batch_size": 2}))

    copies.drain(database, settings)

    known = instance_file.read(settings.var_dir)
    with database.reading() as session:
        assert known is not None
        assert session.get_one(Instance, 1).counter == known.counter == 3


def test_the_count_is_on_the_disk_before_anything_is_handed_over(database: Database, settings: Settings) -> None:
    sending.start(database, settings.model_copy(update={"batch_size": 2}))
    seen: list[int] = []

    def look(_address: str) -> None:
        known = instance_file.read(settings.var_dir)
        seen.append(known.counter if known else 0)

    sending.sender(database, settings, MemoryTransport(before=look)).drain("naver")

    assert sorted(seen) == seen
    assert seen[0] >= 1
    assert seen[-1] == 3


@pytest.mark.parametrize("readers_before", [0, 2], ids=["before the send", "in the middle of it"])
def test_a_backup_from_before_or_during_the_send_never_sends_again(database: Database, settings: Settings, readers_before: int) -> None:
    few = settings.model_copy(update={"batch_size": 2})
    issue_id = sending.start(database, few)
    if readers_before:
        sender = sending.sender(database, few, MemoryTransport(before=lambda _address: sender.stop()))
        sender.drain("naver")
    restore = copies.backup(database)
    copies.drain(database, few)

    restore()
    assert copies.drain(database, few) == []

    assert sending.issue_state(database, issue_id) is DECIDE
    assert copies.kinds(database, issue_id) == ["restored"]


def test_a_restore_under_a_running_sender_is_noticed_at_its_next_claim(database: Database, settings: Settings) -> None:
    few = settings.model_copy(update={"batch_size": 2})
    issue_id = sending.start(database, few)
    restore, taken = copies.backup(database), list[str]()

    def restore_after_two(address: str) -> None:
        taken.append(address)
        if len(taken) == 4:
            restore()

    # a claim that meets the restore may also lose a deadlock to it, and is rolled back whole
    with contextlib.suppress(instance.Doubtful, OperationalError):
        sending.sender(database, few, MemoryTransport(before=restore_after_two)).drain("naver")
    copies.drain(database, few)

    assert len(taken) == len(set(taken))
    assert sending.issue_state(database, issue_id) is DECIDE


def test_a_claim_from_a_restored_database_is_refused_and_leaves_nothing(database: Database, settings: Settings) -> None:
    few = settings.model_copy(update={"batch_size": 2})
    issue_id = sending.start(database, few)
    restore = copies.backup(database)
    copies.drain(database, few)
    restore()

    with pytest.raises(instance.Doubtful), database.writing() as session:
        batching.claim(session, few, "naver", clock.now(), host="h", journal="j")

    assert sending.states(database, issue_id) == {"queued": 6}
    with database.reading() as session:
        assert set(session.scalars(select(Batch.state))) == {BatchState.OPEN}


def test_what_is_booked_waits_as_well_and_a_draft_does_not(database: Database, settings: Settings) -> None:
    sending.start(database, settings)
    booked = copies.scheduled(database)
    with database.writing() as session:
        draft = factories.issue(session, factories.newsletter(session, "draft"), IssueState.DRAFT).id
    restore = copies.backup(database)
    copies.drain(database, settings)

    restore()
    copies.drain(database, settings)

    assert sending.issue_state(database, booked) is DECIDE
    assert sending.issue_state(database, draft) is IssueState.DRAFT


def test_a_restored_database_is_asked_about_once(database: Database, settings: Settings, tmp_path: Path) -> None:
    second = copies.other_host(settings, tmp_path)
    instance.may_send(database, settings)
    instance.may_send(database, second)
    issue_id = sending.start(database, settings)
    restore = copies.backup(database)
    copies.drain(database, settings)
    restore()
    copies.drain(database, settings)
    with database.writing() as session:
        session.get_one(Issue, issue_id).state = SENDING  # an operator has decided

    taken = copies.drain(database, second) + copies.drain(database, settings)

    assert len(taken) == 6
    assert copies.kinds(database, issue_id) == []


def test_a_host_that_knows_more_than_the_first_one_asks_again(database: Database, settings: Settings, tmp_path: Path) -> None:
    few, second = settings.model_copy(update={"batch_size": 2}), copies.other_host(settings, tmp_path)
    instance.may_send(database, second)
    issue_id = sending.start(database, few)
    restore = copies.backup(database)
    one = sending.sender(database, few, MemoryTransport(before=lambda _address: one.stop()))
    one.drain("naver")
    copies.drain(database, second)
    restore()
    assert copies.drain(database, few) == []
    with database.writing() as session:
        session.get_one(Issue, issue_id).state = SENDING

    assert copies.drain(database, second) == []

    assert sending.issue_state(database, issue_id) is DECIDE


def test_a_host_killed_between_its_database_and_its_note_asks_no_second_time(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue_id = sending.start(database, settings)
    restore = copies.backup(database)
    copies.drain(database, settings)
    restore()
    with monkeypatch.context() as killed:
        killed.setattr(instance_file, "write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            instance.may_send(database, settings)
    with database.writing() as session:
        session.get_one(Issue, issue_id).state = SENDING

    assert len(copies.drain(database, settings)) == 6


def test_a_full_disk_stops_the_sender(database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    issue_id = sending.start(database, settings)
    instance_file.path(settings.var_dir).unlink()
    monkeypatch.setattr(instance_file, "write", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))

    assert copies.drain(database, settings) == []

    assert sending.states(database, issue_id) == {"queued": 6}


def test_the_desk_is_told_once_what_happened(database: Database, settings: Settings) -> None:
    sending.start(database, settings)
    with database.writing() as session:
        session.add(
            User(email="otto@example.com", name="Otto", role=Role.OPERATOR, language="ko", password_hash="x", created_at=clock.now())
        )
    restore = copies.backup(database)
    copies.drain(database, settings)
    restore()
    copies.drain(database, settings)

    with database.writing() as session:
        number = session.get_one(Instance, 1).counter
        told = [instance_notices.tell(session, number, "https://desk.example.com") for _ in range(2)]
        (notice,) = session.scalars(select(Notice)).all()

    assert told == [1, 0]
    assert "백업" in notice.values["reason"]


def test_a_file_systems_snapshot_of_a_postgresql_is_recognised_by_its_count(settings: Settings, tmp_path: Path) -> None:
    with postgres.server() as url:
        schema.create(url)
        database = Database(url)
        sending.start(database, settings)
        postgres.base_copy(url, tmp_path / "snapshot")
        copies.drain(database, settings)
        database.dispose()
    with postgres.server(data=tmp_path / "snapshot") as url:
        restored = Database(url)

        taken = copies.drain(restored, settings)
        with restored.reading() as session:
            doubt = instance.last_doubt(session)
        restored.dispose()

    assert taken == []
    assert doubt is not None
    assert (doubt.doubt, doubt.doubt_values["missing_claims"]) == ("restored", 1)
