"""One launcher for each `var` folder, and what an earlier one left behind: only processes that are provably ours are ended."""

import fcntl
import json
import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from service.core.errors import Conflict

SELF_END_SECONDS = 3.0  # guards end their groups by themselves within this time


class AlreadyRunning(Conflict):
    """Another launcher holds this folder."""


class Claim:
    """The lock on a `var` folder and the list of the processes started under it."""

    def __init__(self, folder: Path) -> None:
        self._lock_path = folder / "launcher.lock"
        self._list_path = folder / "processes.json"
        self._lock: IO[str] | None = None
        self._processes: dict[str, tuple[int, str]] = {}

    def take(self) -> None:
        """Hold the folder until `release` or our death; end what an earlier launcher left. Raises AlreadyRunning."""
        self._lock_path.parent.mkdir(parents=True, exist_ok=True)
        lock = self._lock_path.open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            owner = lock.read().strip() or "?"
            lock.close()
            raise AlreadyRunning(
                "Pressrun is already running here, as process {owner}.",
                remedy="Stop it with Ctrl-C in its terminal, or choose another folder with PRESSRUN_VAR_DIR.",
                owner=owner,
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock
        self._end_leftovers()

    def note(self, name: str, pid: int) -> None:
        """Remember a started process, so that a later launcher can recognise it; on a full disk its guard alone has to see to it."""
        self._processes[name] = (pid, started_at(pid) or "")
        draft = self._list_path.with_suffix(".draft")
        with suppress(OSError):
            draft.write_text(json.dumps(self._processes))
            draft.replace(self._list_path)

    def release(self) -> None:
        """Everything was ended; the folder is free."""
        self._list_path.unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _end_leftovers(self) -> None:
        try:
            noted: dict[str, tuple[int, str]] = json.loads(self._list_path.read_text())
        except (FileNotFoundError, ValueError):
            return
        ours = [(pid, start) for pid, start in noted.values() if start]
        deadline = time.monotonic() + SELF_END_SECONDS
        while time.monotonic() < deadline and any(started_at(pid) == start for pid, start in ours):
            time.sleep(0.05)
        for pid, start in ours:
            if started_at(pid) == start:  # the number alone may be somebody else's by now
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(pid, signal.SIGKILL)
        self._list_path.unlink(missing_ok=True)


def started_at(pid: int) -> str | None:
    """When the process started, in the system's own words; with its number it names a process for good. None where it is gone."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return None
        return None if fields[0] == "Z" else fields[19]
    shown = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return shown.stdout.strip() or None
