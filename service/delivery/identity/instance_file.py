"""`var/instance`: what this host knows of the database it sends from. It must be on the disk before anything that it counts leaves.

Two places in one small file, written in turn, each with its checksum: a write that is cut short leaves the other one whole. A count is
one write and one `fdatasync`, because the file never changes its size.
"""

import fcntl
import json
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

from service.core import ids
from service.delivery.identity.instance_rules import Known

NAME = "instance"
PLACE = 512  # octets; one sector, so that one write is one write


def path(var_dir: Path) -> Path:
    return var_dir / NAME


def read(var_dir: Path) -> Known | None:
    """The note; None where there is none, or none that can be read."""
    try:
        content = path(var_dir).read_bytes()
    except FileNotFoundError:
        return None
    return _newest(content)[1]


def write(var_dir: Path, known: Known) -> None:
    """A new note in place of the old one, on the disk when this returns. Raises OSError."""
    var_dir.mkdir(parents=True, exist_ok=True)
    draft = var_dir / f".{NAME}.{os.getpid()}"
    with _opened(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC) as descriptor:
        os.pwrite(descriptor, _place(1, known) + bytes(PLACE), 0)
        os.fsync(descriptor)
    draft.replace(path(var_dir))
    with _opened(var_dir, os.O_RDONLY) as folder:
        os.fsync(folder)


def count(var_dir: Path, instance_id: str, counter: int) -> None:
    """Remember a count, on the disk when this returns; never a lower one than was known. Raises OSError.

    Of several processes of a host that count at once the highest stays.
    """
    with _opened(path(var_dir), os.O_RDWR) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        serial, known = _newest(os.pread(descriptor, 2 * PLACE, 0))
        if known is not None and known.instance_id == instance_id and known.counter < counter:
            os.pwrite(descriptor, _place(serial + 1, replace(known, counter=counter)), (serial % 2) * PLACE)
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.fdatasync(descriptor)


@contextmanager
def alone(var_dir: Path) -> Iterator[None]:
    """Of a host's processes one at a time looks at what the note means and writes a new one."""
    var_dir.mkdir(parents=True, exist_ok=True)
    with _opened(var_dir / f"{NAME}.lock", os.O_RDWR | os.O_CREAT) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield


def new_key() -> str:
    """A key for a host that has none."""
    return ids.hex_id()


def _place(serial: int, known: Known) -> bytes:
    words = json.dumps({"serial": serial, **asdict(known)}).encode()
    return (b"%08x " % zlib.crc32(words) + words + b"\n").ljust(PLACE)


def _newest(content: bytes) -> tuple[int, Known | None]:
    """The later of the two places whose checksum holds, and its serial number."""
    found: list[tuple[int, Known]] = []
    for place in (content[:PLACE], content[PLACE : 2 * PLACE]):
        checksum, _, words = place.rstrip(b" \n\0").partition(b" ")
        if words and checksum == b"%08x" % zlib.crc32(words):
            values = json.loads(words)
            found.append((values.pop("serial"), Known(**values)))
    return max(found, key=lambda pair: pair[0], default=(0, None))


@contextmanager
def _opened(place: Path, flags: int) -> Iterator[int]:
    descriptor = os.open(place, flags | os.O_CLOEXEC, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
