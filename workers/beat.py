"""Beat, for `celery -A workers.beat beat`: it only ticks, and loads nothing but what that needs."""

from typing import Any

from service.broker import TICK, make_celery
from service.core import queues
from service.core.settings import Settings
from workers.starting import settings_or_exit


def schedule(settings: Settings) -> dict[str, Any]:
    """Beat's whole schedule. A tick that nobody took before the next one is worth nothing and expires."""
    options = {"queue": queues.TICK, "expires": settings.tick_seconds}
    return {"tick": {"task": TICK, "schedule": settings.tick_seconds, "options": options}}


chosen = settings_or_exit()
app = make_celery(chosen)
# no file of its own: a schedule of one tick needs no memory, and a killed beat leaves nothing torn
app.conf.update(beat_schedule=schedule(chosen), beat_scheduler="celery.beat:Scheduler", broker_connection_max_retries=None)
