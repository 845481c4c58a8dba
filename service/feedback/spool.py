"""Hits on the disk of the edge: in the kernel before the reader is answered, removed only when they are known to be in the database.

One file is one pack. `NAME.hits` is to be shipped, its writer holds its lock; `NAME.sent` is in the stream and waits for the commit.
"""

import contextlib
import errno
import fcntl
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from service.core import redis
from service.core.ids import hex_id
from service.feedback import stream
from service.feedback.hits import Hit, encode

FULL_BYTES = 256 * 1024  # a file that is as large is closed, and the next one begun
LOOK_SECONDS = 1.0  # between two looks at what became of shipped files, and at files that ended processes left
LOOKED_AT_ONCE = 500
HITS, SENT, DRAFT = ".hits", ".sent", ".draft"


class Spool:
    """The spool of one process: `add` returns when the hit is in the kernel; `flush` moves what is there to the stream.

    Any process of the host looks after what ended ones have left in the same folder.
    """

    def __init__(self, folder: Path, client: redis.Redis) -> None:
        self._folder = folder
        self._client = client
        self._lock = threading.Lock()
        self._flushing = threading.Lock()
        self._closed: list[Path] = []
        self._looked_at = -LOOK_SECONDS
        self._size, self._is_torn = 0, False
        folder.mkdir(parents=True, exist_ok=True)
        self._begin()

    def add(self, hit: Hit) -> None:
        """Append the hit with one write(2). Raises OSError when it cannot (a full disk)."""
        line = encode(hit)
        with self._lock:
            data = b"\n" + line if self._is_torn else line  # half a line, left by a full disk, must not swallow this one
            written = os.write(self._file, data)
            self._size += written
            self._is_torn = written != len(data)
            if self._is_torn:
                raise OSError(errno.ENOSPC, "short write to the spool")
            if self._size >= FULL_BYTES:
                with contextlib.suppress(OSError):  # the file grows on, then
                    self._close()

    def flush(self) -> int:
        """Move every spooled hit of this and of ended processes to the stream; how many files.

        Raises redis.Error or StreamFull, keeping all.
        Now and then it also looks what became of the files that were shipped before: gone when committed, shipped again when lost.
        """
        with self._flushing:
            moved = 0
            if time.monotonic() - self._looked_at >= LOOK_SECONDS:
                moved += self._look()
                self._looked_at = time.monotonic()
            moved += self._ship_closed()  # first, so that while the stream is away one file grows instead of a new one each time
            with self._lock:
                if self._size:
                    self._close()
            return moved + self._ship_closed()

    def _begin(self) -> None:
        name = f"{os.getpid()}-{hex_id(8)}"
        draft, path = self._folder / f"{name}{DRAFT}", self._folder / f"{name}{HITS}"
        file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        fcntl.flock(file, fcntl.LOCK_EX)  # says: its writer lives; locked before another process sees it, which would ship it half full
        draft.rename(path)
        self._file, self._path, self._size, self._is_torn = file, path, 0, False

    def _close(self) -> None:
        file, path = self._file, self._path
        self._begin()
        self._closed.append(path)
        os.close(file)

    def _ship_closed(self) -> int:
        moved = 0
        while self._closed:
            moved += self._ship(self._closed[0])
            del self._closed[0]
        return moved

    def _ship(self, path: Path) -> int:
        """Put the file's pack into the stream, unless another process is at it or was faster; 1 if it was put there."""
        try:
            file = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            return 0
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not path.exists():
                return 0
            with open(file, "rb", closefd=False) as pack:
                packed = pack.read()
            if not packed:
                path.unlink(missing_ok=True)
                return 0
            stream.append(self._client, path.stem, packed)
            path.rename(path.with_suffix(SENT))
            return 1
        except BlockingIOError:
            return 0  # its writer lives, or another process ships it
        finally:
            os.close(file)

    def _look(self) -> int:
        sent: list[Path] = []
        moved = 0
        for path in self._files():
            if path.suffix == SENT:
                sent.append(path)
            elif path.suffix == HITS and path != self._path and path not in self._closed:
                moved += self._ship(path)
        return moved + sum(self._settle(sent[start : start + LOOKED_AT_ONCE]) for start in range(0, len(sent), LOOKED_AT_ONCE))

    def _settle(self, paths: list[Path]) -> int:
        known = {path.stem: path for path in paths}
        found = stream.whereabouts(self._client, list(known))
        for pack in found.taken:
            known[pack].unlink(missing_ok=True)
        stream.forget(self._client, found.taken)
        again = [known[pack].with_suffix(HITS) for pack in found.lost]
        for path in again:
            with contextlib.suppress(FileNotFoundError):  # another process saw it, too
                path.with_suffix(SENT).rename(path)
        return sum(self._ship(path) for path in again)

    def _files(self) -> Iterator[Path]:
        with os.scandir(self._folder) as found:
            yield from [self._folder / each.name for each in found]
