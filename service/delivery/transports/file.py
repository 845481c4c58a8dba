"""Mails as .eml files in a folder, for trying out and for tests: the same protocol as SMTP, with nothing sent to anyone."""

import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path

from service.delivery.reasons import Reason
from service.delivery.replies import Outcome, Phase
from service.delivery.transports.protocol import EVERYTHING, Envelope, OnHandover, OnResult, Result, Standing, Wait
from service.delivery.transports.window import Window

_MESSAGE_ID = re.compile(rb"^Message-ID: <([!-~]{1,150})>\r$", re.IGNORECASE | re.MULTILINE)
_UNSAFE = re.compile(r"[^A-Za-z0-9@._+=-]")


class FileTransport:
    """Writes each message whole or not at all; a second copy of a message gets a number of its own, so that it is seen."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stopped = threading.Event()

    def send(
        self, envelopes: Iterator[Envelope | Wait], *, on_handover: OnHandover, on_result: OnResult, standing: Standing | None = None
    ) -> Result | None:
        """As in protocol.Transport. A folder that cannot be written stops the sending with a reason."""
        window = Window(envelopes, standing)
        trouble: Result | None = None
        while trouble is None and not window.is_finished:
            if self._stopped.is_set():
                trouble = Result(Outcome.UNSENT, Reason.STOPPED, Phase.MAIL)
                break
            envelope = window.next()
            if envelope is None:
                self._stopped.wait(min(window.rest_seconds or 0, 0.5))
                continue
            try:
                trouble = self._write(envelope, on_handover)
            except Exception:
                for left in (envelope, *window.close()):
                    on_result(left.number, Result(Outcome.UNSENT, Reason.STOPPED, Phase.BODY))
                raise
            if trouble is None:
                on_result(envelope.number, Result(Outcome.ACCEPTED, Reason.NONE, Phase.FINAL, 250, "2.0.0", "written"))
            else:
                on_result(envelope.number, trouble)
        for envelope in window.close():
            on_result(envelope.number, trouble or Result(Outcome.UNSENT, Reason.STOPPED, Phase.MAIL))
        return trouble

    def stop(self) -> None:
        """Stays stopped, as the SMTP transport does."""
        self._stopped.set()

    def close(self) -> None:
        """Nothing is kept open."""

    def _write(self, envelope: Envelope, on_handover: OnHandover) -> Result | None:
        message = envelope.content(EVERYTHING)
        path = self._free_path(envelope, message)
        draft = path.with_suffix(f".{os.getpid()}.part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(message)
        except OSError as error:
            return Result(Outcome.UNSENT, Reason.SYSTEM, Phase.BODY, text=f"{path}: {error.strerror}")
        try:
            on_handover(envelope.number)
        except BaseException:
            draft.unlink()
            raise
        os.replace(draft, path)
        return None

    def _free_path(self, envelope: Envelope, message: bytes) -> Path:
        found = _MESSAGE_ID.search(message, 0, message.find(b"\r\n\r\n") + 2)
        name = _UNSAFE.sub("_", found[1].decode("ascii")) if found else f"{envelope.number:08d}"
        path = self._folder / f"{name}.eml"
        copy = 1
        while path.exists():
            copy += 1
            path = self._folder / f"{name}.{copy}.eml"
        return path
