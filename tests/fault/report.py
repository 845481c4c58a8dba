"""What is said of the runs: a JSON line each on standard output and in var/fault/, a sentence for each that failed."""

import os
import sys
from pathlib import Path

from tests.fault.runs import Played

FOLDER = Path(os.environ.get("PRESSRUN_VAR_DIR", "var")) / "fault"


class Report:
    """Of one call."""

    def __init__(self, time: str) -> None:
        self.folder = FOLDER / time
        self._played: list[Played] = []

    def add(self, played: Played) -> None:
        """Print and keep its line."""
        self._played.append(played)
        print(played.line, flush=True)
        FOLDER.mkdir(parents=True, exist_ok=True)
        with self.folder.with_suffix(".jsonl").open("a") as file:
            file.write(f"{played.line}\n")
        for name, who in played.faults.items():
            print(f"  FAILED, {name}: {len(who)} ({', '.join(map(str, who[:10]))}); evidence in {played.evidence}", file=sys.stderr)

    @property
    def has_passed(self) -> bool:
        return bool(self._played) and not any(played.faults for played in self._played)

    @property
    def summary(self) -> str:
        failed = sum(bool(played.faults) for played in self._played)
        return f"{len(self._played)} runs, {failed} failed; lines in {self.folder.with_suffix('.jsonl')}"
