"""Pixels and clicks: a plain WSGI callable without database or framework. The hit is in the kernel before the reader is answered."""

import os
import threading
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from service.core import logs, redis, settings
from service.core.signing import Signer
from service.feedback import hits, labels_headers
from service.feedback.labels_networks import network_of
from service.feedback.spool import Spool
from service.feedback.stream import StreamFull
from service.tracking import linktable, paths, tokens
from service.tracking.linktable import LinkTable, Unreachable

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]

PIXEL = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")
PRIVATE = [("Cache-Control", "no-store, max-age=0"), ("Referrer-Policy", "no-referrer"), ("X-Content-Type-Options", "nosniff")]
FLUSH_SECONDS = 0.2
LINK_SECONDS = 0.5  # Valkey is waited for this long where a reader waits, too
LONGEST_USER_AGENT = 300  # characters
HEADERS = [name for name in labels_headers.NAMES if not name.startswith(":")]
HEADER_KEYS = ["HTTP_" + name.upper().replace("-", "_") for name in HEADERS]

PURPOSES = ("HTTP_PURPOSE", "HTTP_SEC_PURPOSE", "HTTP_X_MOZ")

log = logs.get(__name__)


class Edge:
    """The application of one process. `start` begins moving hits to the stream."""

    def __init__(self, signer: Signer, links: LinkTable, spool: Spool, *, behind_proxy: bool = False) -> None:
        self._signer = signer
        self._links = links
        self._spool = spool
        self._behind_proxy = behind_proxy
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self._ids = hits.Ids()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith(paths.CLICK_PATH):
            return self._click(environ, start_response, path[len(paths.CLICK_PATH) :])
        if path.startswith(paths.PIXEL_PATH):
            return self._open(environ, start_response, path[len(paths.PIXEL_PATH) :])
        if path == "/healthz":
            return _answer(start_response, "200 OK", b"ok\n")
        return _not_found(start_response)

    def _click(self, environ: Environ, start_response: StartResponse, rest: str) -> Iterable[bytes]:
        token, _, number = rest.partition("/")
        delivery = tokens.read(self._signer, token)
        if delivery is None or not (number.isascii() and number.isdigit() and len(number) < 6):
            return _not_found(start_response)
        try:
            found = self._links.destination(delivery[0], number)
        except Unreachable:
            return _later(start_response)
        if found is None:
            return _not_found(start_response)
        self._note(environ, delivery, found.number, is_private=_asks_not_to_be_tracked(environ))
        start_response("302 Found", [("Location", found.url), ("Content-Length", "0"), *PRIVATE])
        return []

    def _open(self, environ: Environ, start_response: StartResponse, rest: str) -> Iterable[bytes]:
        delivery = tokens.read(self._signer, rest.removesuffix(paths.PIXEL_SUFFIX))
        if delivery is not None and not _asks_not_to_be_tracked(environ):
            self._note(environ, delivery, None, is_private=False)
        # the same picture for a forged token: whoever probes learns nothing, and a letter shows no broken image
        start_response("200 OK", [("Content-Type", "image/gif"), ("Content-Length", str(len(PIXEL))), *PRIVATE])
        return [b"" if environ.get("REQUEST_METHOD") == "HEAD" else PIXEL]

    def _note(self, environ: Environ, delivery: tuple[int, int], link: int | None, *, is_private: bool) -> None:
        issue_id, subscriber_id = delivery
        if subscriber_id == tokens.NOBODY or environ["REQUEST_METHOD"] != "GET" or _is_speculative(environ):
            return
        # a reader who asks not to be tracked is counted in the link's total only (C13)
        reader = 0 if is_private else subscriber_id
        agent = environ.get("HTTP_USER_AGENT", "")[:LONGEST_USER_AGENT]
        headers = _line(*map(environ.get, HEADER_KEYS)) if reader else ""
        at = hits.now()
        try:
            self._spool.add(hits.Hit(self._ids.new(at), at, issue_id, reader, link, network_of(self._address(environ)), agent, headers))
        except OSError as failure:  # a full disk: the reader still gets where she wants
            log.error("hit not recorded", reason=str(failure), remedy="free space on the disk of var/")

    def _address(self, environ: Environ) -> str:
        forwarded = environ.get("HTTP_X_FORWARDED_FOR", "") if self._behind_proxy else ""
        return str(forwarded.rpartition(",")[2].strip() or environ.get("REMOTE_ADDR", ""))

    def start(self) -> None:
        """Move spooled hits to the stream, and learn of new and repaired links, from threads of their own, as long as the process lives."""
        self._threads = [
            threading.Thread(target=self._keep_flushing, name="spool", daemon=True),
            threading.Thread(target=self._keep_learning, name="links", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End the threads, and return once nothing of theirs uses Valkey; what is spooled stays for the next process."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _keep_flushing(self) -> None:
        is_down = False
        while not self._stopped.wait(5 * FLUSH_SECONDS if is_down else FLUSH_SECONDS):
            try:
                self._spool.flush()
                is_down = False
            except (redis.Error, StreamFull, OSError) as failure:
                if not is_down:
                    log.warning(
                        "hits wait in the spool",
                        reason=type(failure).__name__,
                        remedy="start Valkey and the event consumer, or free disk space; none is lost",
                    )
                is_down = True

    def _keep_learning(self) -> None:
        is_down, pause = False, 0.0
        while not self._stopped.wait(pause):
            pause = linktable.REFRESH_SECONDS
            try:
                self._links.refresh()
                is_down = False
            except redis.Error as failure:
                if not is_down:
                    log.warning("links are as they were", reason=type(failure).__name__, remedy="start Valkey; clicks are answered")
                is_down = True


@lru_cache(maxsize=10_000)
def _line(*values: str | None) -> str:
    """The few headers by which people are told from machines, as they are kept; a browser sends the same ones again and again."""
    return labels_headers.kept({name: value for name, value in zip(HEADERS, values, strict=True) if value is not None})


def _is_speculative(environ: Environ) -> bool:
    """A look ahead by a machine: answered, not counted (C5)."""
    for key in PURPOSES:
        if key in environ:
            purpose = environ[key].lower()
            if "prefetch" in purpose or "preview" in purpose:
                return True
    return False


def _asks_not_to_be_tracked(environ: Environ) -> bool:
    return environ.get("HTTP_DNT") == "1" or environ.get("HTTP_SEC_GPC") == "1"


def _answer(start_response: StartResponse, status: str, body: bytes, *headers: tuple[str, str]) -> Iterable[bytes]:
    start_response(status, [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body))), *headers, *PRIVATE])
    return [body]


