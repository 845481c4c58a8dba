"""The launcher goes on while one of its programs cannot be started."""

import os
from pathlib import Path

from service.cli.launching.child import Child
from service.cli.launching.launcher import Launcher
from service.cli.launching.programs import PYTHON, Program
from service.core.settings import Settings


def test_a_program_that_cannot_be_started_is_tried_again_and_the_launcher_goes_on(settings: Settings, tmp_path: Path) -> None:
    said: list[str] = []
    (tmp_path / "file").touch()
    child = Child(Program("worker", (PYTHON, "-c", ""), lambda: True), tmp_path / "file" / "worker.log")
    launcher = Launcher(settings, say=said.append)
    launcher._children, launcher._lifeline = [child], os.pipe()
    child.start_again_at = 0.0

    launcher.tend()
    launcher.stop()

    assert child.start_again_at
    assert said == ["worker cannot be started (File exists); it is tried again in 0.5 s."]
