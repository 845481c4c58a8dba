"""Valkey restarts, again and again, with its memory and without: within a minute of each restart work goes on (E-2 7)."""

import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import redis
from sqlalchemy import func, select

from service.core import jobs
from service.core.database import Database
from service.core.jobs import Job
from service.core.settings import ROOT, Settings
from tests.support import valkey
from tests.support.guarded import guarded
from tests.support.processes import wait_until

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("launcher"), pytest.mark.timeout(300)]

WITHIN_SECONDS = 60
JOB = "send_notice"  # of a notice that does not exist: done at once


@contextmanager
def broker(home: Path, *, append_only: bool) -> Iterator[None]:
    """A Valkey over what an earlier one left in `home`; killed at the end."""
    url = f"unix://{home}/valkey.sock"
    with guarded(valkey.command(home, append_only=append_only), log=home / "log", is_ready=lambda: _answers(url)) as server:
        yield
        server.send_signal(signal.SIGKILL)


@contextmanager
def worker(settings: Settings, folder: Path, app: str = "workers.app") -> Iterator[Path]:
    """A worker that is started again when it ends, as a supervisor would; gives its log."""
    log, ready = folder / "worker.log", folder / "ready"
    names = ("var_dir", "database_url", "valkey_url", "smtp_url", "tick_seconds")
    environment = [f"PRESSRUN_{name.upper()}={getattr(settings, name)}" for name in names]
    options = ["--concurrency=2", "--queues=send,render,notices,tick", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    celery = " ".join([sys.executable, "-m", "celery", "-A", app, "worker", *options])
    script = f"while true; do {celery}; sleep 1; done"
    with guarded(["env", *environment, f"READY_FILE={ready}", "sh", "-c", script], log=log, is_ready=ready.exists, cwd=ROOT):
        yield log


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder for Valkey whose socket's path is short enough."""
    with tempfile.TemporaryDirectory(prefix="pr-vk-", dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture
def chosen(database: Database, settings: Settings, home: Path, tmp_path: Path) -> Settings:
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    return settings.model_copy(
        update={
            "database_url": database.engine.url.render_as_string(hide_password=False),
            "valkey_url": f"unix://{home}/valkey.sock",
            "smtp_url": f"file://{tmp_path}/mails",
            "tick_seconds": 0.5,
        }
    )


@pytest.mark.parametrize("append_only", [True, False], ids=["with its memory", "without"])
def test_work_goes_on_after_every_restart_of_the_broker(
    database: Database, chosen: Settings, home: Path, tmp_path: Path, append_only: bool
) -> None:
    """No beat runs, and nobody nudges: the worker finds by itself what is due."""
    with ExitStack() as running:
        server = running.enter_context(ExitStack())
        server.enter_context(broker(home, append_only=append_only))
        running.enter_context(worker(chosen, tmp_path))
        for number in range(3):
            ask(database, number)
            wait_until(lambda count=number + 1: _done(database) == count, WITHIN_SECONDS, f"the job after restart {number} is done")
            server.close()
            server.enter_context(broker(home, append_only=append_only))


def test_a_worker_that_no_message_reaches_ends_itself_and_its_successor_works(
    database: Database, chosen: Settings, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not database.is_sqlite:
        pytest.skip("the database plays no part in it")
    monkeypatch.setenv("DEAF_FILE", str(tmp_path / "deaf"))
    (tmp_path / "deaf").touch()
    with broker(home, append_only=True), worker(chosen, tmp_path, "tests.support.deaf_worker") as log:
        ask(database, 1)
        wait_until(lambda: _done(database) == 1, WITHIN_SECONDS, "the successor has done the job")

        assert "no message reaches this worker" in log.read_text()


def ask(database: Database, number: int) -> None:
    with database.writing() as session:
        jobs.ask(session, JOB, key=f"job {number}", notice_id=10_000 + number)


def _done(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Job).where(Job.done_at.is_not(None))) or 0


def _answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
