"""Migrations: an empty database becomes what the models say, on both databases, and a second run changes nothing."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from service import models
from service.cli import migrate
from service.core.database import Database


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without any table."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
        yield database
        database.dispose()
        return
    url = request.getfixturevalue("postgresql_url")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE migrating")
        database = Database(url.replace("/postgres?", "/migrating?") if "/postgres?" in url else f"{url.rpartition('/')[0]}/migrating")
        yield database
        database.dispose()
        connection.execute("DROP DATABASE migrating WITH (FORCE)")


def test_an_empty_database_becomes_what_the_models_say(empty: Database) -> None:
    assert not migrate.is_current(empty)

    migrate.upgrade(empty.engine.url.render_as_string(hide_password=False))

    assert migrate.is_current(empty)
    with empty.engine.connect() as connection:
        opts = {"compare_type": True, "include_name": lambda name, *_: not str(name).startswith("events_")}  # months are no schema
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, models.Base.metadata) == []


def test_a_second_run_changes_nothing(empty: Database) -> None:
    address = empty.engine.url.render_as_string(hide_password=False)
    migrate.upgrade(address)

    migrate.upgrade(address)

    assert migrate.is_current(empty)


def test_hits_of_before_are_kept_when_events_are_cut_into_months_and_put_together_again(empty: Database) -> None:
    address = empty.engine.url.render_as_string(hide_password=False)
    alembic = migrate.configuration(address)
    hit = "INSERT INTO events (hit_id, issue_id, kind, at, ip, user_agent, headers, label, reason, rules) VALUES "
    command.upgrade(alembic, "0010")
    with empty.engine.begin() as connection:
        for number, at in enumerate(("2024-02-29 23:59:59.999999", "2026-11-01 00:00:00.000000"), start=1):
            connection.exec_driver_sql(f"{hit} ('{number:032x}', 1, 'opened', '{at}+00:00', '', '', '', 'human', '', 1)")

    command.upgrade(alembic, "0011")
    there = _hits(empty)
    command.downgrade(alembic, "0010")

    assert there == [f"{1:032x}", f"{2:032x}"]
    assert _hits(empty) == there


def _hits(database: Database) -> list[str]:
    with database.engine.begin() as connection:
        return [str(id_).replace("-", "") for id_ in connection.exec_driver_sql("SELECT hit_id FROM events ORDER BY id").scalars()]
