"""The long-running process that takes hits from the stream into the database; acknowledged only after the commit."""

import contextlib
import os
import platform
import signal
import time
from types import FrameType

from service.core import logs, redis, settings
from service.feedback import ingest, stream
from service.runtime import Runtime

PAUSE_SECONDS = 1.0

log = logs.get(__name__)


class Consumer:
    """Reads, writes, acknowledges, until told to stop."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._name = f"{platform.node()}-{os.getpid()}"
        self._is_stopping = False

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
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

    def step(self) -> int:
        """One round; how many events were new."""
        entries = stream.read(self._runtime.redis, self._name)
        if not entries:
            return 0
        with self._runtime.writing() as session:
            written = ingest.ingest(session, (hit for entry in entries for hit in entry.hits))
        stream.acknowledge(self._runtime.redis, entries)
        return written


def main() -> None:
    config = settings.load()
    logs.configure(config)
    consumer = Consumer(Runtime(config))
    signal.signal(signal.SIGTERM, consumer.stop)
    signal.signal(signal.SIGINT, consumer.stop)
    log.info("event consumer started", valkey=redis.url(config).partition("@")[2] or redis.url(config))
    consumer.run()


if __name__ == "__main__":
    main()
