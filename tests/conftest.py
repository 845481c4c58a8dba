"""The fixtures every test may ask for: settings, database, session, runtime, valkey, clock; nothing else."""

import math
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import time_machine
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.orm import Session

from service.core import clock as core_clock
from service.core import drift, redis
from service.core.database import Database
from service.core.settings import PREFIX, Settings
from tests.support import postgres, schema
from tests.support import valkey as valkey_server

if TYPE_CHECKING:
    from service.runtime import Runtime

PAGES = Path(__file__).parent / "integration" / "web"
NOON_ON_A_MONDAY = datetime(2026, 9, 14, 3, 0, tzinfo=UTC)  # noon in Seoul

for name in [name for name in os.environ if name.startswith(PREFIX)]:
    del os.environ[name]  # a developer's own settings are not the tests'

# a test says what is right, not how fast: a busy machine fails none (speed belongs in `make bench`)
hypothesis_settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("house")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The defaults, with a `var` folder of the test's own."""
    return Settings(_env_file=None, var_dir=tmp_path / "var")  # type: ignore[call-arg]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What touches the database runs on both; pages on SQLite unless they are marked: the rooms' tests ran their queries on both."""
    if "database" in metafunc.fixturenames:
        is_page = PAGES in metafunc.definition.path.parents and not metafunc.definition.get_closest_marker("both_databases")
        metafunc.parametrize("database", ["sqlite"] if is_page else ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with the whole schema and no rows; once on SQLite, once on a real PostgreSQL."""
    if request.param == "sqlite":
        url = schema.copy_of(request.getfixturevalue("sqlite_template"), tmp_path / "pressrun.db")
    else:
        url = request.getfixturevalue("postgresql_url")
        schema.empty(url)
    database = Database(url)
    yield database
    database.dispose()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A writing transaction over the empty database; commit it to let other transactions see what it wrote."""
    with database.writing() as session:
        yield session


@pytest.fixture
def valkey(valkey_url: str) -> Iterator[redis.Redis]:
    """A client of a real Valkey that holds nothing yet."""
    client = redis.redis.Redis.from_url(valkey_url)
    client.flushall()
    yield client
    client.close()


@pytest.fixture
def runtime(
    settings: Settings, database: Database, valkey: redis.Redis, valkey_url: str, compiled_templates: FileSystemBytecodeCache
) -> "Iterator[Runtime]":
    """What a process owns, over the test's database and Valkey."""
    from service.runtime import Runtime

    address = database.engine.url.render_as_string(hide_password=False)
    runtime = Runtime(settings.model_copy(update={"database_url": address, "valkey_url": valkey_url}))
    runtime.database = database
    runtime.email_environment.bytecode_cache = compiled_templates
    yield runtime
    runtime.redis.close()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[time_machine.Traveller]:
    """Time stands still on a Monday at noon in Seoul; `clock.shift(seconds)` and `clock.move_to(when)` move it.

    No clock that the program compares with can be moved along, so it does not mind, and goes by this one.
    """
    monkeypatch.setattr(drift, "MOST_SECONDS", math.inf)
    monkeypatch.setattr(drift, "_steadiness", drift.Steadiness())
    monkeypatch.setattr(drift, "shared", lambda _session, ahead=timedelta(): core_clock.now() + ahead)
    with time_machine.travel(NOON_ON_A_MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates are compiled once for all tests and all their processes; a changed template is compiled anew."""
    folder = tmp_path_factory.getbasetemp().parent / "templates"
    folder.mkdir(exist_ok=True)
    return FileSystemBytecodeCache(str(folder))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "pressrun.db"
    schema.create(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    with postgres.running() as url:
        schema.create(url)
        yield url
        schema.disconnect()


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    with valkey_server.running() as url:
        yield url
