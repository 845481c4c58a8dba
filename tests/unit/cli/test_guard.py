"""The guard: passes on signals and statuses, and ends its group when the lifeline is cut."""

import os
import signal
from pathlib import Path

from service.cli.launching.stale import started_at
from tests.support.guarded import start
from tests.support.processes import wait_until


def test_the_status_of_the_program_is_the_guards(tmp_path: Path) -> None:
    process, lifeline = start(["sh", "-c", "exit 3"], log=tmp_path / "log")

    assert process.wait(10) == 3
    os.close(lifeline)


def test_a_program_that_cannot_be_started_is_named(tmp_path: Path) -> None:
    process, lifeline = start(["/nonexistent/program"], log=tmp_path / "log")

    assert process.wait(10) == 127
    assert "cannot start /nonexistent/program" in (tmp_path / "log").read_text()
    os.close(lifeline)


def test_sigterm_reaches_the_program(tmp_path: Path) -> None:
    script = f"trap 'exit 7' TERM; touch {tmp_path}/ready; while :; do sleep 0.05; done"
    process, lifeline = start(["sh", "-c", script], log=tmp_path / "log")
    wait_until((tmp_path / "ready").exists, 10, "the program stands")

    process.terminate()

    assert process.wait(10) == 7
    os.close(lifeline)


def test_a_cut_lifeline_ends_the_program_and_its_children(tmp_path: Path) -> None:
    script = f"sleep 300 & echo $! > {tmp_path}/draft; mv {tmp_path}/draft {tmp_path}/child; wait"
    process, lifeline = start(["sh", "-c", script], log=tmp_path / "log")
    wait_until((tmp_path / "child").exists, 10, "the program has a child")
    child = int((tmp_path / "child").read_text())

    os.close(lifeline)

    process.wait(10)
    wait_until(lambda: started_at(child) is None, 5, "the child is gone")


def test_a_program_that_ignores_sigterm_is_ended_all_the_same(tmp_path: Path) -> None:
    process, lifeline = start(["sh", "-c", f"trap '' TERM; touch {tmp_path}/ready; while :; do sleep 0.05; done"], log=tmp_path / "log")
    wait_until((tmp_path / "ready").exists, 10, "the program stands")

    os.close(lifeline)

    assert process.wait(10) == -signal.SIGKILL
