"""The Celery application of the workers, for `celery -A workers.app`: made from the settings, with every task file of this folder."""

import os
from pathlib import Path
from typing import Any

from celery import signals

from service.broker import make_celery
from workers.process import look_for_cycles_seldom
from workers.starting import settings_or_exit

NOT_TASKS = {"__init__", "app", "beat", "process", "starting", "event_consumer", "bounce_listener", "places"}

chosen = settings_or_exit()
app = make_celery(chosen)
app.conf.update(
    imports=[f"workers.{file.stem}" for file in sorted(Path(__file__).parent.glob("*.py")) if file.stem not in NOT_TASKS],
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_send_task_events=False,
    broker_connection_max_retries=None,
)


@signals.worker_process_init.connect
def _settle(**_: Any) -> None:
    look_for_cycles_seldom()


@signals.worker_ready.connect
def _tell_the_launcher(**_: Any) -> None:
    if path := os.environ.get("READY_FILE"):
        Path(path).touch()


@signals.worker_ready.connect
def _watch_over_it(**_: Any) -> None:
    from workers.watch import Watch  # not before every task is known

    watch = Watch(app, chosen)
    signals.task_received.connect(watch.message_came, weak=False)
    signals.worker_shutting_down.connect(lambda **_: watch.close(), weak=False)
    watch.start()
