"""Backups and copies of a whole database, and the hosts that meet them."""

import contextlib
import shutil
from collections.abc import Callable
from pathlib import Path

import psycopg
from sqlalchemy import delete, insert, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from service.core.database import Base, Database
from service.core.settings import Settings
from service.delivery import questions
from tests.support import factories, schema, sending
from tests.support.post import MemoryTransport

TRIES = 5


def backup(database: Database) -> Callable[[], None]:
    """Everything the database knows now; call it to restore that, whatever has happened since."""
    with database.engine.connect() as connection:
        rows = {table: connection.execute(select(table)).mappings().all() for table in Base.metadata.sorted_tables}

    def once() -> None:
        with database.writing() as session:
            for table in reversed(Base.metadata.sorted_tables):
                session.execute(delete(table))
            for table, found in rows.items():
                if found:
                    session.execute(insert(table), [dict(row) for row in found])

    def restore() -> None:
        for _ in range(TRIES):
            with contextlib.suppress(OperationalError):  # a sender at work may lock in another order
                return once()
        raise RuntimeError("the database could not be restored")

    return restore


def other_host(settings: Settings, tmp_path: Path, name: str = "second") -> Settings:
    """The settings of another machine."""
    return settings.model_copy(update={"var_dir": tmp_path / name, "instance_name": name})


def scheduled(database: Database) -> int:
    with database.writing() as session:
        letter = factories.newsletter(session, "booked")
        return factories.ready_issue(session, letter).issue_id


def kinds(database: Database, issue_id: int) -> list[str]:
    with database.reading() as session:
        return [asked.kind.value for asked in questions.open_for(session, issue_id)]


def drain(database: Database, settings: Settings) -> list[str]:
    """Send for this host what may be sent; returns who got a mail."""
    transport = MemoryTransport()
    sending.sender(database, settings, transport).drain("naver")
    return transport.taken


def copied(database: Database, tmp_path: Path) -> Database:
    """A copy of the whole database, elsewhere."""
    if database.is_sqlite:
        with database.writing():  # nobody writes meanwhile
            for end in ("", "-wal"):
                source = Path(f"{database.engine.url.database}{end}")
                if source.exists():
                    shutil.copy(source, tmp_path / f"copy.db{end}")
        return Database(f"sqlite:///{tmp_path / 'copy.db'}")
    url = database.engine.url
    database.dispose()
    schema.disconnect()
    with psycopg.connect(_plain(url.render_as_string(hide_password=False), "template1"), autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [url.database])
        connection.execute(f'CREATE DATABASE pressrun_copy TEMPLATE "{url.database}"')
    return Database(_plain(url.render_as_string(hide_password=False), "pressrun_copy"))


def drop(copy: Database) -> None:
    copy.dispose()
    if not copy.is_sqlite:
        url = copy.engine.url.render_as_string(hide_password=False)
        with psycopg.connect(_plain(url, "template1"), autocommit=True) as connection:
            connection.execute("DROP DATABASE pressrun_copy WITH (FORCE)")


def _plain(url: str, name: str) -> str:
    """The address of another database of the same server, as psycopg wants it."""
    return make_url(url).set(drivername="postgresql", database=name).render_as_string(hide_password=False)
