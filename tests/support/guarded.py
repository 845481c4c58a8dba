"""Servers that tests start: each under the launch guard, so that a killed test run leaves no process behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from service.cli.launching import guard

START_SECONDS = 30


@contextmanager
def guarded(
    command: list[str], *, log: Path, is_ready: Callable[[], bool], uid: int | None = None, cwd: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `command` until the block ends, which starts when `is_ready` and gets the guard. Raises RuntimeError with the log otherwise."""
    process, lifeline = start(command, log=log, uid=uid, cwd=cwd)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not is_ready():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command[0]} did not start:\n{log.read_text(errors='replace')[-4000:]}")
            time.sleep(0.02)
        yield process
    finally:
        os.close(lifeline)  # the guard ends the group
        process.wait(10)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def start(command: list[str], *, log: Path, uid: int | None = None, cwd: Path | None = None) -> tuple[subprocess.Popen[bytes], int]:
    """Start `command` in a group of its own; returns the guard's process and the lifeline, whose closing ends the group."""
    read_end, write_end = os.pipe()
    options = [] if uid is None else ["--uid", str(uid)]
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", guard.__file__, str(read_end), *options, "--", *command],
            pass_fds=[read_end],
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
        )
    os.close(read_end)
    return process, write_end
