"""The addresses of a launcher that runs now: a taken port moved them, so another command beside it must not guess from the settings."""

import fcntl
import json
from contextlib import suppress

from service.core import settings
from service.core.settings import Settings

NAMES = ("base_url", "edge_url", "smtp_url", "catcher_port")


def note(chosen: Settings) -> None:
    """Remember where the processes listen; on a full disk others fall back to the settings."""
    with suppress(OSError):
        (chosen.var_dir / "run" / "addresses.json").write_text(json.dumps({name: getattr(chosen, name) for name in NAMES}))


def settings_here() -> Settings:
    """The settings, with the addresses of the launcher that holds this `var` folder, if one does. Raises InvalidSettings."""
    chosen = settings.load()
    folder = chosen.var_dir / "run"
    try:
        with (folder / "launcher.lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        with suppress(OSError, ValueError):
            return chosen.model_copy(update=json.loads((folder / "addresses.json").read_text()))
    except OSError:
        pass  # never launched here
    return chosen
