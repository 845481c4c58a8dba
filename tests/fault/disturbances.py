"""What is broken on purpose while an issue is on its way. Each returns at once; what has to be undone later is returned with its time."""

import os
import random
import resource
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from service.delivery import evidence
from tests.fault.press import Press
from tests.fault.programs import children
from tests.support import processes

Later = tuple[float, Callable[[], None]]
"""Seconds from now, and what to do then."""
Do = Callable[[Press, random.Random], Iterable[Later] | None]
"""None where there was nothing to break."""


@dataclass(frozen=True, slots=True)
class Disturbance:
    """Done again and again, `every` so many seconds (from, to); `share` is used instead where it has to happen n times in any time."""

    do: Do
    every: tuple[float, float] = (1.0, 1.0)
    times: int = 0

    def pause(self, chance: random.Random, seconds: float) -> float:
        """Seconds until the next time, of a run that is disturbed for `seconds`."""
        return seconds / (self.times + 0.5) if self.times else chance.uniform(*self.every)


def kill_sender(press: Press, chance: random.Random) -> Iterable[Later] | None:
    """`kill -9` of a process in the middle of handing over, where there is one; one time in eight of any that sends or sweeps."""
    found = press.senders() if chance.random() < 1 / 8 else press.at_work()
    if not found:
        return None
    _signal(chance.choice(found), signal.SIGKILL)
    return ()


def kill_worker(press: Press, chance: random.Random) -> Iterable[Later]:
    """`kill -9` of a worker's parent; its children go on as orphans until they notice."""
    chance.choice(press.workers).kill()
    return ()


def deploy(press: Press, chance: random.Random) -> Iterable[Later]:
    """SIGTERM to a worker, as every deployment does."""
    chance.choice(press.workers).send(signal.SIGTERM)
    return ()


def kill_relay(press: Press, _chance: random.Random) -> Iterable[Later]:
    """`kill -9` of the mail server."""
    press.relay.kill()
    return ()


def kill_valkey(press: Press, _chance: random.Random) -> Iterable[Later]:
    """`kill -9` of the broker."""
    press.valkey.kill()
    return ()


def flush_broker(press: Press, _chance: random.Random) -> Iterable[Later]:
    """FLUSHALL: every nudge, every key of a pause, every unacknowledged message is gone."""
    press.flush_broker()
    return ()


def stop_database(press: Press, _chance: random.Random) -> Iterable[Later]:
    """PostgreSQL stopped in immediate mode; the supervisor starts it again."""
    press.stop_database()
    return ()


def kill_committing(press: Press, _chance: random.Random) -> Iterable[Later]:
    """From here on a process may end in the middle of a commit; see crashing.py."""
    (press.home / "points" / "committing").touch()
    return ()


def stop_sender(press: Press, chance: random.Random) -> Iterable[Later]:
    """SIGSTOP of one sender, of one whole worker or of all of them, beyond the lease, then SIGCONT to who is left."""
    workers = [worker.pid for worker in press.workers if worker.pid]
    one, some, every = chance.sample(press.senders() or workers, 1), _with_children(chance.sample(workers, 1)), _with_children(workers)
    stopped = chance.choice((one, one, some, every))
    for pid in stopped:
        _signal(pid, signal.SIGSTOP)
    beyond = press.settings.lease_seconds + press.settings.heartbeat_seconds + chance.uniform(0.5, 2.0)
    return [(beyond, partial(_each, stopped, signal.SIGCONT))]


def lose_journals(press: Press, chance: random.Random) -> Iterable[Later]:
    """A host is lost: its senders are killed, and of their journals some are gone, some torn."""
    for pid in press.senders():
        _signal(pid, signal.SIGKILL)
    for path in evidence.folder(press.settings).glob(f"*{evidence.SUFFIX}"):
        with suppress(FileNotFoundError):
            _damage(path, chance)
    return ()


def fill_disk(press: Press, chance: random.Random) -> Iterable[Later]:
    """The disk of `var` is full for some seconds: journals, and on SQLite the ledger itself, find no room."""
    seconds = chance.uniform(0.5, 3.0)
    if not press.var.is_mount():
        for pid in processes.of(press.var):
            _limit(pid, 0)
        return [(seconds, lambda: [_limit(pid, resource.RLIM_INFINITY) for pid in processes.of(press.var)] and None)]
    ballast = press.var / "ballast"
    with suppress(OSError), ballast.open("ab") as file:
        while file.write(bytes(65536)):
            file.flush()
    return [(seconds, partial(ballast.unlink, missing_ok=True))]


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[bool]:
    """A file system of this size at `folder` until the block ends; False where we may not mount one, and the folder stays as it is."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "pressrun-fault", str(folder)]
    if os.geteuid() != 0 or shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        yield False
        return
    try:
        yield True
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def _damage(path: Path, chance: random.Random) -> None:
    if chance.random() < 0.5:
        path.unlink()
        return
    with path.open("r+b") as file:
        size = path.stat().st_size
        file.seek(chance.randrange(size))
        file.write(os.urandom(64))


def _with_children(pids: list[int]) -> list[int]:
    return [one for pid in pids for one in (pid, *children(pid))]


def _each(pids: list[int], number: int) -> None:
    for pid in pids:
        _signal(pid, number)


def _signal(pid: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _limit(pid: int, octets: int) -> None:
    with suppress(ProcessLookupError):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (octets, resource.RLIM_INFINITY))
