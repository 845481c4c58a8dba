"""A whole press for a fault run: database, Valkey, mail server, workers and beats as in production, each restarted when it ends."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import redis
from sqlalchemy import update

from service.cli.launching import ports
from service.core import clock, queues
from service.core.settings import Settings
from service.delivery import evidence
from service.delivery.evidence import Writer
from service.newsletters import models as newsletters
from service.newsletters.models import Newsletter
from service.schedule.models import Slot
from tests.benchmark.sink import greets
from tests.fault.ledger import Ledger
from tests.fault.orders import Orders
from tests.fault.programs import Program, Supervisor
from tests.support import factories, postgres, processes, schema, valkey
from tests.support.postgres import Cluster

HONEST = ("shared_buffers=64MB", "max_connections=200", "listen_addresses=")
"""PostgreSQL as it comes: fsync and full_page_writes on, each commit waits for the disk."""
DOMAINS = ("naver.com", "naver.com", "gmail.com", "daum.net", "example.com")
QUEUES = ",".join((queues.SEND, "render", "notices", queues.TICK))
FIRST_PORT = 21025
POLICIES = ("hold", "resend")
BODY = "<p>" + "아침에 읽는 소식입니다. " * 120 + "</p>"


@dataclass(frozen=True, slots=True)
class Set:
    """What a press consists of. `app` is the Celery application of the workers: the product's own, or one that ends at chosen points."""

    backend: str = "sqlite"
    policy: str = "hold"
    recipients: int = 500
    workers: int = 2
    beats: int = 1
    keeps_broker: bool = True
    app: str = "workers.app"
    sweepers: int = 0


TIMES: dict[str, object] = {
    "batch_size": 50,
    "smtp_connections": 4,
    "lease_seconds": 3.0,
    "heartbeat_seconds": 0.5,
    "sweep_seconds": 1.0,
    "tick_seconds": 1.0,
    "reply_timeout_seconds": 3.0,
    "retry_scale": 0.002,
    "log_level": "warning",
}
"""Every wait of production, shortened alike: a lease of 3 s for 20, a retry after 0.12 s for a minute."""
SENDERS_PER_WORKER = 2


