"""Postfix's measuring programs, run by hand and never as a service: smtp-sink takes mails and forgets them, smtp-source makes them."""

import os
import resource
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmark import sink
from tests.support.guarded import guarded

FOLDER = "POSTFIX_FOLDER"
"""Environment: where the Debian package was unpacked, so that it need not be installed."""
HOW = f"""smtp-sink and smtp-source were not found on PATH nor in /usr/sbin; rows with them are left out. To get them without installing:
    apt-get download postfix && dpkg -x postfix_*.deb postfix && {FOLDER}=$PWD/postfix make bench"""
SESSIONS = 8
HEADER_OCTETS = 130
"""What smtp-source puts before the octets that it is asked for (counted in a dump of smtp-sink)."""


@dataclass(frozen=True, slots=True)
class Postfix:
    """Where the programs are, and the folder of their libraries if it is not the system's."""

    programs: Path
    libraries: Path | None = None

    def command(self, program: str, *arguments: str) -> list[str]:
        """The command line of one of the programs."""
        settings = [] if self.libraries is None else ["env", f"LD_LIBRARY_PATH={self.libraries}"]
        return [*settings, str(self.programs / program), *arguments]

    @contextmanager
    def sink(self, home: Path) -> Iterator[int]:
        """smtp-sink on a free port of the loopback interface, which is yielded."""
        port = sink.free_port()
        user = ["-u", "nobody"] if os.geteuid() == 0 else []  # as root it insists on another user
        command = self.command("smtp-sink", *user, f"127.0.0.1:{port}", "256")
        with guarded(command, log=home / "smtp-sink.log", is_ready=lambda: sink.greets(port)):
            yield port

    def source(self, port: int, messages: int, octets: int, *, keeps_connections: bool = False) -> tuple[float, float]:
        """Send with smtp-source and eight sessions; returns wall and CPU seconds. Raises RuntimeError with what it says."""
        options = ["-d"] if keeps_connections else []
        size = str(octets - HEADER_OCTETS)
        command = self.command(
            "smtp-source", *options, "-s", str(SESSIONS), "-m", str(messages), "-l", size, "-f", "b@example.test", "-t", "a@example.test"
        )
        cpu, begin = _children_cpu(), time.perf_counter()
        done = subprocess.run([*command, f"127.0.0.1:{port}"], capture_output=True, text=True, timeout=120)
        if done.returncode or done.stderr:
            raise RuntimeError(f"smtp-source: {done.stderr or done.returncode}")
        return time.perf_counter() - begin, _children_cpu() - cpu


def find() -> Postfix | None:
    """The programs on this machine; None where there are none."""
    given = os.environ.get(FOLDER)
    if given:
        root = Path(given).resolve()
        found = Postfix(root / "usr/sbin", root / "usr/lib/postfix")
        if not (found.programs / "smtp-sink").exists():
            raise RuntimeError(f"{FOLDER}={given} has no usr/sbin/smtp-sink: name the folder that the package was unpacked into")
        return found
    path = shutil.which("smtp-sink") or shutil.which("smtp-sink", path="/usr/sbin")
    return Postfix(Path(path).parent) if path else None


def _children_cpu() -> float:
    """Seconds of the processes that were started and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
