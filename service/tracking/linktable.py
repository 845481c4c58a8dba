"""Where an issue's links lead, for the edge: kept in Valkey and in a local file per issue, so that a click needs no database.

Destinations come from here alone, never from a URL (C8).
"""

import contextlib
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path

from service.core import redis

KEY = "links:{issue_id}"  # Valkey hash: number -> destination
WANTED = "links:wanted"  # Valkey set: issues an edge was asked for and did not find
REFRESH_SECONDS = 10.0  # a repaired destination reaches every edge within this


def publish(client: redis.Redis, issue_id: int, destinations: Mapping[int, str]) -> None:
    """Make an issue's links known to every edge; a second time changes nothing."""
    if destinations:
        client.hset(KEY.format(issue_id=issue_id), mapping={str(number): url for number, url in destinations.items()})
    client.srem(WANTED, issue_id)


def known(client: redis.Redis, issue_id: int) -> set[int]:
    """The numbers of an issue's links that every edge can be told of."""
    return {int(number) for number in client.hkeys(KEY.format(issue_id=issue_id))}


def wanted(client: redis.Redis) -> set[int]:
    """The issues some edge was asked for and does not know; what the periodic publisher looks at first."""
    return {int(member) for member in client.smembers(WANTED)}


class Unreachable(Exception):
    """Neither memory nor file nor Valkey knows this issue now; answer 503, never 404."""


class LinkTable:
    """Destinations as one edge process sees them: memory first, then Valkey, then the file of the last time."""

    def __init__(self, client: redis.Redis, folder: Path) -> None:
        self._client = client
        self._folder = folder
        self._tables: dict[int, dict[str, str]] = {}
        self._read_at: dict[int, float] = {}

    def destination(self, issue_id: int, number: str) -> str | None:
        """Where the link leads; None if the issue has no such link. Raises Unreachable."""
        table = self._tables.get(issue_id)
        if table is None or time.monotonic() - self._read_at[issue_id] > REFRESH_SECONDS or number not in table:
            table = self._refresh(issue_id, table)
        return table.get(number)

    def _refresh(self, issue_id: int, known: dict[str, str] | None) -> dict[str, str]:
        table = self._fetch(issue_id)
        if table is None:
            table = known or self._load(issue_id)
        elif table != known:
            self._save(issue_id, table)
        if table is None:
            with contextlib.suppress(redis.Error):
                self._client.sadd(WANTED, issue_id)
            raise Unreachable
        self._tables[issue_id], self._read_at[issue_id] = table, time.monotonic()
        return table

    def _fetch(self, issue_id: int) -> dict[str, str] | None:
        try:
            found = self._client.hgetall(KEY.format(issue_id=issue_id))
        except redis.Error:
            return None
        return {number.decode(): url.decode() for number, url in found.items()} or None  # type: ignore[union-attr]

    def _load(self, issue_id: int) -> dict[str, str] | None:
        try:
            table: dict[str, str] = json.loads((self._folder / f"{issue_id}.json").read_text())
        except (OSError, ValueError):
            return None
        return table

    def _save(self, issue_id: int, table: dict[str, str]) -> None:
        path = self._folder / f"{issue_id}.json"
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        with contextlib.suppress(OSError):  # a full disk costs the fallback, not the click
            self._folder.mkdir(parents=True, exist_ok=True)
            draft.write_text(json.dumps(table))
            draft.replace(path)
