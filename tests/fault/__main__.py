"""`python -m tests.fault [SCENARIO...]`: breaks a press on purpose while it sends, and says in one JSON line each what became of it."""

import argparse
import random
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from types import FrameType

from tests.fault.play import QUIET_SECONDS
from tests.fault.report import Report
from tests.fault.runs import play
from tests.fault.scenarios import ALL, BY_NAME

BACKENDS, POLICIES = ("sqlite", "postgresql"), ("hold", "resend")
STARTING_SECONDS, MOST_SECONDS = 180, 1800


def main(arguments: list[str]) -> int:
    """0 where every run passed; 1 otherwise, with the evidence in var/fault/."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.scenarios) - set(BY_NAME):
        parser.error(f"there is no scenario {', '.join(sorted(unknown))}; --list says which there are")
    if chosen.list:
        for scenario in ALL:
            print(f"{scenario.name:18} {scenario.about}")
        return 0
    report = Report(time.strftime("%Y%m%dT%H%M%S"))
    wished = product([BY_NAME[name] for name in chosen.scenarios] or ALL, chosen.backend or BACKENDS, chosen.policy or ("hold",))
    for scenario, backend, policy in wished:
        if policy in scenario.policies:
            how = {"recipients": chosen.recipients, "chaos_seconds": chosen.chaos, "chance": random.Random(chosen.seed)}
            with bounded(MOST_SECONDS if scenario.has_many_issues else STARTING_SECONDS + chosen.chaos + QUIET_SECONDS):
                report.add(play(scenario, backend, policy, **how, folder=report.folder))
    print(report.summary, file=sys.stderr)
    return 0 if report.has_passed else 1


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """A run that hangs is broken off (TimeoutError), and its programs end with it."""

    def give_up(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"the run took longer than {seconds:.0f} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.fault", description=__doc__)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help="which; all unless named")
    parser.add_argument("--backend", choices=BACKENDS, action="append", help="may be given twice; both unless named")
    parser.add_argument("--policy", choices=POLICIES, action="append", help="what becomes of uncertain deliveries; hold unless named")
    parser.add_argument("--recipients", type=int, default=10_000)
    parser.add_argument("--chaos", type=float, default=60.0, metavar="SECONDS", help="how long things are broken before it is quiet")
    parser.add_argument("--seed", type=int, help="makes the order of disturbances the same again, though not their effect")
    parser.add_argument("--list", action="store_true", help="say what there is")
    return parser


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
