"""The lock on a `var` folder: one launcher at a time, and only processes that are provably ours are ended."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from service.cli.launching import stale
from service.cli.launching.stale import AlreadyRunning, Claim, started_at


def test_a_second_launcher_is_refused_with_the_firsts_number(tmp_path: Path) -> None:
    first = Claim(tmp_path)
    first.take()

    with pytest.raises(AlreadyRunning, match=str(os.getpid())):
        Claim(tmp_path).take()

    first.release()
    Claim(tmp_path).take()


def test_what_an_earlier_launcher_left_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stale, "SELF_END_SECONDS", 0.0)
    left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"], start_new_session=True)
    (tmp_path / "processes.json").write_text(json.dumps({"web": [left.pid, started_at(left.pid)]}))

    Claim(tmp_path).take()

    assert left.wait(10) == -9


def test_a_strangers_process_with_a_reused_number_is_left_alone(tmp_path: Path) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"], start_new_session=True)
    (tmp_path / "processes.json").write_text(json.dumps({"web": [stranger.pid, "another start time"]}))

    Claim(tmp_path).take()

    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_torn_list_does_not_stop_the_start(tmp_path: Path) -> None:
    (tmp_path / "processes.json").write_text('{"web": [12')

    Claim(tmp_path).take()