class Press:
    """One newsletter, its readers and all programs."""

    def __init__(self, home: Path, chosen: Set, cluster: Cluster | None, broker: Path) -> None:
        self.home, self.set, self.cluster, self._broker = home, chosen, cluster, broker
        self.var = home / "var"
        self.port = ports.next_free(FIRST_PORT + os.getpid() % 4000)
        self.settings = Settings(
            _env_file=None,  # type: ignore[call-arg]
            var_dir=self.var,
            database_url=cluster.url if cluster else f"sqlite:///{self.var}/pressrun.db",
            valkey_url=f"unix://{broker}/valkey.sock",
            smtp_url=f"smtp://127.0.0.1:{self.port}",
            secret_keys=f"1:{bytes(range(32)).hex()}",
            instance_name="press",
            worker_processes=SENDERS_PER_WORKER,
            **TIMES,  # type: ignore[arg-type]
        )
        self.supervisor = Supervisor()
        self.database = self._program_of_database()
        self.valkey = self._valkey()
        self.relay = self._relay()
        self.workers = [self._worker(number) for number in range(chosen.workers)]
        self.beats = [self._beat(number) for number in range(chosen.beats)]
        self.sweepers = self._sweepers(chosen.sweepers) if chosen.sweepers else None
        self.ledger = Ledger(self.settings.database, home / "taken")
        self.orders(Orders())

    def orders(self, orders: Orders) -> None:
        """Tell the mail server how to behave from now on."""
        orders.write(self.home / "orders.json")

    def senders(self) -> list[int]:
        """The processes that send, orphans of killed workers included."""
        parents = {worker.pid for worker in self.workers}
        return [pid for pid, command in processes.of(self.var).items() if " worker " in command and pid not in parents]

    def at_work(self) -> list[int]:
        """The processes that have begun to hand a batch over: a kill hurts most there."""
        found = (_writer(path) for path in evidence.folder(self.settings).glob(f"*{evidence.SUFFIX}"))
        return sorted({writer.pid for writer in found if writer and evidence.process_started(writer.pid) == writer.started})

    def start(self) -> None:
        """Everything, and the readers; the workers, which take longest, begin while the database is made. Beat comes last."""
        self.valkey.start()
        self.valkey.wait()
        for program in (*self.workers, self.relay, *([self.database] if self.database else [])):
            program.start()
        if self.database is not None:
            self.database.wait()
        schema.create(self.settings.database)
        self._fill()
        for program in (self.relay, *self.workers):
            program.wait()
        self.start_workers()

    def book(self, *, in_seconds: float = 0.0) -> int:
        """Book an issue into a slot that is due then; whoever ticks starts it. Returns its id."""
        with self.ledger.writing() as session:
            letter = session.query(Newsletter).one()
            html = f"<html><body>{BODY}</body></html>"
            compiled = factories.compiled_issue(session, factories.issue(session, letter), html=html)
            factories.slot(session, letter, compiled, fires_at=clock.now() + timedelta(seconds=in_seconds), is_extra=True)
            return compiled.issue_id

    def bring_forward(self, issue_id: int) -> None:
        """The hour of an issue has come."""
        with self.ledger.writing() as session:
            session.execute(update(Slot).where(Slot.issue_id == issue_id).values(fires_at=clock.now()))

    def flush_broker(self) -> None:
        """FLUSHALL, where the broker answers."""
        with suppress(redis.RedisError), redis.Redis.from_url(self.settings.valkey_url) as client:
            client.flushall()

    def stop_database(self) -> None:
        """PostgreSQL in immediate mode, which is as good as a crash."""
        if self.database is not None:
            self.database.send(signal.SIGQUIT)

    def end_workers(self) -> None:
        """Kill everything that could write to the ledger or send."""
        for program in (*self.beats, *self.workers):
            program.is_wanted = False
        for pid in processes.of(self.var):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        processes.wait_until(lambda: not processes.of(self.var), 20, "the workers are gone")

    def start_workers(self) -> None:
        for program in (*self.workers, *self.beats, *([self.sweepers] if self.sweepers else [])):
            program.start()

    def close(self) -> None:
        """End everything, and look that nothing of it is left."""
        self.supervisor.close()
        self.ledger.close()
        for pid in processes.of(self.var):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _fill(self) -> None:
        with self.ledger.writing() as session:
            letter = factories.newsletter(session)
            if self.set.policy != "hold":
                letter.uncertain_policy = newsletters.UncertainPolicy(self.set.policy)
                letter.resend_minutes = 0
            for start in range(0, self.set.recipients, 2000):
                factories.readers(session, letter, min(2000, self.set.recipients - start), domains=DOMAINS)

    def _program(self, name: str, command: list[str], is_ready, **how) -> Program:  # type: ignore[no-untyped-def]
        program = Program(name, command, log=self.home / f"{name}.log", is_ready=is_ready, **how)
        self.supervisor.programs.append(program)
        return program

    def _program_of_database(self) -> Program | None:
        made = self.cluster
        return self._program("postgresql", made.command, made.answers, uid=made.uid, cwd=made.home) if made else None

    def _valkey(self) -> Program:
        command = valkey.command(self._broker, append_only=self.set.keeps_broker)
        return self._program("valkey", command, lambda: valkey.answers(self.settings.valkey_url))

    def _relay(self) -> Program:
        command = [sys.executable, "-m", "tests.fault.sink", str(self.port), str(self.home / "taken"), str(self.home / "orders.json")]
        return self._program("relay", command, lambda: greets(self.port))

    def _worker(self, number: int) -> Program:
        name, ready = f"worker{number}", self.home / f"worker{number}.ready"
        celery = ["-A", self.set.app, "worker", f"--concurrency={SENDERS_PER_WORKER + 1}", f"--queues={QUEUES}", "-n", f"{name}@press"]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=warning"]
        return self._program(name, [*self._python("celery", f"READY_FILE={ready}"), *celery, *quiet], ready.exists)

    def _beat(self, number: int) -> Program:
        return self._program(f"beat{number}", [*self._python("celery"), "-A", "workers.beat", "beat", "--pidfile="], lambda: True)

    def _sweepers(self, count: int) -> Program:
        return self._program("sweepers", [*self._python("tests.fault.sweepers"), str(count)], lambda: True)

    def _python(self, module: str, *more: str) -> list[str]:
        """The command of one of our own programs, with the press's settings in its environment."""
        given = ("var_dir", "database_url", "valkey_url", "smtp_url", "secret_keys", "instance_name", "worker_processes", *TIMES)
        settings = [f"PRESSRUN_{name.upper()}={getattr(self.settings, name)}" for name in given]
        points = [f"FAULT_POINTS={self.home / 'points'}", f"FAULT_PORT={self.port}"]
        return ["env", f"PATH={os.environ['PATH']}", *settings, *points, *more, sys.executable, "-m", module]


def _writer(path: Path) -> Writer | None:
    """Of a journal with a note in it."""
    with suppress(OSError), path.open("rb") as file:
        found = evidence.read(file.read())
        return found.writer if found.open or found.settled else None
    return None


@contextmanager
def running(home: Path, chosen: Set) -> Iterator[Press]:
    """A press below `home`, started and with its readers, until the block ends."""
    with ExitStack() as stack:
        cluster = stack.enter_context(postgres.cluster(HONEST)) if chosen.backend == "postgresql" else None
        broker = stack.enter_context(valkey.home())
        (home / "var").mkdir(parents=True, exist_ok=True)
        (home / "points").mkdir()
        press = Press(home, chosen, cluster, broker)
        stack.callback(press.close)
        press.start()
        yield press
