"""Which loopback ports the processes get: the wished one, else the next free, and the addresses in the settings follow."""

import errno
import socket
from collections.abc import Callable, Collection
from urllib.parse import urlsplit, urlunsplit

from service.core.errors import Conflict
from service.core.settings import LOOPBACK, Settings

HOST = "127.0.0.1"
WEB_PORT, EDGE_PORT = 8025, 8026  # where a proxy in front of an outside address finds us
HIGHEST = 65535
FOLLOW_TRIES = 200


class NoPortFree(Conflict):
    """Nothing free near the wished port."""


def settle(settings: Settings, say: Callable[[str], None], *, with_catcher: bool) -> Settings:
    """The settings with addresses whose ports are free; `say` gets a sentence for each port that was taken."""
    wished = {"web": port_of(settings.base_url, WEB_PORT), "edge": port_of(settings.edge_url, EDGE_PORT)}
    wished["bounce listener"] = settings.lmtp_port
    if with_catcher:
        wished["mail catcher"] = settings.catcher_port
    chosen: dict[str, int] = {}
    for name, port in wished.items():
        others = {*chosen.values(), *(other for key, other in wished.items() if key != name)}
        chosen[name] = next_free(port, others)
        if chosen[name] != port:
            say(f"Port {port} is taken by another program; {name} uses {chosen[name]} instead.")
    changes: dict[str, object] = {
        "base_url": _with_port(settings.base_url, chosen["web"]),
        "edge_url": _with_port(settings.edge_url, chosen["edge"]),
        "lmtp_port": chosen["bounce listener"],
    }
    if with_catcher:
        changes |= {"catcher_port": chosen["mail catcher"], "smtp_url": f"smtp://{HOST}:{chosen['mail catcher']}"}
    return settings.model_copy(update=changes)


def port_of(url: str, behind_proxy: int) -> int:
    """Where we listen for this address: its own port on this machine, `behind_proxy` for an address of the outside world."""
    parts = urlsplit(url)
    return parts.port or (80 if parts.scheme == "http" else 443) if parts.hostname in LOOPBACK else behind_proxy


def next_free(port: int, avoid: Collection[int] = ()) -> int:
    """`port` if it is free, else the next one that is and that is not in `avoid`. Raises NoPortFree."""
    if is_free(port):
        return port
    for candidate in range(port + 1, min(port + FOLLOW_TRIES, HIGHEST)):
        if candidate not in avoid and is_free(candidate):
            return candidate
    raise NoPortFree("No port is free from {port} on.", remedy="End another program, or choose a port in PRESSRUN_BASE_URL.", port=port)


def is_free(port: int) -> bool:
    """Whether we may listen on it. A port we are not allowed to use counts as taken."""
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((HOST, port))
        except OSError as failure:
            if failure.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True


def _with_port(url: str, port: int) -> str:
    parts = urlsplit(url)
    if parts.hostname not in LOOPBACK:
        return url
    host = f"[{parts.hostname}]" if ":" in str(parts.hostname) else parts.hostname
    return urlunsplit(parts._replace(netloc=f"{host}:{port}"))
