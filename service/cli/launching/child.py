"""One started program: its guard, its log, its restarts with a growing pause."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from service.cli.launching import guard
from service.cli.launching.programs import Program
from service.core.settings import ROOT

RESTART_SECONDS = (0.5, 1, 2, 5, 10, 30)
STEADY_SECONDS = 60.0  # a child that ran this long starts over with the shortest pause
LARGEST_LOG = 20_000_000  # bytes; at a start beyond it the log begins anew and the old one is kept once


class Child:
    """A program under its guard, in a session of its own so that the terminal's Ctrl-C reaches only the launcher."""

    def __init__(self, program: Program, log: Path) -> None:
        self.program = program
        self.log = log
        self.restarts = 0
        self.start_again_at: float | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._log_begin = 0  # where this start's lines begin

    @property
    def pid(self) -> int:
        """The guard's process id, which is also the group's."""
        assert self._process is not None
        return self._process.pid

    def start(self, lifeline: int, environment: dict[str, str]) -> None:
        """Start it; `lifeline` is the read end of the pipe whose write end only the launcher holds."""
        self.start_again_at = None
        self._started = time.monotonic()
        with _open_log(self.log) as output:
            self._log_begin = output.tell()
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", guard.__file__, str(lifeline), "--", *self.program.command],
                pass_fds=[lifeline],
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env={**environment, **self.program.environment},
            )

    def exit_code(self) -> int | None:
        """Its status, None while it runs; what it left in its group is ended."""
        if self._process is None:
            return 0
        code = self._process.poll()
        if code is not None:
            self._end_group()
        return code

    def plan_restart(self) -> float:
        """The pause in seconds until it is started again."""
        if time.monotonic() - self._started > STEADY_SECONDS:
            self.restarts = 0
        pause = RESTART_SECONDS[min(self.restarts, len(RESTART_SECONDS) - 1)]
        self.restarts += 1
        self.start_again_at = time.monotonic() + pause
        return pause

    def ask_to_end(self) -> None:
        """SIGTERM; it finishes what it holds."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def end(self, deadline: float) -> None:
        """Wait until `deadline` (monotonic), then end it and its group whatever they do."""
        if self._process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.0, deadline - time.monotonic()))
        self._end_group()
        self._process.wait()

    def last_lines(self, count: int = 12) -> str:
        """The end of its log, of what it wrote since its last start."""
        with suppress(FileNotFoundError), self.log.open("rb") as file:
            file.seek(max(self._log_begin, file.seek(0, os.SEEK_END) - 8192))
            return "\n".join(file.read().decode(errors="replace").splitlines()[-count:])
        return ""

    def _end_group(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)


def _open_log(path: Path) -> BinaryIO:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LARGEST_LOG:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab")
