"""A press under measurement: one ledger with its readers, and a real Celery worker with one child that sends their issues."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from service.core import clock, queues
from service.core.settings import Settings
from service.delivery.launching import launch
from service.delivery.ledger import batching
from service.delivery.models import Launch
from service.issues.models import Issue, IssueState
from service.newsletters.models import Newsletter
from service.rendering import fields
from service.runtime import Runtime
from tests.benchmark import messages, usage
from tests.support import factories, schema
from tests.support.guarded import guarded

FILLED_AT_ONCE = 2000
LOOK_SECONDS = 0.02
PATIENCE_SECONDS = 180
SECRET_KEYS = f"1:{bytes(range(32)).hex()}"
GIVEN = ("var_dir", "database_url", "valkey_url", "smtp_url", "secret_keys", "worker_processes", "smtp_connections", "log_level")
DOMAINS = ("naver.com", "naver.com", "gmail.com", "gmail.com", "daum.net", "example.com")  # four lanes, of unequal length


@dataclass(frozen=True, slots=True)
class Sent:
    """One round: messages and wall seconds from the nudge to the closed issue, CPU seconds of the sending process."""

    messages: int
    seconds: float
    cpu_seconds: float

    @property
    def per_second(self) -> float:
        return self.messages / self.seconds

    @property
    def cpu_microseconds(self) -> float:
        """For each message."""
        return self.cpu_seconds / self.messages * 1e6


class Press:
    """One database and the processes that send from it; `readers` of its newsletter get every issue."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.runtime = Runtime(settings)
        self.readers = 0
        self.child = 0  # the process that sends

    def fill(self, readers: int) -> None:
        """A newsletter with so many active readers."""
        with self.runtime.writing() as session:
            letter = factories.newsletter(session)
            for start in range(0, readers, FILLED_AT_ONCE):
                factories.readers(session, letter, min(FILLED_AT_ONCE, readers - start), domains=DOMAINS)
        self.readers = readers

    def launch(self) -> int:
        """A new issue whose ledger is written and which nobody sends yet; returns its id."""
        html, text = letter_content()
        with self.runtime.writing() as session:
            letter = session.query(Newsletter).one()
            compiled = factories.ready_issue(session, letter)
            compiled.html, compiled.text, compiled.subject = html, text, "월요일 아침의 소식을 전해 드립니다"
            launch.start(session, self.settings, compiled.issue_id, compiled.id)
            return compiled.issue_id

    def send(self) -> Sent:
        """One issue to all readers by the worker: nudge, claim, build, hand over, journal, standing, record, close."""
        issue_id = self.launch()
        cpu, begin = usage.cpu_seconds(self.child), time.perf_counter()
        with self.runtime.reading() as session:
            lanes = batching.wanted(session, self.settings, clock.now())
        self.runtime.broker.nudge_sending(lanes)
        while not self._is_sent(issue_id):
            if time.perf_counter() - begin > PATIENCE_SECONDS:
                raise RuntimeError(f"issue {issue_id} is not sent; the worker's log is in {self.settings.var_dir}")
            time.sleep(LOOK_SECONDS)
        seconds = time.perf_counter() - begin
        with self.runtime.reading() as session:
            counts = session.get_one(Launch, issue_id).counts
        if counts != {"accepted": self.readers}:
            raise RuntimeError(f"not everybody was accepted: {counts}")
        return Sent(self.readers, seconds, usage.cpu_seconds(self.child) - cpu)

    def peak_megabytes(self) -> float:
        """The most that the sending process has held."""
        return usage.peak_megabytes(self.child)

    def _is_sent(self, issue_id: int) -> bool:
        with self.runtime.reading() as session:
            return session.get_one(Issue, issue_id).state is IssueState.SENT


def letter_content() -> tuple[str, str]:
    """The benchmark's issue with the fields that a letter has, its pixel included."""
    html, text = messages.content(())
    pixel = f'<img src="https://news.example.test/o/{fields.token(fields.MEASURING)}.gif" width="1" height="1" alt="">'
    return f"{html}\r\n{fields.begin(fields.TRACKED)}{pixel}{fields.end(fields.TRACKED)}", text


@contextmanager
def running(
    home: Path, database_url: str, valkey_url: str, smtp_port: int, readers: int, *, connections: int = 4, application: str = "workers.app"
) -> Iterator[Press]:
    """A press below `home` (made) with its worker, until the block ends."""
    press = made(home, database_url, valkey_url, smtp_port, readers, connections=connections)
    ready = home / "ready"
    with guarded(_worker(press.settings, ready, application), log=home / "worker.log", is_ready=ready.exists) as guard:
        press.child = usage.descendants(guard.pid)[-1]
        yield press
        press.runtime.database.dispose()


def made(home: Path, database_url: str, valkey_url: str, smtp_port: int, readers: int, *, connections: int = 4) -> Press:
    """A press below `home` (made) without a worker."""
    home.mkdir()
    settings = Settings(
        var_dir=home,
        database_url=database_url,
        valkey_url=valkey_url,
        smtp_url=f"smtp://127.0.0.1:{smtp_port}",
        secret_keys=SECRET_KEYS,
        worker_processes=1,
        smtp_connections=connections,
        log_level="warning",
    )
    schema.create(settings.database)
    press = Press(settings)
    press.fill(readers)
    return press


def _worker(settings: Settings, ready: Path, application: str) -> list[str]:
    environment = [f"PRESSRUN_{name.upper()}={getattr(settings, name)}" for name in GIVEN]
    celery = [sys.executable, "-m", "celery", "-A", application, "worker", "--concurrency=1", f"--queues={queues.SEND}"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=warning"]
    return ["env", f"PATH={os.environ['PATH']}", *environment, f"READY_FILE={ready}", *celery, *quiet]
