"""Hits on their way from the edge to the database: a local spool file, then packed entries of a Valkey stream.

A hit is in the kernel before the reader is answered, and in the stream before its spool file is removed; its id makes a replay harmless.
"""

import errno
import fcntl
import json
import os
import threading
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from itertools import islice
from pathlib import Path
from typing import Any

from service.core import redis
from service.core.ids import hex_id

STREAM = "hits"
GROUP = "ingest"
PACK = 500  # hits in one stream entry
MOST_ENTRIES = 200_000  # in the stream; while nobody takes them out, further hits wait in the spool instead of pushing out older ones


class StreamFull(Exception):
    """Nobody has taken hits out for long; they wait in the spool."""


@dataclass(frozen=True)
class Hit:
    """One request for a pixel (`link` is None) or a link, as the edge saw it; `at` in epoch seconds, `headers` by `labels_headers`."""

    id: str
    at: float
    issue: int
    subscriber: int
    link: int | None
    ip: str = ""
    user_agent: str = ""
    headers: str = ""


FIELDS = frozenset(field.name for field in fields(Hit))


@dataclass(frozen=True)
class Entry:
    """A packed entry of the stream, to be acknowledged after the commit."""

    id: bytes
    hits: tuple[Hit, ...]


def encode(hits: Iterable[Hit]) -> bytes:
    """One JSON line for each hit."""
    return b"".join(json.dumps(asdict(hit), separators=(",", ":"), ensure_ascii=False).encode() + b"\n" for hit in hits)


def decode(data: bytes) -> Iterator[Hit]:
    """The hits of `encode`; a line torn by a power cut is passed over, and what a newer edge wrote besides is left out."""
    for line in data.splitlines():
        try:
            yield Hit(**{name: value for name, value in json.loads(line).items() if name in FIELDS})
        except (ValueError, TypeError, AttributeError):
            continue


class Spool:
    """The spool of one edge process: `add` returns when the hit is in the kernel; `flush` moves what is there to the stream."""

    def __init__(self, folder: Path, client: redis.Redis) -> None:
        self._folder = folder
        self._client = client
        self._lock = threading.Lock()
        self._flushing = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        self._file = self._open()
        self._is_empty = True
        self._is_torn = False

    def add(self, hit: Hit) -> None:
        """Append the hit with one write(2). Raises OSError when it cannot (a full disk)."""
        line = encode((hit,))
        with self._lock:
            data = b"\n" + line if self._is_torn else line  # half a line, left by a full disk, must not swallow this one
            written = os.write(self._file, data)
            self._is_torn = written != len(data)
            if self._is_torn:
                raise OSError(errno.ENOSPC, "short write to the spool")
            self._is_empty = False

    def flush(self) -> int:
        """Move every spooled hit of this and of ended processes to the stream; how many. Raises redis.Error or StreamFull, keeping all."""
        with self._flushing:
            moved = self._ship_left()  # first, so that while the stream is away one file grows instead of a new one each time
            self._rotate()
            return moved + self._ship_left()

    def _ship_left(self) -> int:
        return sum(self._ship(path) for path in sorted(self._folder.glob("*.hits")) if self._path != path)

    def _open(self) -> int:
        name = f"{os.getpid()}-{hex_id(8)}"
        draft, path = self._folder / f"{name}.draft", self._folder / f"{name}.hits"
        file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        fcntl.flock(file, fcntl.LOCK_EX)  # says: its writer lives; locked before another process sees it, which would ship and remove it
        draft.rename(path)
        self._path = path
        return file

    def _rotate(self) -> None:
        with self._lock:
            if self._is_empty:
                return
            full = self._file
            self._file = self._open()
            self._is_empty, self._is_torn = True, False
        os.close(full)

    def _ship(self, path: Path) -> int:
        try:
            file = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            return 0  # another process of this host was faster
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return 0  # its writer lives, and ships it itself
        try:
            moved = 0
            with path.open("rb") as lines:
                while pack := list(islice(lines, PACK)):
                    append(self._client, b"".join(pack))
                    moved += len(pack)
            path.unlink(missing_ok=True)
            return moved
        except FileNotFoundError:
            return 0
        finally:
            os.close(file)


def append(client: redis.Redis, packed: bytes) -> None:
    """Add encoded hits as one entry. Raises StreamFull."""
    if client.xlen(STREAM) >= MOST_ENTRIES:
        raise StreamFull
    client.xadd(STREAM, {"hits": packed})


def join(client: redis.Redis) -> None:
    """Make the consumers' group, from the first entry on; made again after the server lost its data."""
    try:
        client.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
    except redis.ResponseError as refused:
        if "BUSYGROUP" not in str(refused):
            raise


def read(client: redis.Redis, consumer: str, *, entries: int = 20, block_ms: int = 1000) -> list[Entry]:
    """The next entries for this consumer: first those it, or a consumer gone for a minute, was given and never acknowledged."""
    _, claimed, *_ = client.xautoclaim(STREAM, GROUP, consumer, min_idle_time=60_000, count=entries)
    own = client.xreadgroup(GROUP, consumer, {STREAM: "0"}, count=entries)
    found = [*_entries(own), *(_entry(id_, fields) for id_, fields in claimed if fields)]
    if found:
        return list({entry.id: entry for entry in found}.values())
    return _entries(client.xreadgroup(GROUP, consumer, {STREAM: ">"}, count=entries, block=block_ms))


def acknowledge(client: redis.Redis, entries: Iterable[Entry]) -> None:
    """After the commit: the entries are settled and deleted, so that no hit outlives its ingest in the stream (B15)."""
    ids = [entry.id for entry in entries]
    if ids:
        client.xack(STREAM, GROUP, *ids)
        client.xdel(STREAM, *ids)


def _entries(answer: Any) -> list[Entry]:
    return [_entry(id_, fields) for _, batch in answer or [] for id_, fields in batch]


def _entry(id_: bytes, fields: dict[bytes, bytes]) -> Entry:
    return Entry(id_, tuple(decode(fields.get(b"hits", b""))))
