"""An empty schema for each test, quickly: a copied template file on SQLite, emptied tables on PostgreSQL."""

import importlib
import shutil
from pathlib import Path

import psycopg

from service.cli import migrate
from service.core.database import Base, Database

EMPTY = """
DO $$
DECLARE filled text := ''; name text; found boolean;
BEGIN
  PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
  SET LOCAL lock_timeout = '10s';
  FOR name IN SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
    EXECUTE 'SELECT EXISTS (SELECT 1 FROM ' || name || ')' INTO found;
    IF found THEN filled := filled || ',' || name; END IF;
  END LOOP;
  IF filled <> '' THEN EXECUTE 'TRUNCATE ' || substr(filled, 2) || ' RESTART IDENTITY CASCADE'; END IF;
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
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(EMPTY)
