"""Runs one program and ends its whole process group as soon as the launcher is gone. Started by path; imports nothing of ours.

    python -I -S guard.py LIFELINE_FD [--uid UID] -- PROGRAM ARGUMENT...

The launcher alone holds the write end of the lifeline; end-of-file on our read end therefore means that it is dead, however it died.
"""

import contextlib
import os
import select
import signal
import sys
import time

GRACE_SECONDS = 1.5  # from end-of-file to SIGKILL; with it everything is gone within three seconds


def main(arguments: list[str]) -> int:
    """Exit with the program's own status; 128 plus the signal's number where a signal ended it."""
    lifeline = int(arguments[0])
    options, command = arguments[1 : arguments.index("--")], arguments[arguments.index("--") + 1 :]
    uid = int(options[1]) if options else None
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    child = os.fork()
    if child == 0:
        _become(command, uid, (lifeline, wake_read, wake_write))
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        signal.signal(number, lambda got, _frame: _pass_on(child, got))
    while True:
        # a child that ended before the handler stood is found by the first look
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code
        ready, _, _ = select.select([lifeline, wake_read], [], [])
        if lifeline in ready and not os.read(lifeline, 1024):
            _end_group(child)
        if wake_read in ready:
            os.read(wake_read, 1024)


def _become(command: list[str], uid: int | None, unwanted: tuple[int, ...]) -> None:
    for descriptor in unwanted:
        os.close(descriptor)
    try:
        if uid is not None:
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
        os.execvp(command[0], command)
    except OSError as failure:
        print(f"cannot start {command[0]}: {failure.strerror}", file=sys.stderr, flush=True)
        os._exit(127)


def _pass_on(child: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, number)


def _end_group(child: int) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the group includes ourselves
    os.killpg(0, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    while time.monotonic() < deadline and not os.waitpid(child, os.WNOHANG)[0]:
        time.sleep(0.02)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
