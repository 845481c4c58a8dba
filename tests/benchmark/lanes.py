"""What a slow lane costs the others: one sending process, PostgreSQL, a lane that is allowed 20 mails a minute beside three without a pace.

Reference: the same ledger without any pace set and with the slow lane held, so that nothing of it leaves; the control is the reference
once more, and shows how much the machine itself wavers. The clock stops when the last reader of the three lanes has it; the slow lane
then has hundreds of batches left. `python -m tests.benchmark.lanes`.
"""

import os
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import func, select

from service.core.settings import Settings
from service.delivery.launching import launch
from service.delivery.models import Batch
from service.delivery.pacing import lanes
from service.delivery.reasons import Reason
from service.delivery.sending.sender import Sender
from service.delivery.transports.opening import open_transport
from tests.benchmark import report, sink
from tests.benchmark.pipeline import HONEST
from tests.benchmark.press import SECRET_KEYS, Press, Sent
from tests.benchmark.report import Line
from tests.support import factories, postgres, schema

READERS = int(os.environ.get("READERS", "6000"))  # of the lanes without a pace
SLOW_READERS = 2000
OTHERS, SLOW = ("gmail.com", "daum.net", "example.com"), ("naver.com",)
LEAST = 0.95
ALONE, CONTROL, BESIDE = "three lanes alone", "three lanes alone, once more", "beside a lane at 20 mails a minute"
ROUNDS = 9


def main() -> bool:
    """Measure, print, write var/bench/lanes.json; whether the floor is met."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pr-bench-")))
        port = stack.enter_context(sink.running(home))
        servers = {name: stack.enter_context(postgres.server(HONEST)) for name in (ALONE, CONTROL, BESIDE)}
        presses = {
            ALONE: _press(home / "alone", servers[ALONE], port),
            CONTROL: _press(home / "control", servers[CONTROL], port),
            BESIDE: _press(home / "beside", servers[BESIDE], port, lane_paces="naver=20/min"),
        }
        for name in (ALONE, CONTROL):
            with presses[name].runtime.writing() as session:
                lanes.hold(session, "naver", Reason.POLICY, "held for the measurement")
        rates: dict[str, list[float]] = {name: [] for name in presses}
        names = list(presses)
        for number in range(ROUNDS + 1):
            turn = number % len(names)
            for name in names[turn:] + names[:turn]:
                sent = _send(presses[name])
                if number:
                    rates[name].append(sent.per_second)
        for each in presses.values():
            each.runtime.database.dispose()
    lines = [_line(name, rates) for name in rates]
    title = f"A slow lane beside others: {READERS:,} messages of the others a round, one sending process, PostgreSQL"
    report.publish("lanes", title, ALONE, lines, {"readers": READERS, "slow_readers": SLOW_READERS}, clock="wall clock", rounds=ROUNDS)
    return all(line.is_met for line in lines)


def _press(home: Path, url: str, port: int, *, lane_paces: str = "") -> Press:
    home.mkdir()
    settings = Settings(
        var_dir=home,
        database_url=url,
        smtp_url=f"smtp://127.0.0.1:{port}",
        secret_keys=SECRET_KEYS,
        lane_paces=lane_paces,
        log_level="warning",
    )
    schema.create(settings.database)
    its_press = Press(settings)
    with its_press.runtime.writing() as session:
        letter = factories.newsletter(session)
        factories.readers(session, letter, READERS, domains=OTHERS)
        factories.readers(session, letter, SLOW_READERS, domains=SLOW)
    return its_press


def _send(its_press: Press) -> Sent:
    """One issue until only the slow lane is left; the rest of that is then called off."""
    issue_id, runtime = its_press.launch(), its_press.runtime
    transport = open_transport(its_press.settings.smtp_url)
    sender = Sender(runtime.database, transport, runtime.signer, its_press.settings, pause=lambda _seconds: sender.stop())
    cpu, begin = time.process_time(), time.perf_counter()
    sender.drain("google", seconds=120)
    seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
    transport.close()
    with runtime.reading() as session:
        theirs = (Batch.issue_id == issue_id, Batch.lane != "naver")
        accepted = session.scalar(select(func.sum(Batch.accepted)).where(*theirs))
    if accepted != READERS:
        raise RuntimeError(f"not everybody was accepted: {accepted} of {READERS}")
    with runtime.writing() as session:
        launch.cancel(session, issue_id, user_id=None)
    return Sent(READERS, seconds, cpu)


def _line(name: str, rates: dict[str, list[float]]) -> Line:
    times = report.ratio(rates, name, ALONE)
    is_bound = name == BESIDE
    return Line(name, statistics.median(rates[name]), times, f"{LEAST:g} x" if is_bound else "", not is_bound or times >= LEAST)


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
