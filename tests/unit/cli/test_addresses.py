"""Commands beside a running launcher use its addresses; without one, those of the settings."""

import fcntl
from pathlib import Path

import pytest

from service.cli.launching import addresses
from service.core.settings import Settings


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PRESSRUN_VAR_DIR", str(tmp_path))
    (tmp_path / "run").mkdir()
    return tmp_path


def test_addresses_of_a_running_launcher_are_used(var: Path) -> None:
    addresses.note(Settings(var_dir=var), Settings(var_dir=var, base_url="http://127.0.0.1:8099"))
    with (var / "run" / "launcher.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        found = addresses.settings_here()

    assert found.base_url == "http://127.0.0.1:8099"


def test_what_is_set_otherwise_stays(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    addresses.note(Settings(var_dir=var), Settings(var_dir=var, base_url="http://127.0.0.1:8099", smtp_url="smtp://127.0.0.1:8098"))
    monkeypatch.setenv("PRESSRUN_SMTP_URL", "smtp://127.0.0.1:25")
    with (var / "run" / "launcher.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        found = addresses.settings_here()

    assert (found.base_url, found.smtp_url) == ("http://127.0.0.1:8099", "smtp://127.0.0.1:25")


@pytest.mark.parametrize("was_launched", [True, False])
def test_addresses_of_a_launcher_that_ended_are_not(var: Path, was_launched: bool) -> None:
    addresses.note(Settings(var_dir=var), Settings(var_dir=var, base_url="http://127.0.0.1:8099"))
    if was_launched:
        (var / "run" / "launcher.lock").touch()

    found = addresses.settings_here()

    assert found.base_url == "http://127.0.0.1:8025"
