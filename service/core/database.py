"""Engines, sessions and column types. A transaction either reads or writes, from its first statement; nothing upgrades."""

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    ColumnElement,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Integer,
    MetaData,
    TypeDecorator,
    UpdateBase,
    any_,
    create_engine,
    event,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, Session

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

BigId = BigInteger().with_variant(Integer, "sqlite")
Json = JSON().with_variant(JSONB, "postgresql")
JsonOrNull = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class Base(DeclarativeBase):
    """The parent of every table."""

    metadata = MetaData(naming_convention=NAMING)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC; naive values are a bug and refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def Choice(kind: type[StrEnum]) -> Enum:  # noqa: N802 - reads as a column type
    """A column holding one value of a StrEnum, as text."""
    return Enum(kind, native_enum=False, length=20, create_constraint=False, values_callable=lambda members: [m.value for m in members])


def insert(session: Session, table: type[Base]) -> Any:
    """An INSERT of the session's own dialect, for ON CONFLICT, which both databases know in the same words."""
    return (sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert)(table)


def among(session: Session, column: Any, ids: Collection[int]) -> ColumnElement[bool]:
    """`column IN (ids)` with one parameter for however many ids: neither the statement nor the parsing of it grows with them."""
    if session.get_bind().dialect.name == "sqlite":
        return cast("ColumnElement[bool]", column.in_(select(func.json_each(json.dumps(list(ids))).table_valued("value").c.value)))
    return cast("ColumnElement[bool]", column == any_(literal(list(ids), ARRAY(BigInteger))))


def changed(session: Session, statement: UpdateBase, parameters: Mapping[str, Any] | None = None) -> int:
    """Run an UPDATE or DELETE as one set, past the objects the session holds; returns how many rows it changed."""
    result = session.execute(statement, parameters, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", result).rowcount


class Database:
    """One engine and the two kinds of transaction over it. Make it after fork."""

    def __init__(self, url: str, *, pool_size: int = 5) -> None:
        self.engine = _engine(url, pool_size)
        self.is_sqlite = self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads, over one snapshot; a write in it fails."""
        with self._session("read") as session:
            yield session
            session.expunge_all()  # a rollback would empty them: what was read stays readable, as after a commit
            session.rollback()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that takes the write lock at once (BEGIN IMMEDIATE on SQLite) and commits at the end; hooks are the shell's."""
        with self._session("write") as session:
            yield session
            session.commit()

    @contextmanager
    def _session(self, mode: str) -> Iterator[Session]:
        with (
            self.engine.connect().execution_options(pressrun_mode=mode) as connection,
            Session(connection, expire_on_commit=False, autoflush=True) as session,
        ):
            session.info["mode"] = mode
            yield session

    def dispose(self) -> None:
        self.engine.dispose()


def _engine(url: str, pool_size: int) -> Engine:
    address = make_url(url)
    if address.drivername == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    # the values of a statement that failed are readers' data: they stay out of the error's text, and so out of the logs (F18, F19)
    if address.get_backend_name() != "sqlite":
        engine = create_engine(address, pool_size=pool_size, max_overflow=10, pool_pre_ping=True, hide_parameters=True)
        event.listen(engine, "begin", _begin_postgresql)
        return engine
    if address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    # autocommit of the driver is off our hands: BEGIN is ours alone, else read-modify-writes are lost
    waiting = {"isolation_level": None, "timeout": 30.0}
    engine = create_engine(address, connect_args=waiting, pool_size=pool_size, max_overflow=10, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000", "cache_size=-32000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    is_reading = connection.get_execution_options().get("pressrun_mode") == "read"
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if is_reading else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")


def _begin_postgresql(connection: Any) -> None:
    if connection.get_execution_options().get("pressrun_mode") == "read":
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
