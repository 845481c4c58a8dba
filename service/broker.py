"""Hands committed jobs to Celery by name; the one file of service/ that knows Celery. A failed nudge is logged, never shown."""

from collections.abc import Iterable

from celery import Celery

from service.core import logs, queues, redis
from service.core.settings import Settings

log = logs.get(__name__)

TASK = "pressrun.run_jobs"  # drains the due jobs of one name
DRAIN = "pressrun.drain"  # claims batches and sends
PERIODIC = "pressrun.run_periodic"  # runs one periodic function
TICK = "pressrun.tick"  # what beat sends


def make_celery(settings: Settings) -> Celery:
    """The Celery application: JSON only, late acknowledgement, no results, no retries of its own (E7 of the reliability rules)."""
    address = redis.url(settings)
    if address.startswith("unix://"):
        address = "redis+socket://" + address.removeprefix("unix://")
    app = Celery("pressrun", broker=address)
    app.conf.update(
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_soft_shutdown_timeout=10,
        broker_connection_retry_on_startup=True,
        broker_transport_options={
            "visibility_timeout": 3600,
            "unacked_restore_throttle": 1,
            "socket_timeout": 5,
            "socket_connect_timeout": 0.5,
        },
        task_default_queue=queues.TICK,
        enable_utc=True,
    )
    return app


class Broker:
    """Nudges: fire and forget. With the broker away the first one costs half a second, and the rest are not tried."""

    def __init__(self, settings: Settings) -> None:
        self._celery = make_celery(settings)
        # without it the library tries for six seconds to reach a broker that is away, inside a request
        self._celery.conf.broker_transport_options |= {"max_retries": 0}

    def nudge(self, names: Iterable[str]) -> None:
        """Tell the workers that jobs of these names are due."""
        _until_refused(self._send(TASK, [name], queues.JOB_QUEUES.get(name, queues.TICK)) for name in names)

    def nudge_periodic(self, name: str, queue: str, *, expires_seconds: float) -> None:
        """Tell the workers of a queue to run a periodic function; a message nobody took in time is worth nothing."""
        self._send(PERIODIC, [name], queue, expires=expires_seconds)

    def nudge_sending(self, lanes: Iterable[str]) -> None:
        """Tell the workers that batches of these lanes wait."""
        _until_refused(self._send(DRAIN, [lane], queues.SEND) for lane in lanes)

    def _send(self, task: str, args: list[str], queue: str, expires: float | None = None) -> bool:
        try:
            self._celery.send_task(task, args=args, queue=queue, retry=False, ignore_result=True, expires=expires)
        except Exception as failure:  # noqa: BLE001 - the row in the database stands; the sweep will nudge again
            log.warning("nudge not delivered", task=task, args=args, reason=type(failure).__name__)
            return False
        return True


def _until_refused(sent: Iterable[bool]) -> None:
    """Send one after the other; a broker that is away is not asked again for the rest."""
    all(sent)
