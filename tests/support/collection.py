"""The collection as it runs in production: an edge under granian, a Valkey and an event consumer, each a process of its own."""

import http.client
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import redis

from service.core import clock
from service.core.database import Database
from service.core.settings import ROOT, Settings
from service.core.signing import Signer
from service.delivery.models import Delivery
from service.tracking import linktable, tokens
from service.tracking.paths import Destination, click_url, pixel_url
from tests.fault.programs import Program, Supervisor, children
from tests.support import factories, valkey

DESTINATION = "https://example.com/article"
GIVEN = ("var_dir", "database_url", "valkey_url", "edge_url", "secret_keys", "log_level")


class Collection:
    """Its programs, started again by a supervisor when they end; `edge` answers at `port`."""

    def __init__(self, settings: Settings, home: Path, *, append_only: bool, edges: int) -> None:
        self.port = free_port()
        self.settings = settings.model_copy(
            update={
                "valkey_url": f"unix://{home}/valkey.sock",
                "edge_url": f"http://127.0.0.1:{self.port}",
                "secret_keys": f"1:{bytes(range(32)).hex()}",
                "log_level": "warning",
            }
        )
        self.settings.var_dir.mkdir(parents=True, exist_ok=True)
        self.log = self.settings.var_dir / "log"
        environment = [f"PRESSRUN_{name.upper()}={getattr(self.settings, name)}" for name in GIVEN]
        python = ["env", *environment, sys.executable, "-m"]
        options = ["--interface", "wsgi", "--http", "1", "--no-ws", "--host", "127.0.0.1", "--port", str(self.port)]
        self._supervisor = Supervisor()
        self.valkey = self._program(
            "valkey", valkey.command(home, append_only=append_only), lambda: valkey.answers(self.settings.valkey_url)
        )
        options += ["--workers", str(edges), "--blocking-threads", "1"]
        granian = [*python, "granian", *options, "--log-level", "warning", "service.edge:app"]
        self.edge = self._program("edge", granian, lambda: answers(self.port))
        self.consumer = self._program("consumer", [*python, "workers.event_consumer"], lambda: True)

    def start(self) -> None:
        """All of them, ready."""
        for program in (self.valkey, self.edge, self.consumer):
            program.start()
            program.wait()

    def kill(self, program: Program) -> None:
        """`kill -9` for all of the program at once; the supervisor starts it again."""
        pid = program.pid
        for each in [*(children(pid) if pid else []), pid]:
            with suppress(ProcessLookupError):
                if each:
                    os.kill(each, signal.SIGKILL)

    def publish(self, issue_id: int, *, number: int = 1, url: str = DESTINATION) -> None:
        """The edges learn link 1 of the issue, which may count as another number."""
        with redis.Redis.from_url(self.settings.valkey_url) as client:
            linktable.publish(client, issue_id, {1: Destination(number, url)})

    def close(self) -> None:
        self._supervisor.close()

    def _program(self, name: str, command: list[str], is_ready) -> Program:  # type: ignore[no-untyped-def]
        program = Program(name, command, log=self.log, is_ready=is_ready, cwd=ROOT)
        self._supervisor.programs.append(program)
        return program


class Reader:
    """Somebody who presses links over one kept connection; whatever she got no answer to, she does not press again."""

    def __init__(self, port: int, signer: Signer, issue_id: int) -> None:
        self._port, self._signer, self._issue_id = port, signer, issue_id
        self._connection: http.client.HTTPConnection | None = None
        self.led_to = ""  # by the last answer

    def click(self, subscriber_id: int) -> int | None:
        """The status of the answer; None where there was none."""
        return self._ask(click_url("", tokens.measuring(self._signer, self._issue_id, subscriber_id), 1))

    def open(self, subscriber_id: int) -> int | None:
        """The same for the picture."""
        return self._ask(pixel_url("", tokens.measuring(self._signer, self._issue_id, subscriber_id)))

    def _ask(self, path: str) -> int | None:
        try:
            self._connection = self._connection or http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
            self._connection.request("GET", path, headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64)"})
            answer = self._connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self._connection = None
            return None
        self.led_to = answer.headers.get("Location", "")
        return answer.status


@contextmanager
def running(settings: Settings, *, append_only: bool = False, edges: int = 2) -> Iterator[Collection]:
    """All of it over the database of these settings, with so many processes of the edge, until the block ends."""
    with valkey.home() as home:
        collection = Collection(settings, home, append_only=append_only, edges=edges)
        try:
            collection.start()
            yield collection
        finally:
            collection.close()


def sent_issue(database: Database, readers: int) -> tuple[int, list[int]]:
    """An issue that so many readers were sent, and whose hits may be kept; its id and theirs."""
    with database.writing() as session:
        letter = factories.newsletter(session)
        ids = factories.readers(session, letter, readers)
        compiled = factories.ready_issue(session, letter)
        session.add_all(Delivery(issue_id=compiled.issue_id, subscriber_id=id_, batch_no=1, changed_at=clock.now()) for id_ in ids)
        return compiled.issue_id, ids


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether an edge serves there."""
    try:
        with socket.create_connection(("127.0.0.1", port), 0.5) as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n\r\n")
            return b"200" in connection.recv(200)
    except OSError:
        return False
