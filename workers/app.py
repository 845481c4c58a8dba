"""The Celery application, for `celery -A workers.app`: made from the settings, with every task file of this folder."""

import logging
import os
import sys
from pathlib import Path
from typing import Any

from celery import signals

from service.broker import make_celery
from service.core import logs, settings
from workers import beat

NOT_TASKS = {"__init__", "app", "process", "event_consumer", "bounce_listener"}

try:
    chosen = settings.load()
except settings.InvalidSettings as mistakes:
    sys.exit(f"{mistakes}\n→ {mistakes.remedy}")

app = make_celery(chosen)
app.conf.update(
    imports=[f"workers.{file.stem}" for file in sorted(Path(__file__).parent.glob("*.py")) if file.stem not in NOT_TASKS],
    beat_schedule=beat.schedule(chosen),
    # no file of its own: a schedule of one tick needs no memory, and a killed beat leaves nothing torn
    beat_scheduler="celery.beat:Scheduler",
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_send_task_events=False,
    broker_connection_max_retries=None,
)


@signals.worker_ready.connect
def _tell_the_launcher(**_: Any) -> None:
    if path := os.environ.get("READY_FILE"):
        Path(path).touch()


@signals.setup_logging.connect
def _set_up_logging(**_: Any) -> None:
    logs.configure(chosen)
    for name in ("celery.worker.strategy", "celery.app.trace"):  # a line for each tick received and done says nothing
        logging.getLogger(name).setLevel(logging.WARNING)
