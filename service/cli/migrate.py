"""`pressrun migrate`: the database's schema, brought to the newest revision; also how a revision is drafted from the models."""

from pathlib import Path

import click
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from service.core import settings
from service.core.database import Database
from service.core.errors import Conflict
from service.core.settings import ROOT


class NewerSchema(Conflict):
    """The database was made by a newer version of this program."""


@click.command()
@click.option("--draft", metavar="MESSAGE", help="For developers: write a new revision with what the models have and the schema has not.")
def migrate(draft: str | None) -> None:
    """Bring the database to the newest schema."""
    address = settings.load().database
    if not is_current(Database(address)):  # found out without loading the models
        upgrade(address)
    if draft:
        command.revision(configuration(address), message=draft, autogenerate=True, rev_id=_next_number())


def upgrade(address: str) -> None:
    """Run every revision that this database does not have yet; safe to call from several processes at once. Raises NewerSchema."""
    database = Database(address)
    try:
        found = unknown_revisions(database)
    finally:
        database.dispose()
    if found:
        raise NewerSchema(
            "The database has a newer schema ({revisions}) than this Pressrun knows; nothing was changed.",
            remedy="Start the Pressrun that made it, or restore the backup that was taken before the update.",
            revisions=", ".join(sorted(found)),
        )
    command.upgrade(configuration(address), "head")


def unknown_revisions(database: Database) -> set[str]:
    """Revisions that the database has and this program has not: a newer Pressrun was here."""
    known = {revision.revision for revision in ScriptDirectory.from_config(configuration("")).walk_revisions()}
    with database.engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) - known


def is_current(database: Database) -> bool:
    """Whether the database has the newest revision."""
    with database.engine.connect() as connection:
        heads = MigrationContext.configure(connection).get_current_heads()
    return set(heads) == set(ScriptDirectory.from_config(configuration("")).get_heads())


def configuration(address: str) -> Config:
    """Alembic's configuration from pyproject.toml, for the database at this address."""
    config = Config(toml_file=ROOT / "pyproject.toml")
    config.attributes["address"] = address
    return config


def _next_number() -> str:
    versions = Path(str(ScriptDirectory.from_config(configuration("")).versions))
    numbers = [int(file.name[:4]) for file in versions.glob("[0-9][0-9][0-9][0-9]_*.py")]
    return f"{max(numbers, default=0) + 1:04d}"
