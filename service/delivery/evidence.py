"""What was in flight when a sender died: one journal file per batch, written before the final dot and after the reply.

It outlives a killed process (notes are written into the kernel's own pages, through a mapping of the file), not the machine; whoever
reads it compares the boot id. The sender holds an exclusive lock on it for as long as it lives, so a lock that can be had means: that
sender is dead.
"""

import fcntl
import json
import mmap
import os
import platform
import struct
import time
import zlib
from dataclasses import asdict, dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Self

from service.core import ids
from service.core.settings import Settings
from service.delivery.reasons import Reason
from service.delivery.replies import Outcome, Phase
from service.delivery.transports.protocol import Result

SUFFIX = ".journal"
BLOCK = 512  # octets of each of the two head blocks: who writes, and which batch
NOTE = struct.Struct(">IBHQ12s24s12s12s63s")
"""Checksum, kind, reply code, subscriber, outcome, reason, phase, enhanced code, text: 138 octets. The checksum is written last."""
_BODY = struct.Struct(">BHQ60s63s")  # the same without the checksum, its four words as one; what is shorter is filled up with zeros
_WORDS = struct.Struct("12s24s12s12s")
_HEAD = struct.Struct(">IH")
_HANDING_OVER, _SETTLED = 1, 2
_GROWTH = 64  # notes by which a full journal grows


class JournalHeld(Exception):
    """Its sender lives, or at least has not been ended."""


@dataclass(frozen=True, slots=True)
class Writer:
    """The process that writes a journal; `started` tells it from a later one of the same number."""

    host: str
    boot_id: str
    pid: int
    started: str


