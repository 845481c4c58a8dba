"""Migrations: an empty database becomes what the models say, on both databases, and a second run changes nothing."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
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
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, models.Base.metadata) == []


def test_a_second_run_changes_nothing(empty: Database) -> None:
    address = empty.engine.url.render_as_string(hide_password=False)
    migrate.upgrade(address)

    migrate.upgrade(address)

    assert migrate.is_current(empty)
