"""From a scenario, a database and a policy to a judged run: the press is built, played with, judged, and its evidence kept if it failed."""

import json
import random
import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from service.delivery import evidence
from tests.fault import disturbances, press
from tests.fault.play import Run
from tests.fault.press import Press, Set
from tests.fault.scenarios import Scenario
from tests.fault.verdict import Line, Verdict

SMALL_AUDIENCE = 60
"""Of scenarios that send one issue for each of many points."""
MOST_TOLD = 200
TAIL_OCTETS = 20_000


@dataclass(frozen=True, slots=True)
class Played:
    """A judged run; `faults` in words, with the readers of each; empty where it passed."""

    line: Line
    faults: dict[str, list[int]]
    evidence: Path | None


def play(
    scenario: Scenario, backend: str, policy: str, recipients: int, chaos_seconds: float, chance: random.Random, folder: Path
) -> Played:
    """One run from nothing to its verdict. Raises RuntimeError where the press does not start."""
    if scenario.has_many_issues:
        recipients = min(recipients, SMALL_AUDIENCE)
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pr-fault-")))
        made = _set(scenario, backend, policy, recipients)
        if scenario.small_disk_megabytes:
            (home / "var").mkdir()
            stack.enter_context(disturbances.small_disk(home / "var", scenario.small_disk_megabytes))
        running = stack.enter_context(press.running(home, made))
        run = Run(running, scenario, chaos_seconds, chance)
        verdict, seconds = scenario.play(run)
        faults = {name: list(who) for name, who in verdict.faults.items()}
        if scenario.certain and verdict.uncertain:
            faults["uncertain without need"] = list(verdict.uncertain)
        kept = _keep(running, run, verdict, faults, folder / f"{scenario.name}-{backend}-{policy}") if faults else None
        return Played(verdict.line(scenario.name, backend, policy, seconds), faults, kept)


def _set(scenario: Scenario, backend: str, policy: str, recipients: int) -> Set:
    return Set(
        backend=backend,
        policy=policy,
        recipients=recipients,
        beats=scenario.beats,
        sweepers=scenario.sweepers,
        keeps_broker=scenario.keeps_broker,
        app=scenario.app_on(backend),
    )


def _keep(running: Press, run: Run, verdict: Verdict, faults: dict[str, list[int]], folder: Path) -> Path:
    """What is needed to find out: the readers' rows and attempts, their copies, all journals, the ends of the logs."""
    folder.mkdir(parents=True, exist_ok=True)
    who = sorted({one for ids in faults.values() for one in ids})[:MOST_TOLD]
    rows = [row for row in running.ledger.rows(run.issue_id) if row.subscriber_id in set(who)]
    copies = running.ledger.copies()
    told = {
        "faults": faults,
        "uncertain": list(verdict.uncertain),
        "tables": running.ledger.told(run.issue_id, who),
        "copies": {row.subscriber_id: [copy.message_id + " " + copy.digest for copy in copies.get(row.email, ())] for row in rows},
    }
    (folder / "evidence.json").write_text(json.dumps(told, indent=1, default=str))
    journals = evidence.folder(running.settings)
    if journals.exists():
        shutil.copytree(journals, folder / "journals", dirs_exist_ok=True)
    for log in running.home.glob("*.log"):
        (folder / log.name).write_bytes(log.read_bytes()[-TAIL_OCTETS:])
    return folder
