"""The whole path into Postfix's smtp-sink, interleaved with smtp-source doing nothing else: `python -m tests.benchmark.pipeline`.

One Celery worker child sends; the broker, the claim, the journal, the look at standing and the recording are all in.
MESSAGES=n in the environment changes how many.
"""

import os
import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from service.delivery.launching import launch
from service.rendering.personalise import fill
from service.rendering.segments import Encoding, Plans
from tests.benchmark import messages, postfix, press, report, sink
from tests.benchmark.conventional import Conventional
from tests.benchmark.postfix import Postfix
from tests.benchmark.press import Press, Sent
from tests.benchmark.report import Line
from tests.support import postgres, valkey

MESSAGES = int(os.environ.get("MESSAGES", "4000"))
CONVENTIONAL = 60  # messages a round: it is slow
HONEST = ("shared_buffers=128MB", "listen_addresses=")
"""PostgreSQL as it comes: fsync and full_page_writes on, each commit waits for the disk."""
MOST_MEGABYTES = 200
CPU, PEAK, TIMES_NAIVE = "CPU us/message", "peak MB", "x conventional"

SOURCE, SOURCE_KEPT = "smtp-source -s 8", "smtp-source -s 8 -d (connections kept)"
POSTGRESQL, SQLITE = "Pressrun, PostgreSQL", "Pressrun, SQLite"
FAST = "Pressrun, PostgreSQL, into a faster sink"
UNNOTED = "the same without evidence (bench only)"
NAIVE = "Jinja, EmailMessage, sendmail, commit each"
APPLICATIONS = {UNNOTED: "tests.benchmark.without_evidence"}
FLOORS = {POSTGRESQL: 1.0, FAST: 0.6}
"""Times the reference; checked where Postfix's programs are there to compare with."""
LEAST_TIMES_NAIVE, MOST_CPU, MOST_FOR_EVIDENCE = 12, 80, 0.10

Round = Callable[[], Sent]


def main() -> bool:
    """Measure, print, write var/bench/pipeline.json; whether the floors are met."""
    programs = postfix.find()
    octets = _octets()
    with rows(programs, octets) as (work, presses):
        rounds = _interleaved(work)
        peaks = {name: each.peak_megabytes() for name, each in presses.items()}
    reference = SOURCE if programs else NAIVE
    lines = [_line(name, rounds, reference, peaks.get(name)) for name in work]
    about = {"messages": MESSAGES, "octets": octets, "links": messages.LINKS, "connections": 4, "conventional_messages": CONVENTIONAL}
    title = f"The whole path: {MESSAGES:,} messages of {octets:,} octets, one Celery worker child, into " + (
        "smtp-sink" if programs else "a sink of our own"
    )
    report.publish("pipeline", title, reference, lines, about, clock="wall clock; CPU and peak memory are of the sending process")
    if programs is None:
        print(postfix.HOW)
    return all(line.is_met for line in lines)


@contextmanager
def rows(programs: Postfix | None, octets: int) -> Iterator[tuple[dict[str, Round], dict[str, Press]]]:
    """What takes part in each round, and the presses among it."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pr-bench-")))
        fast = stack.enter_context(sink.running(home))
        port = stack.enter_context(programs.sink(home)) if programs else fast
        addresses = {POSTGRESQL: (stack.enter_context(postgres.server(HONEST)), port), SQLITE: (f"sqlite:///{home}/ledger.db", port)}
        if programs:
            addresses[FAST] = (stack.enter_context(postgres.server(HONEST)), fast)
        addresses[UNNOTED] = (stack.enter_context(postgres.server(HONEST)), fast)
        presses = {}
        for number, (name, (url, its_port)) in enumerate(addresses.items()):
            broker = stack.enter_context(valkey.running())
            presses[name] = stack.enter_context(
                press.running(home / str(number), url, broker, its_port, MESSAGES, application=APPLICATIONS.get(name, "workers.app"))
            )
        work: dict[str, Round] = {}
        if programs:
            work[SOURCE] = partial(_source, programs, port, octets)
            work[SOURCE_KEPT] = partial(_source, programs, port, octets, keeps_connections=True)
        work |= {name: each.send for name, each in presses.items()}
        work[NAIVE] = partial(_naive, presses[POSTGRESQL], Conventional(presses[POSTGRESQL], port))
        yield work, presses


def _interleaved(work: Mapping[str, Round]) -> dict[str, list[Sent]]:
    """All of them in turn, each round beginning with another one, after one round that does not count."""
    rounds: dict[str, list[Sent]] = {name: [] for name in work}
    names = list(work)
    for number in range(report.ROUNDS + 1):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            sent = work[name]()
            if number:
                rounds[name].append(sent)
    return rounds


def _source(programs: Postfix, port: int, octets: int, *, keeps_connections: bool = False) -> Sent:
    seconds, cpu = programs.source(port, MESSAGES, octets, keeps_connections=keeps_connections)
    return Sent(MESSAGES, seconds, cpu)


def _naive(its_press: Press, conventional: Conventional) -> Sent:
    issue_id = its_press.launch()
    sent = conventional.send(issue_id, CONVENTIONAL)
    with its_press.runtime.writing() as session:
        launch.cancel(session, issue_id, user_id=None)
    return sent


def _line(name: str, rounds: Mapping[str, list[Sent]], reference: str, peak: float | None) -> Line:
    rates = {each: [sent.per_second for sent in rounds[each]] for each in rounds}
    cpu = statistics.median(sent.cpu_microseconds for sent in rounds[name])
    details = {TIMES_NAIVE: report.ratio(rates, name, NAIVE), CPU: cpu}
    times = report.ratio(rates, name, reference)
    floors: dict[str, bool] = {}
    if peak is not None:
        details[PEAK] = peak
        floors[f"under {MOST_MEGABYTES} MB"] = peak < MOST_MEGABYTES
    if name in FLOORS and reference == SOURCE:
        floors[f"{FLOORS[name]:g} x"] = times >= FLOORS[name]
    if name == POSTGRESQL:
        floors[f"{LEAST_TIMES_NAIVE} x conventional"] = details[TIMES_NAIVE] >= LEAST_TIMES_NAIVE
    if name == FAST:
        floors[f"{MOST_CPU} us"] = cpu <= MOST_CPU
    if name == UNNOTED:
        with_evidence = report.ratio(rates, FAST if FAST in rounds else POSTGRESQL, UNNOTED)
        floors[f"evidence costs {1 - with_evidence:.0%} (at most {MOST_FOR_EVIDENCE:.0%})"] = with_evidence >= 1 - MOST_FOR_EVIDENCE
    return Line(name, statistics.median(rates[name]), times, ", ".join(floors), all(floors.values()), details)


def _octets() -> int:
    """The size of a message, filled."""
    html, text = press.letter_content()
    plan = Plans(messages.headers(), html, text).plan(Encoding.EIGHT_BIT, frozenset({"tracked"}))
    return len(fill(plan, messages.values_of(1)))


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
