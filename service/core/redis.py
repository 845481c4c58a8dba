"""The one way to reach Valkey (or Redis): short timeouts, no silent retries, so that a lost server is noticed in seconds."""

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from service.core.settings import Settings

Redis = redis.Redis  # the client's type, so that rooms name it without importing the library
Error = redis.RedisError
ResponseError = redis.ResponseError
SOCKET_NAME = "valkey.sock"
LONGEST_PATH = 107  # bytes; AF_UNIX addresses end there


def url(settings: Settings) -> str:
    """The address of Valkey: the setting, else the embedded server's unix socket or, where its path is too long, its recorded port."""
    if settings.valkey_url:
        return settings.valkey_url
    path = settings.var_dir.resolve() / SOCKET_NAME
    if len(str(path).encode()) <= LONGEST_PATH:
        return f"unix://{path}"
    port_file = settings.var_dir / "valkey.port"
    return f"redis://127.0.0.1:{port_file.read_text().strip() if port_file.exists() else 6379}"


def connect(settings: Settings, *, patience_seconds: float = 5.0) -> "redis.Redis":
    """A client that waits at most that long for an answer and never repeats a command by itself; block at most 3000 ms on reads."""
    return redis.Redis.from_url(
        url(settings), socket_timeout=patience_seconds, socket_connect_timeout=min(2.0, patience_seconds), retry=Retry(NoBackoff(), 0)
    )
