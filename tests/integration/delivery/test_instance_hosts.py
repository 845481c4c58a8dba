"""Hosts that are new, that lost their folder, or that are given another database or a copy: each case of docs/restoring.md."""

import shutil
from pathlib import Path

from sqlalchemy import select

from service.core.database import Database
from service.core.settings import Settings
from service.delivery.identity import instance, instance_file
from service.delivery.models import SenderHost
from service.issues.models import IssueState
from tests.support import copies, sending

DECIDE = IssueState.NEEDS_DECISION


def test_an_unknown_host_that_joins_while_an_issue_is_sending_waits_for_a_decision(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    issue_id = sending.start(database, settings)

    assert copies.drain(database, copies.other_host(settings, tmp_path)) == []

    assert sending.issue_state(database, issue_id) is DECIDE
    assert copies.kinds(database, issue_id) == ["unknown_host"]


def test_a_host_that_was_let_in_joins_while_an_issue_is_sending(database: Database, settings: Settings, tmp_path: Path) -> None:
    sending.start(database, settings)
    with database.writing() as session:
        assert instance.admit_host(session, "second")
        assert not instance.admit_host(session, "second")

    assert len(copies.drain(database, copies.other_host(settings, tmp_path))) == 6


def test_an_admission_lets_one_host_in(database: Database, settings: Settings, tmp_path: Path) -> None:
    issue_id = sending.start(database, settings)
    with database.writing() as session:
        instance.admit_host(session, "second")
    instance.may_send(database, copies.other_host(settings, tmp_path))
    shutil.rmtree(tmp_path / "second")

    instance.may_send(database, copies.other_host(settings, tmp_path))

    assert copies.kinds(database, issue_id) == ["unknown_host"]


def test_a_wiped_folder_asks_while_something_is_booked_and_not_otherwise(database: Database, settings: Settings) -> None:
    instance.may_send(database, settings)
    shutil.rmtree(settings.var_dir)
    instance.may_send(database, settings)
    booked = copies.scheduled(database)
    assert sending.issue_state(database, booked) is IssueState.SCHEDULED

    shutil.rmtree(settings.var_dir)
    instance.may_send(database, settings)

    assert copies.kinds(database, booked) == ["unknown_host"]


def test_a_host_of_a_living_fleet_may_join_while_something_is_booked(database: Database, settings: Settings, tmp_path: Path) -> None:
    booked = copies.scheduled(database)
    instance.may_send(database, settings)

    instance.may_send(database, copies.other_host(settings, tmp_path))

    is_asked = copies.kinds(database, booked) == ["unknown_host"]
    assert is_asked is database.is_sqlite  # a file has no fleet: whoever is alive there is on this machine


def test_a_lost_hosts_key_is_not_used_by_another(database: Database, settings: Settings, tmp_path: Path) -> None:
    instance.may_send(database, settings)
    instance.may_send(database, copies.other_host(settings, tmp_path))

    with database.reading() as session:
        found = session.scalars(select(SenderHost)).all()

    assert len({host.key for host in found}) == 2


def test_a_copy_that_wakes_up_elsewhere_asks_and_leaves_the_original_alone(database: Database, settings: Settings, tmp_path: Path) -> None:
    instance.may_send(database, settings)
    booked = copies.scheduled(database)
    copy = copies.copied(database, tmp_path)
    try:
        instance.may_send(copy, copies.other_host(settings, tmp_path))
        instance.may_send(database, settings)

        expected = "unknown_host" if database.is_sqlite else "moved"
        assert copies.kinds(copy, booked) == [expected]
        assert copies.kinds(database, booked) == []
    finally:
        copies.drop(copy)


def test_a_host_that_is_given_the_copy_asks(database: Database, settings: Settings, tmp_path: Path) -> None:
    issue_id = sending.start(database, settings)
    copy = copies.copied(database, tmp_path)
    copies.drain(database, settings)
    try:
        assert copies.drain(copy, settings) == []

        expected = "restored" if database.is_sqlite else "moved"
        assert copies.kinds(copy, issue_id) == [expected]
    finally:
        copies.drop(copy)


def test_another_database_asks_where_something_is_at_stake_in_it(database: Database, settings: Settings, tmp_path: Path) -> None:
    instance_file.write(settings.var_dir, instance_file.Known("f" * 32, 3, "a" * 32))
    booked = copies.scheduled(database)

    instance.may_send(database, settings)

    assert copies.kinds(database, booked) == ["other"]


def test_another_database_without_anything_booked_is_taken_up_quietly(database: Database, settings: Settings) -> None:
    instance_file.write(settings.var_dir, instance_file.Known("f" * 32, 3, "a" * 32))

    issue_id = sending.start(database, settings)

    assert len(copies.drain(database, settings)) == 6
    assert copies.kinds(database, issue_id) == []
