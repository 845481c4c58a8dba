"""The workers' Celery application, whose processes end (SIGKILL) at chosen points: each commit, each SMTP verb, each note of a journal.

For `celery -A tests.fault.crashing`. Nothing of this is in the product: the points are put around it here. FAULT_POINTS names a folder:
a point that has a file in `armed/` ends the first process that comes to it; every point passed gets a file in `seen/`.
"""

import functools
import os
import random
import re
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy.orm import Session

from service.core.settings import ROOT
from service.delivery import evidence

FOLDER = Path(os.environ["FAULT_POINTS"])
PORT = int(os.environ["FAULT_PORT"])
COMMIT_CHANCE, COMMIT_SECONDS = 0.05, 0.004
OURS = (str(ROOT / "service"), str(ROOT / "workers"))
PLUMBING = ("core/database.py", "service/runtime.py")
VERB = re.compile(rb"(?:\A|(?<=\r\n))(EHLO|MAIL|RCPT|DATA|BDAT|RSET|QUIT)\b[^\r\n]*\r\n")
DOT = re.compile(rb"(?<=\r\n)\.\r\n")
CONTENT = re.compile(rb"(?<=\r\n)Subject:", re.IGNORECASE)
REPLIES = ((b"354", "go on"), (b"2.0.0 taken", "taken"), (b"250-", "hello"), (b"220 ", "greeting"), (b"2.1.5", "rcpt"), (b"2.1.0", "mail"))


def passed(point: str) -> bool:
    """Note that a process comes to this point; True where it is to end here, which one process alone is told."""
    name = quote(point, safe=" ")
    try:
        os.close(os.open(FOLDER / "seen" / name, os.O_CREAT | os.O_WRONLY, 0o600))
        os.rename(FOLDER / "armed" / name, FOLDER / "fired" / name)
    except OSError:
        return False
    return True


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)


def at(point: str) -> None:
    if passed(point):
        die()


def _around_commits() -> None:
    commit = Session.commit

    @functools.wraps(commit)
    def wrapped(self: Session) -> None:
        if self.info.get("mode") != "write":
            commit(self)
            return
        where = _caller()
        at(f"commit {where} before")
        _perhaps_die_within()
        commit(self)
        at(f"commit {where} after")

    Session.commit = wrapped  # type: ignore[method-assign]


def _caller() -> str:
    """The function of ours whose transaction it is, as `delivery.sender._record`."""
    frame: Any = sys._getframe(2)
    while frame is not None:
        path = frame.f_code.co_filename
        if path.startswith(OURS) and not path.endswith(PLUMBING):
            return str(Path(path).relative_to(ROOT).with_suffix("")).replace("/", ".") + "." + frame.f_code.co_name
        frame = frame.f_back
    return "elsewhere"


def _perhaps_die_within() -> None:
    if (FOLDER / "committing").exists() and random.random() < COMMIT_CHANCE:
        threading.Timer(random.uniform(0, COMMIT_SECONDS), die).start()


def _around_notes() -> None:
    for name, made in list(vars(evidence.Journal).items()):
        is_class_method = isinstance(made, classmethod)
        function = made.__func__ if is_class_method else made
        if not name.startswith("_") and callable(function):
            wrapped = _noted(name, function)
            setattr(evidence.Journal, name, classmethod(wrapped) if is_class_method else wrapped)


def _noted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapped(*arguments: Any, **named: Any) -> Any:
        at(f"journal {name} before")
        result = function(*arguments, **named)
        at(f"journal {name} after")
        return result

    return wrapped


class Socket(socket.socket):
    """A socket that can break off in the middle of what it writes to the mail server, or with a reply just read."""

    def sendmsg(self, buffers: Any, *rest: Any) -> int:
        chunks = list(buffers)
        if self._is_mail:
            self._come_to(b"".join(chunks))
        return super().sendmsg(chunks, *rest)

    def send(self, data: Any, *rest: Any) -> int:
        if self._is_mail:
            self._come_to(bytes(data))
        return super().send(data, *rest)

    def sendall(self, data: Any, *rest: Any) -> None:
        if self._is_mail:
            self._come_to(bytes(data))
        super().sendall(data, *rest)

    def recv(self, *arguments: Any) -> bytes:
        data = super().recv(*arguments)
        if self._is_mail:
            self._read(data)
        return data

    def recv_into(self, buffer: Any, *rest: Any) -> int:
        count = super().recv_into(buffer, *rest)
        if self._is_mail:
            self._read(bytes(memoryview(buffer)[:count]))
        return count

    @property
    def _is_mail(self) -> bool:
        try:
            return self.family == socket.AF_INET and self.getpeername()[1] == PORT
        except OSError:
            return False

    def _come_to(self, data: bytes) -> None:
        for point, offset in points_in(data):
            if passed(point):
                self.settimeout(5)
                super().sendall(data[:offset])
                die()

    def _read(self, data: bytes) -> None:
        for words, name in REPLIES:
            if words in data:
                at(f"reply {name} read")


def points_in(data: bytes) -> Iterator[tuple[str, int]]:
    """The points in octets that are about to be written, with how much of them leaves before the end comes there."""
    for found in VERB.finditer(data):
        verb = found[1].decode()
        yield f"smtp {verb} before", found.start()
        yield f"smtp {verb} after", found.end()
    for found in CONTENT.finditer(data):
        yield "smtp content within", found.start()
    for found in DOT.finditer(data):
        yield "smtp dot before", found.start()
        yield "smtp dot after", found.end()


for name in ("armed", "fired", "seen"):
    (FOLDER / name).mkdir(parents=True, exist_ok=True)
_around_commits()
_around_notes()
socket.socket = Socket  # type: ignore[misc]

from workers.app import app  # noqa: E402, F401 - what Celery looks for, loaded once the points stand
