"""An empty schema for each test, quickly: a copied template file on SQLite, emptied tables on PostgreSQL."""

import importlib
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from service.cli import migrate
from service.core.database import Base, Database

# a few rows are deleted seven times as fast as tables are truncated, which makes new files for them and for all that refer to them
EMPTY = """
DO $$
DECLARE name text; found boolean;
BEGIN
  PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
  SET LOCAL lock_timeout = '10s';
  FOREACH name IN ARRAY '{%s}'::text[] LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %%I)', name) INTO found;
    IF found THEN EXECUTE format('DELETE FROM %%I', name); END IF;
  END LOOP;
  PERFORM setval(oid, 1, false) FROM pg_class WHERE relkind = 'S';
END $$
"""


def create(url: str) -> None:
    """Create every table at this address, as production does."""
    if not any(migrate.ROOT.glob("service/migrations/versions/*.py")):
        importlib.import_module("service.models")
        database = Database(url)
        Base.metadata.create_all(database.engine)
        database.dispose()
        return
    migrate.upgrade(url)


def copy_of(template: Path, target: Path) -> str:
    """The address of a fresh SQLite file made from the template."""
    shutil.copyfile(template, target)
    return f"sqlite:///{target}"


def empty(url: str) -> None:
    """Empty every table of a PostgreSQL database, whoever still holds a connection to it."""
    _connection(url).execute(_statement())


def disconnect() -> None:
    """Close what `empty` keeps open, for whoever wants the database for himself."""
    while _connections:
        _connections.popitem()[1].close()


_connections: dict[str, psycopg.Connection[Any]] = {}
"""One for all tests of this process: a new one costs more than the emptying."""


def _connection(url: str) -> psycopg.Connection[Any]:
    if url not in _connections:
        _connections[url] = psycopg.connect(url, autocommit=True)
    return _connections[url]


@cache
def _statement() -> sql.SQL:
    """Children before their parents, so that no reference is broken on the way."""
    importlib.import_module("service.models")
    return sql.SQL(EMPTY % ",".join(table.name for table in reversed(Base.metadata.sorted_tables)))