@dataclass(frozen=True, slots=True)
class Subject:
    """The claim a journal is about."""

    issue_id: int
    no: int
    token: int
    compiled_id: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a journal says: `settled` holds replies, `open` are those handed over without one.

    Whoever is in neither has never left, provided that the journal `is_whole`.
    """

    writer: Writer | None
    subject: Subject | None
    is_torn: bool
    settled: dict[int, Result] = field(default_factory=dict)
    open: frozenset[int] = frozenset()

    @property
    def is_whole(self) -> bool:
        """Every hand-over of its claim is in it: the kernel that took the notes still runs, and none is torn."""
        return self.writer is not None and not self.is_torn and self.writer.boot_id == boot_id() != ""


class Journal:
    """An open, locked journal. Raises OSError from every write that fails; then nothing may be handed over."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor
        self._pages: mmap.mmap | None = None
        self._end = 0
        self._position = 2 * BLOCK

    @classmethod
    def create(cls, folder: Path, host: str, notes: int) -> Self:
        """A new journal with room for `notes`, allocated now, so that a full disk is found before anything is claimed."""
        folder.mkdir(parents=True, exist_ok=True)
        while True:
            path = folder / f"{ids.hex_id()}{SUFFIX}"
            journal = cls(path, os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
            try:
                if journal._lock() and os.fstat(journal._descriptor).st_nlink:
                    journal._grow(2 * BLOCK + notes * NOTE.size)
                    journal._write_block(0, asdict(_this_process(host)))
                    return journal
            except OSError:
                journal.remove()
                raise
            journal.close()  # a sweep took it for an orphan; the next name is ours

    @classmethod
    def take(cls, path: Path) -> Self:
        """Lock the journal of a dead sender. Raises JournalHeld where it is not dead, FileNotFoundError where there is none."""
        journal = cls(path, os.open(path, os.O_RDWR | os.O_CLOEXEC))
        if not journal._lock():
            journal.close()
            raise JournalHeld(path.name)
        return journal

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def age_seconds(self) -> float:
        """Since it was last written."""
        return max(0.0, time.time() - os.fstat(self._descriptor).st_mtime)

    def begin(self, subject: Subject) -> None:
        """Name the claim; before the first hand-over, after the claim is committed."""
        self._position = 2 * BLOCK
        self._write_block(BLOCK, asdict(subject))

    def handing_over(self, subscriber_id: int) -> None:
        """Note that the next octets may contain this message's final dot."""
        self._append(_BODY.pack(_HANDING_OVER, 0, subscriber_id, b"", b""))

    def settled(self, subscriber_id: int, result: Result) -> None:
        """Note what the reply made of a hand-over."""
        words = _words(result.outcome, result.reason, result.phase, result.enhanced or "")
        self._append(_BODY.pack(_SETTLED, result.code or 0, subscriber_id, words, result.text.encode(errors="replace")))

    def read(self) -> Evidence:
        """Everything in it."""
        data = os.pread(self._descriptor, os.fstat(self._descriptor).st_size, 0)
        return read(data)

    def remove(self) -> None:
        """Its claim is recorded: the file goes."""
        self.path.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        """Give up the lock; the file stays for the sweep."""
        if self._pages is not None:
            self._pages.close()
            self._pages = None
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _lock(self) -> bool:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _grow(self, size: int) -> None:
        """Take the room on the disk before it is mapped: a page that finds none when it is written to would end the process."""
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(self._descriptor, 0, size)
        else:  # macOS: zeros that are written take their place on the disk as well
            os.pwrite(self._descriptor, bytes(size - self._end), self._end)
        if self._pages is not None:
            self._pages.close()
        self._pages = mmap.mmap(self._descriptor, size)
        self._end = size

    def _write_block(self, position: int, values: dict[str, Any]) -> None:
        text = json.dumps(values).encode()
        os.pwrite(self._descriptor, _HEAD.pack(zlib.crc32(text), len(text)) + text, position)

    def _append(self, note: bytes) -> None:
        start, end = self._position, self._position + NOTE.size
        if end > self._end:
            self._grow(self._end + _GROWTH * NOTE.size)
        if self._pages is None:
            raise OSError("the journal is closed")
        self._pages[start + 4 : end] = note
        self._pages[start : start + 4] = zlib.crc32(note).to_bytes(4, "big")
        self._position = end


def read(data: bytes) -> Evidence:
    """The evidence in a journal's octets. An unreadable head or note makes it torn; what can be read before that still counts.

    Not so the last note of a writer that died over it: without a checksum and with nothing after it, nothing had left on its account.
    """
    writer, subject = _block(data, 0), _block(data, BLOCK)
    open_, settled, is_torn = set[int](), dict[int, Result](), writer is None
    for position in range(2 * BLOCK, len(data) - NOTE.size + 1, NOTE.size):
        note = data[position : position + NOTE.size]
        if not any(note):
            break
        if zlib.crc32(note[4:]) != int.from_bytes(note[:4], "big"):
            is_torn = any(note[:4]) or any(data[position + NOTE.size :])
            break
        _, kind, code, subscriber_id, *words = NOTE.unpack(note)
        settled.pop(subscriber_id, None)
        open_.add(subscriber_id)  # which it stays where the words of its outcome cannot be read
        if kind == _SETTLED and (result := _result(code, [word.rstrip(b"\0").decode(errors="ignore") for word in words])):
            open_.discard(subscriber_id)
            settled[subscriber_id] = result
    is_torn |= subject is None and bool(open_ or settled)
    return Evidence(Writer(**writer) if writer else None, Subject(**subject) if subject else None, is_torn, settled, frozenset(open_))


def folder(settings: Settings) -> Path:
    """Where this host keeps its journals."""
    return settings.var_dir / "journals"


def host_name(settings: Settings) -> str:
    """How this host is called in the ledger."""
    return (settings.instance_name or platform.node() or "localhost")[:120]


@cache
def boot_id() -> str:
    """Which start of the machine this is; empty where the system does not say, and then no journal is trusted."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def process_started(pid: int) -> str | None:
    """When the process with this number was started, in ticks since boot; None where there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return stat.rpartition(")")[2].split()[19]


def _this_process(host: str) -> Writer:
    return Writer(host, boot_id(), os.getpid(), process_started(os.getpid()) or "")


def _block(data: bytes, position: int) -> dict[str, Any] | None:
    if len(data) < position + BLOCK:
        return None
    checksum, length = _HEAD.unpack_from(data, position)
    text = data[position + _HEAD.size : position + _HEAD.size + length]
    if not length or zlib.crc32(text) != checksum:
        return None
    values: dict[str, Any] = json.loads(text)
    return values


@lru_cache(maxsize=1024)
def _words(outcome: Outcome, reason: Reason, phase: Phase, enhanced: str) -> bytes:
    return _WORDS.pack(outcome.value.encode(), reason.value.encode(), phase.value.encode(), enhanced.encode())


def _result(code: int, words: list[str]) -> Result | None:
    outcome, reason, phase, enhanced, text = words
    try:
        return Result(Outcome(outcome), Reason(reason), Phase(phase), code or None, enhanced or None, text)
    except ValueError:
        return None
