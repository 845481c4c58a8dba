"""How alembic reaches the database: our own engine, one transaction for the whole upgrade, one migrator at a time."""

import re
from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON, Connection, Enum, text

from service import models
from service.core import settings
from service.core.database import Database, Instant

MONTH = re.compile(r"events_(\d{4}_\d{2}|other)")
ONE_MIGRATOR = 7_707_002_501  # key of the advisory lock on PostgreSQL; on SQLite BEGIN IMMEDIATE does the same


def run() -> None:
    database = Database(context.config.attributes.get("address") or settings.load().database)
    try:
        with database.engine.connect() as connection:
            context.configure(
                connection=connection,
                target_metadata=models.Base.metadata,
                render_as_batch=database.is_sqlite,
                transactional_ddl=True,
                compare_type=True,
                include_name=_is_ours,
                render_item=_render,
            )
            with connection.begin():
                _wait_for_others(connection)
                context.run_migrations()
    finally:
        database.dispose()


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Months of hits are made and dropped while the program runs, not by revisions."""
    return kind != "table" or name is None or not MONTH.fullmatch(name)


def _render(kind: str, item: object, context: AutogenContext) -> str | Literal[False]:
    """A revision stands alone: it names the database's types, never ours, which may change later."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    if kind == "type" and isinstance(item, JSON):
        context.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def _wait_for_others(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_MIGRATOR})


run()