def _not_found(start_response: StartResponse) -> Iterable[bytes]:
    return _answer(start_response, "404 Not Found", "주소가 올바르지 않습니다. / There is nothing at this address.\n".encode())


def _later(start_response: StartResponse) -> Iterable[bytes]:
    words = "잠시 후 다시 눌러 주세요. / Please try this link again in a moment.\n"
    return _answer(start_response, "503 Service Unavailable", words.encode(), ("Retry-After", "10"))


def make_app(config: settings.Settings) -> Edge:
    """The edge of this process, flushing."""
    edge = Edge(
        Signer(config.keys()),
        LinkTable(redis.connect(config, patience_seconds=LINK_SECONDS), config.var_dir / "links"),
        Spool(config.var_dir / "spool", redis.connect(config)),
        behind_proxy=config.behind_proxy,
    )
    edge.start()
    return edge


_made: dict[int, Edge] = {}
_making = threading.Lock()


def app(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """The WSGI entry point; its parts are made in the serving process, after fork."""
    edge = _made.get(os.getpid()) or _make_once()
    return edge(environ, start_response)


def _make_once() -> Edge:
    with _making:
        if os.getpid() not in _made:
            config = settings.load()
            logs.configure(config)
            _made[os.getpid()] = make_app(config)
        return _made[os.getpid()]
