"""The workers' application, whose first worker takes no message any more, as after a broker that came back: for `celery -A`."""

import os
from pathlib import Path
from typing import Any

from celery import signals

from workers.app import app

__all__ = ["app"]


@signals.worker_ready.connect
def _grow_deaf(sender: Any, **_: Any) -> None:
    deaf = Path(os.environ["DEAF_FILE"])
    if deaf.exists():
        deaf.unlink()
        sender.call_soon(sender.task_consumer.cancel)
