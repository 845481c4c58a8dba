"""Programs that are killed and come back, as under a supervisor that restarts whatever ends; each stands under the launch guard."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.support import guarded

LOOK_SECONDS = 0.05
START_SECONDS = 60


class Program:
    """One of them. Killing it kills it alone: what it had forked lives on, as it would in production, until `let_go`."""

    def __init__(
        self, name: str, command: list[str], *, log: Path, is_ready: Callable[[], bool], uid: int | None = None, cwd: Path | None = None
    ) -> None:
        self.name = name
        self.starts = 0
        self.is_wanted = False
        self._command, self._log, self._is_ready, self._uid, self._cwd = command, log, is_ready, uid, cwd
        self._guards: list[tuple[subprocess.Popen[bytes], int]] = []
        self._lock = threading.Lock()

    @property
    def is_running(self) -> bool:
        return bool(self._guards) and self._guards[-1][0].poll() is None

    @property
    def pid(self) -> int | None:
        """The program's own process, below its guard."""
        if not self.is_running:
            return None
        below = children(self._guards[-1][0].pid)
        return below[0] if below else None

    def start(self) -> None:
        """Wanted from now on; nothing where it runs already."""
        with self._lock:
            self.is_wanted = True
            if not self.is_running:
                self._guards.append(guarded.start(self._command, log=self._log, uid=self._uid, cwd=self._cwd))
                self.starts += 1

    def wait(self) -> None:
        """Until it is ready. Raises RuntimeError with the end of its log where it never is."""
        deadline = time.monotonic() + START_SECONDS
        while not (self.is_running and self._is_ready()):
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} did not start:\n{self._log.read_text(errors='replace')[-4000:]}")
            time.sleep(LOOK_SECONDS)

    def send(self, number: int) -> None:
        """Send a signal to the program's own process, if there is one."""
        pid = self.pid
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill(self) -> None:
        """`kill -9`."""
        self.send(signal.SIGKILL)

    def stop(self, number: int = signal.SIGTERM, *, seconds: float = 30.0) -> None:
        """End it and do not start it again until `start`; killed where it takes longer than `seconds`."""
        self.is_wanted = False
        self.send(number)
        self._wait_for_end(seconds)

    def _wait_for_end(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while self.is_running:
            if time.monotonic() > deadline:
                self.kill()
            time.sleep(0.02)

    def let_go(self) -> None:
        """Let the guards end it, with whatever it has forked; they take up to two seconds, so let all go before waiting for one."""
        with self._lock:
            self.is_wanted = False
            for _, lifeline in self._guards:
                os.close(lifeline)

    def wait_for_end(self) -> None:
        """After `let_go`."""
        for guard, _ in self._guards:
            with suppress(subprocess.TimeoutExpired):
                guard.wait(10)
        self._guards = []


class Supervisor:
    """Starts again whatever has ended and is wanted."""

    def __init__(self) -> None:
        self.programs: list[Program] = []
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End every program."""
        self._closed.set()
        self._thread.join()
        for program in self.programs:
            program.let_go()
        for program in self.programs:
            program.wait_for_end()

    def _run(self) -> None:
        while not self._closed.wait(LOOK_SECONDS):
            for program in self.programs:
                if program.is_wanted and not program.is_running:
                    program.start()


def children(pid: int) -> list[int]:
    """The processes that this one has started and that live; none where it has ended itself."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
