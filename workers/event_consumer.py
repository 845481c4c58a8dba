"""The long-running process that takes hits from the stream into the database; acknowledged only after the commit."""

import contextlib
import os
import platform
import signal
import threading
import time
from datetime import datetime
from types import FrameType

from service.core import clock, logs, redis, settings
from service.feedback import ingest, months, stream
from service.runtime import Runtime
from workers.process import look_for_cycles_seldom

PAUSE_SECONDS = 1.0
ENTRIES = 8  # taken at once: up to about twelve thousand hits in one transaction

log = logs.get(__name__)

OBJECTS = 200_000  # twice what a batch makes: after so many Python looks for cycles


class Consumer:
    """Reads, writes, acknowledges, until told to stop."""

    def __init__(self, runtime: Runtime, number: int = 1) -> None:
        self._runtime = runtime
        self._name = f"{platform.node()}-{os.getpid()}-{number}"
        self._is_stopping = False

    def stop(self) -> None:
        """Finish the entries at hand, then leave."""
        self._is_stopping = True

    def run(self) -> None:
        """Until stopped; a Valkey or a database that is away is waited for, with everything unacknowledged kept."""
        is_joined = False
        while not self._is_stopping:
            try:
                if not is_joined:
                    stream.join(self._runtime.redis)
                    is_joined = True
                self.step()
            except Exception as failure:  # noqa: BLE001 - whatever it was, the entries stand and are read again
                is_joined = False
                log.warning("hits wait", reason=type(failure).__name__, remedy="they are kept until database and Valkey answer")
                time.sleep(PAUSE_SECONDS)
        with contextlib.suppress(redis.Error):
            stream.leave(self._runtime.redis, self._name)

    def step(self, *, block_ms: int = 1000) -> int:
        """One round, after waiting so long for entries; how many events were new."""
        entries = stream.read(self._runtime.redis, self._name, entries=ENTRIES, block_ms=block_ms)
        if not entries:
            return 0
        batch = ingest.labelled(hit for entry in entries for hit in entry.hits)
        with self._runtime.writing() as session:
            written = ingest.ingest(session, batch, oldest=self._oldest())
        stream.acknowledge(self._runtime.redis, entries)
        return written

    def _oldest(self) -> datetime:
        return months.first_kept(clock.now(), self._runtime.settings.hits_kept_months)


def main() -> None:
    config = settings.load()
    logs.configure(config)
    runtime = Runtime(config)
    look_for_cycles_seldom(OBJECTS)
    # one unpacks and labels while the other waits for PostgreSQL; SQLite lets one write at a time
    consumers = [Consumer(runtime, number) for number in range(1, 2 if runtime.database.is_sqlite else 3)]

    def stop(_signal: int, _frame: FrameType | None) -> None:
        for consumer in consumers:
            consumer.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    log.info("event consumer started", valkey=redis.url(config).partition("@")[2] or redis.url(config))
    threads = [threading.Thread(target=consumer.run) for consumer in consumers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
