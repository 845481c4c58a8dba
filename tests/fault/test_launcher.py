"""`pressrun up` however it ends: no process is left behind, and the next start works."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.cli.launching import ports
from service.core.settings import ROOT
from tests.support import processes

pytestmark = [
    pytest.mark.fault,
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc to see every process of a folder"),
    pytest.mark.xdist_group("launcher"),
]
UP = [sys.executable, "-m", "service.cli.main", "up"]
FIRST_PORT = 19025 + os.getpid() % 1000


class House:
    """One `var` folder and the launcher over it."""

    def __init__(self, var_dir: Path) -> None:
        self.var_dir = var_dir
        web = ports.next_free(FIRST_PORT)
        edge = ports.next_free(web + 1)
        self.environment = {
            **os.environ,
            "PRESSRUN_VAR_DIR": str(var_dir),
            "PRESSRUN_BASE_URL": f"http://127.0.0.1:{web}",
            "PRESSRUN_EDGE_URL": f"http://127.0.0.1:{edge}",
            "PRESSRUN_CATCHER_PORT": str(ports.next_free(edge + 1)),
        }
        self.launcher: subprocess.Popen[bytes] | None = None

    def up(self) -> subprocess.Popen[bytes]:
        """Start it and wait until it says that it is ready."""
        with (self.var_dir / "said").open("wb") as said:
            self.launcher = subprocess.Popen(UP, cwd=ROOT, env=self.environment, stderr=said)
        processes.wait_until(lambda: "Pressrun is ready" in self.said() or self.launcher.poll() is not None, 60, "it is ready")
        assert self.launcher.poll() is None, self.said()
        return self.launcher

    def said(self) -> str:
        return (self.var_dir / "said").read_text()

    def processes(self, part: str = "") -> list[int]:
        return [pid for pid, command in processes.of(self.var_dir).items() if part in command]


@pytest.fixture
def house() -> Iterator[House]:
    with tempfile.TemporaryDirectory(prefix="pr-up-") as folder:
        house = House(Path(folder))
        yield house
        if house.launcher and house.launcher.poll() is None:
            house.launcher.kill()
            house.launcher.wait()
        processes.wait_until(lambda: not house.processes(), 5, "nothing is left")


def test_a_killed_launcher_leaves_nothing_and_the_next_start_works(house: House) -> None:
    house.up().kill()

    processes.wait_until(lambda: not house.processes(), 3, "no process is left")
    house.up()


def test_a_second_launcher_is_refused_and_ctrl_c_stops_every_process_of_the_first(house: House) -> None:
    first = house.up()

    second = subprocess.run(UP, cwd=ROOT, env=house.environment, capture_output=True, text=True, timeout=60)
    first.send_signal(signal.SIGINT)

    assert second.returncode == 1
    assert f"already running here, as process {first.pid}" in second.stderr
    assert first.wait(30) == 0
    assert house.processes() == []


def test_a_taken_port_is_told_and_a_crashed_process_is_started_again(house: House) -> None:
    wished = int(house.environment["PRESSRUN_BASE_URL"].rpartition(":")[2])
    with socket.create_server(("127.0.0.1", wished)):
        house.up()
    (before,) = [pid for pid in house.processes("workers.beat beat") if pid not in house.processes("guard.py")]

    os.kill(before, signal.SIGKILL)

    assert f"Port {wished} is taken by another program; web uses" in house.said()
    assert f"http://127.0.0.1:{wished} " not in house.said()
    processes.wait_until(lambda: "beat ended (killed by SIGKILL) and starts again" in house.said(), 5, "the sentence")
    processes.wait_until(lambda: set(house.processes("workers.beat beat")) - {before}, 10, "another beat")


def test_wrong_settings_stop_the_start_with_all_of_them_listed(house: House) -> None:
    wrong = {**house.environment, "PRESSRUN_BASE_URL": "news.example.com", "PRESSRUN_BATCH_SIZE": "0", "PRESSRUN_COLOUR": "red"}

    start = subprocess.run(UP, cwd=ROOT, env=wrong, capture_output=True, text=True, timeout=60)

    assert start.returncode == 2
    for name in ("PRESSRUN_BASE_URL", "PRESSRUN_BATCH_SIZE", "PRESSRUN_COLOUR"):
        assert name in start.stderr
    assert house.processes() == []
