"""Which processes belong to a `var` folder, however they were started and whoever their parent is by now."""

import os
import time
from collections.abc import Callable
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")  # of /proc, a second


def of(var_dir: Path) -> dict[int, str]:
    """Process id and command line of every living process whose environment names this folder."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"PRESSRUN_VAR_DIR={var_dir}\0".encode() not in (folder / "environ").read_bytes() + b"\0":
                continue
            if (folder / "stat").read_text().rpartition(")")[2].split()[0] == "Z":
                continue
            found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (OSError, IndexError):
            continue  # it ended while we looked
    return found


def cpu_seconds(pid: int) -> float:
    """What this process, and all that it has started, have had of the processors so far; those that ended and were waited for, too."""
    try:
        mine = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0.0
    return sum(map(int, mine)) / TICKS + sum(cpu_seconds(int(child)) for child in below)


def wait_until(condition: Callable[[], object], seconds: float, what: str) -> None:
    """Return as soon as `condition` holds. Raises AssertionError naming `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(0.02)
