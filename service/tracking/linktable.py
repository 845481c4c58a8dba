"""Where an issue's links lead, for the edge: kept in Valkey, in memory and in a local file per issue, so that a click needs no database.

Destinations come from here alone, never from a URL (C8).
"""

import contextlib
import json
import os
import time
from collections.abc import Mapping
from hashlib import blake2s
from pathlib import Path
from typing import Any

from service.core import redis
from service.tracking.paths import Destination

KEY = "links:{issue_id}"  # Valkey hash: number -> destination as `Destination.text`
VERSIONS = "links:versions"  # Valkey hash: issue -> digest of its table; what edges look at
WANTED = "links:wanted"  # Valkey set: issues an edge was asked for and did not find
REFRESH_SECONDS = 2.0  # between two looks of an edge at the digests: with the publisher's pause, a repaired link is everywhere within 10 s
ASK_AGAIN_SECONDS = 1.0  # between two questions for a number that a known issue does not have
MOST_AHEAD = 300  # the newest issues, whose tables an edge fetches before anybody clicks


def publish(client: redis.Redis, issue_id: int, destinations: Mapping[int, Destination]) -> None:
    """Make an issue's links known to every edge; a second time changes nothing, and writes nothing into Valkey's log."""
    table: dict[Any, Any] = {str(number): found.text(number) for number, found in destinations.items()}
    digest = blake2s(json.dumps(table, sort_keys=True).encode(), digest_size=8).hexdigest()
    is_news = bool(table) and not _is_published(client, issue_id, digest)
    with client.pipeline(transaction=True) as step:
        if is_news:
            step.hset(KEY.format(issue_id=issue_id), mapping=table)
            step.hset(VERSIONS, str(issue_id), digest)
        step.srem(WANTED, issue_id)
        step.execute()


def _is_published(client: redis.Redis, issue_id: int, digest: str) -> bool:
    with client.pipeline(transaction=False) as look:
        look.hget(VERSIONS, str(issue_id))
        look.exists(KEY.format(issue_id=issue_id))
        version, is_there = look.execute()
    return bool(is_there) and version == digest.encode()


def known(client: redis.Redis, issue_id: int) -> set[int]:
    """The numbers of an issue's links that every edge can be told of."""
    return {int(number) for number in client.hkeys(KEY.format(issue_id=issue_id))}


def wanted(client: redis.Redis) -> set[int]:
    """The issues some edge was asked for and does not know; what the periodic publisher looks at first."""
    return {int(member) for member in client.smembers(WANTED)}


class Unreachable(Exception):
    """Neither memory nor file nor Valkey knows this issue now; answer 503, never 404."""


Table = dict[str, Destination | None]


class LinkTable:
    """Destinations as one edge process sees them. A click looks into memory; `refresh`, called by a thread of its own, asks Valkey.

    Only an issue that this process has never seen is looked for while a reader waits: in its file of the last time, then in Valkey.
    """

    def __init__(self, client: redis.Redis, folder: Path) -> None:
        self._client = client
        self._folder = folder
        self._tables: dict[int, Table] = {}
        self._versions: dict[int, Any] = {}
        self._asked_at: dict[int, float] = {}
        self._is_there = True  # Valkey, as far as the last look knows: a reader does not wait for one that is away

    def destination(self, issue_id: int, number: str) -> Destination | None:
        """Where the link leads; None if the issue has no such link. Raises Unreachable."""
        table = self._tables.get(issue_id)
        if table is None or (number not in table and self._may_ask(issue_id)):
            table = self._look_for(issue_id, table)
        return table.get(number)

    def refresh(self) -> int:
        """Fetch the tables that changed since the last time, and those of new issues; how many. Raises redis.Error."""
        try:
            versions: dict[Any, Any] = self._client.hgetall(VERSIONS)
        except redis.Error:
            self._is_there = False
            raise
        self._is_there = True
        found = {int(issue_id): version for issue_id, version in versions.items()}
        ahead = set(sorted(found)[-MOST_AHEAD:])
        changed = [issue for issue in found if (issue in self._tables or issue in ahead) and self._versions.get(issue) != found[issue]]
        for issue_id in changed:
            if self._fetch(issue_id) is not None:
                self._versions[issue_id] = found[issue_id]
        return len(changed)

    def _may_ask(self, issue_id: int) -> bool:
        return time.monotonic() - self._asked_at.get(issue_id, -ASK_AGAIN_SECONDS) >= ASK_AGAIN_SECONDS

    def _look_for(self, issue_id: int, known: Table | None) -> Table:
        table = (self._load(issue_id) if known is None else None) or self._ask(issue_id) or known
        if table is None:
            with contextlib.suppress(redis.Error):
                if self._is_there:
                    self._client.sadd(WANTED, issue_id)
            raise Unreachable
        return table

    def _ask(self, issue_id: int) -> Table | None:
        try:
            return self._fetch(issue_id) if self._is_there else None
        except redis.Error:
            self._is_there = False
            return None
        finally:
            self._asked_at[issue_id] = time.monotonic()

    def _fetch(self, issue_id: int) -> Table | None:
        rows = self._client.hgetall(KEY.format(issue_id=issue_id))
        texts = {number.decode(): text.decode() for number, text in rows.items()}  # type: ignore[union-attr]
        if not texts:
            return None
        table = _table(texts)
        if table != self._tables.get(issue_id):
            self._tables[issue_id] = table
            self._save(issue_id, texts)
        return table

    def _load(self, issue_id: int) -> Table | None:
        try:
            texts: dict[str, str] = json.loads((self._folder / f"{issue_id}.json").read_text())
        except (OSError, ValueError):
            return None
        self._tables[issue_id] = _table(texts)
        return self._tables[issue_id]

    def _save(self, issue_id: int, texts: dict[str, str]) -> None:
        path = self._folder / f"{issue_id}.json"
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        with contextlib.suppress(OSError):  # a full disk costs the fallback, not the click
            self._folder.mkdir(parents=True, exist_ok=True)
            draft.write_text(json.dumps(texts))
            draft.replace(path)


def _table(texts: Mapping[str, str]) -> Table:
    return {number: Destination.read(number, text) for number, text in texts.items()}
