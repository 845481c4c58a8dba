"""The addresses of a launcher that runs now: a taken port moved them, so another command beside it must not guess from the settings."""

import fcntl
import json
from contextlib import suppress

from service.core import settings
from service.core.settings import Settings

NAMES = ("base_url", "edge_url", "smtp_url", "catcher_port", "lmtp_port")


def note(wanted: Settings, real: Settings) -> None:
    """Remember where the processes listen instead of where they were told to; on a full disk others fall back to the settings."""
    moved = {name: (getattr(wanted, name), getattr(real, name)) for name in NAMES}
    with suppress(OSError):
        (real.var_dir / "run" / "addresses.json").write_text(json.dumps(moved))


def settings_here() -> Settings:
    """The settings, with the addresses of the launcher that holds this `var` folder, if one does. Raises InvalidSettings.

    What is set otherwise than the launcher was told stays as it is set.
    """
    chosen = settings.load()
    folder = chosen.var_dir / "run"
    try:
        with (folder / "launcher.lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        with suppress(OSError, ValueError, TypeError):
            moved = json.loads((folder / "addresses.json").read_text())
            return chosen.model_copy(update={name: real for name, (wanted, real) in moved.items() if getattr(chosen, name) == wanted})
    except OSError:
        pass  # never launched here
    return chosen
