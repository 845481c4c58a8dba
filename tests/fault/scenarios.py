"""The scenarios by name: what is broken, how often, and what must hold besides nobody lost and nobody repeated unmarked."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.fault import disturbances as break_
from tests.fault import points, restoring
from tests.fault.disturbances import Disturbance, Do
from tests.fault.orders import EVERY_MISHAP
from tests.fault.play import Run, under_chaos
from tests.fault.verdict import Verdict

SENDERS = Disturbance(break_.kill_sender, every=(0.05, 0.2))
WORKERS = Disturbance(break_.kill_worker, every=(5.0, 5.0))
RELAY = Disturbance(break_.kill_relay, every=(5.0, 5.0))
VALKEY = Disturbance(break_.kill_valkey, every=(10.0, 10.0))
DATABASE = Disturbance(break_.stop_database, times=3)
COMMITS = Disturbance(break_.kill_committing, every=(1.0, 1.0))
CHUNKS = (SENDERS, WORKERS, RELAY)
NO_CHUNKING = ("CHUNKING",)
REPLIES_LOST = {"dot close": 0.02, "dot stall": 0.01, "dot lose": 0.02, "body close": 0.01, "body stall": 0.005, "data close": 0.01}


def every(seconds: float, do: Do) -> Disturbance:
    """Done again and again after about so many seconds."""
    return Disturbance(do, (0.8 * seconds, 1.2 * seconds))


@dataclass(frozen=True)
class Scenario:
    """One of them. `certain`: afterwards nobody may be uncertain either, because nothing was cut off in mid-air."""

    name: str
    about: str
    disturbances: tuple[Disturbance, ...] = ()
    mishaps: dict[str, float] = field(default_factory=dict)
    hides: tuple[str, ...] = NO_CHUNKING  # one message at a time on a connection, so that a cut leaves few uncertain
    keeps_broker: bool = True
    beats: int = 1
    sweepers: int = 0
    app: str = "workers.app"
    small_disk_megabytes: int = 0
    has_operator: bool = False
    certain: bool = False
    policies: tuple[str, ...] = ("hold", "resend")
    play: Callable[[Run], tuple[Verdict, float]] = under_chaos

    @property
    def has_many_issues(self) -> bool:
        """Whether it sends one small issue after the other instead of one large one."""
        return self.app != "workers.app"

    def on(self, backend: str) -> tuple[Disturbance, ...]:
        """The disturbances that concern this database: SQLite has no server to stop, its commits are cut off instead."""
        if backend == "postgresql":
            return tuple(one for one in self.disturbances if one.do is not break_.kill_committing)
        return tuple(one for one in self.disturbances if one.do is not break_.stop_database)

    def app_on(self, backend: str) -> str:
        """The workers' Celery application on this database."""
        needs_points = any(one.do is break_.kill_committing for one in self.on(backend))
        return "tests.fault.crashing" if needs_points else self.app


ALL = (
    Scenario("senders_killed", "kill -9 of a send process every 50 to 200 ms, of a worker's parent every 5 s", (SENDERS, WORKERS)),
    Scenario("chunks_cut", "the same and the mail server killed every 5 s, with messages sent by BDAT without a pause", CHUNKS, hides=()),
    Scenario("relay_killed", "the mail server killed every 5 s", (RELAY,)),
    Scenario("valkey_killed", "Valkey killed every 10 s, with persistence", (VALKEY,)),
    Scenario("valkey_lost", "Valkey killed every 10 s, without persistence", (VALKEY,), keeps_broker=False),
    Scenario("flushed", "FLUSHALL every 3 s in the middle of the sending", (every(3.0, break_.flush_broker),)),
    Scenario(
        "database_stopped",
        "PostgreSQL (fsync on) stopped in immediate mode three times; on SQLite, processes killed while they commit",
        (DATABASE, COMMITS),
    ),
    Scenario("senders_stopped", "SIGSTOP beyond the lease, then SIGCONT: one sender, a worker, or all", (every(5.0, break_.stop_sender),)),
    Scenario("three_beats", "three beats and ten further sweepers", beats=3, sweepers=10, certain=True),
    Scenario(
        "disk_full",
        "the disk of the journals, and of SQLite's ledger, full for some seconds again and again",
        (every(3.0, break_.fill_disk),),
        small_disk_megabytes=96,
    ),
    Scenario(
        "relay_misbehaves",
        "every refusal, silence and close, at every point of the dialogue",
        mishaps=EVERY_MISHAP,
        hides=(),
        has_operator=True,
    ),
    Scenario(
        "relay_is_old",
        "the same from a mail server without PIPELINING and CHUNKING",
        mishaps=EVERY_MISHAP,
        hides=("PIPELINING", "CHUNKING"),
        has_operator=True,
    ),
    Scenario("replies_lost", "connections closed or silent just before and just after the final dot", mishaps=REPLIES_LOST),
    Scenario("journals_lost", "a host lost with its journals: senders killed, journals gone or torn", (every(4.0, break_.lose_journals),)),
    Scenario("deployed", "SIGTERM to a worker every 3 s, as every deployment does", (every(3.0, break_.deploy),), certain=True),
    Scenario(
        "everything",
        "send processes, workers, mail server, Valkey and database, each at its own pace, all at once",
        (SENDERS, WORKERS, RELAY, VALKEY, DATABASE, COMMITS),
    ),
    Scenario(
        "crash_points",
        "each commit, each SMTP verb, each reply and each note of a journal as the last thing a process does",
        app="tests.fault.crashing",
        play=points.one_after_the_other,
    ),
    Scenario(
        "chunk_points",
        "each SMTP verb and reply once more, with BDAT",
        hides=(),
        app="tests.fault.crashing",
        play=points.of_the_dialogue,
    ),
    Scenario(
        "restored", "the database restored from before the send, its hosts as they were", policies=("hold",), play=restoring.from_before
    ),
)
BY_NAME = {scenario.name: scenario for scenario in ALL}
