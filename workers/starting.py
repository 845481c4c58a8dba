"""How a Celery process starts: with settings that can be read, and our own logs."""

import logging
import sys
from typing import Any

from celery import signals

from service.core import logs, settings
from service.core.settings import Settings


def settings_or_exit() -> Settings:
    """The settings; the process ends with every mistake listed where they are wrong."""
    try:
        return settings.load()
    except settings.InvalidSettings as mistakes:
        sys.exit(f"{mistakes}\n→ {mistakes.remedy}")


@signals.setup_logging.connect
def _set_up_logging(**_: Any) -> None:
    logs.configure(settings_or_exit())
    for name in ("celery.worker.strategy", "celery.app.trace"):  # a line for each tick received and done says nothing
        logging.getLogger(name).setLevel(logging.WARNING)
