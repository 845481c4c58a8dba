"""Packed hits on their way from the spools to the database: entries of a Valkey stream, kept until they are known to be committed.

An entry may be read, written and shipped again at any time: the ids of its hits make that harmless.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from service.core import redis
from service.feedback.hits import Hit, decode

STREAM = "hits"
GROUP = "ingest"
PACKS = "hits:packs"  # sorted set: 0 for a pack that is in the stream, else when its hits were committed; then its spool file may go
TAKEN_SECONDS = 600.0  # B15; a spool that comes back later ships its packs once more, which changes nothing
MOST_ENTRIES = 20_000  # in the stream; while nobody takes them out, further hits wait in the spool
IDLE_MS = 5_000  # whoever was given an entry this long ago is thought dead; if it lives, two do the same, which changes nothing


class StreamFull(Exception):
    """Nobody has taken hits out for long; they wait in the spool."""


@dataclass(frozen=True)
class Entry:
    """A pack as it stands in the stream, to be acknowledged after the commit."""

    id: bytes
    pack: bytes
    hits: list[Hit]


def append(client: redis.Redis, pack: str, packed: bytes) -> None:
    """Add the hits of one pack. Raises StreamFull."""
    if client.xlen(STREAM) >= MOST_ENTRIES:
        raise StreamFull
    with client.pipeline(transaction=True) as step:
        step.xadd(STREAM, {"pack": pack, "hits": packed})
        step.zadd(PACKS, {pack: 0})
        step.execute()


def join(client: redis.Redis) -> None:
    """Make the consumers' group, from the first entry on; made again after the server lost its data."""
    try:
        client.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
    except redis.ResponseError as refused:
        if "BUSYGROUP" not in str(refused):
            raise


def read(client: redis.Redis, consumer: str, *, entries: int = 20, block_ms: int = 1000) -> list[Entry]:
    """The next entries for this consumer: first those it, or a consumer that is gone, was given and never acknowledged."""
    _, claimed, *_ = client.xautoclaim(STREAM, GROUP, consumer, min_idle_time=IDLE_MS, count=entries)
    own = client.xreadgroup(GROUP, consumer, {STREAM: "0"}, count=entries)
    found = [*_entries(own), *(_entry(id_, fields) for id_, fields in claimed if fields)]
    if found:
        return list({entry.id: entry for entry in found}.values())
    return _entries(client.xreadgroup(GROUP, consumer, {STREAM: ">"}, count=entries, block=block_ms))


def acknowledge(client: redis.Redis, entries: Iterable[Entry]) -> None:
    """After the commit: the entries go, so that no hit outlives its ingest in the stream (B15), and the spools hear of it, in one step."""
    done = list(entries)
    if not done:
        return
    now, ids = time.time(), [entry.id for entry in done]
    with client.pipeline(transaction=True) as step:
        step.xack(STREAM, GROUP, *ids)
        step.xdel(STREAM, *ids)
        step.zadd(PACKS, {entry.pack: now for entry in done})
        step.zremrangebyscore(PACKS, 1, now - TAKEN_SECONDS)
        step.execute()


def leave(client: redis.Redis, consumer: str) -> None:
    """This consumer ends; forget its name if nothing is left with it."""
    if not _entries(client.xreadgroup(GROUP, consumer, {STREAM: "0"}, count=1)):
        client.xgroup_delconsumer(STREAM, GROUP, consumer)


@dataclass(frozen=True)
class Whereabouts:
    """Of packs that were shipped: those committed, and those that the server lost before that."""

    taken: set[str]
    lost: set[str]


def whereabouts(client: redis.Redis, packs: Sequence[str]) -> Whereabouts:
    """What became of these packs; what still waits is in neither set. One small question, however large the packs are.

    Name and entry come and go together; where names wait for a stream that is empty, somebody has deleted it, and they are lost, too.
    """
    with client.pipeline(transaction=True) as step:
        step.zmscore(PACKS, list(packs))
        step.xlen(STREAM)
        scores, waiting = step.execute()
    known = dict(zip(packs, scores, strict=True))
    taken = {pack for pack, score in known.items() if score}
    return Whereabouts(taken, {pack for pack, score in known.items() if score is None or (score == 0 and not waiting)})


def forget(client: redis.Redis, packs: Iterable[str]) -> None:
    """The spool files of these packs are gone; nobody asks for them any more."""
    names = list(packs)
    if names:
        client.zrem(PACKS, *names)


def _entries(answer: Any) -> list[Entry]:
    return [_entry(id_, fields) for _, batch in answer or [] for id_, fields in batch if fields]


def _entry(id_: bytes, fields: dict[bytes, bytes]) -> Entry:
    return Entry(id_, fields.get(b"pack", b""), decode(fields.get(b"hits", b"")))
