"""Where a log was read to, kept in a small file beside it in `var`, so that rotation, truncation and a killed reader lose no line.

Marks say how long the log was at what time: a line written after a moment stands behind the mark before it. So lines need not be read
before somebody is interested in them.
"""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

KEEP = timedelta(hours=30)
STEP = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Place:
    """An offset in the file with this inode, whatever its name is by now."""

    inode: int
    offset: int


@dataclass
class Position:
    """Where reading goes on. By id: the doubts that were looked for, and those of them whose whole time was read (`covered`)."""

    place: Place | None = None
    marks: list[tuple[float, int, int]] = field(default_factory=list)  # time, inode, offset
    queue_ids: dict[str, tuple[int, int]] = field(default_factory=dict)  # named, and their end not seen yet
    looked_for: list[int] = field(default_factory=list)
    covered: list[int] = field(default_factory=list)

    @classmethod
    def load(cls, path: Path) -> Self:
        """The stored position; an empty one where there is none, or none that can be read: then the log is read from its beginning."""
        try:
            values = json.loads(path.read_text())
            place = values.pop("place")
            return cls(
                Place(**place) if place else None,
                [(at, inode, offset) for at, inode, offset in values["marks"]],
                {queue_id: (issue, subscriber) for queue_id, (issue, subscriber) in values["queue_ids"].items()},
                values["looked_for"],
                values["covered"],
            )
        except (OSError, ValueError, KeyError, TypeError):
            return cls()

    def save(self, path: Path) -> None:
        """Whole or not at all."""
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps(asdict(self)))
        os.replace(draft, path)

    def mark(self, now: datetime) -> None:
        """The log is read, or need not be read, up to here at this time."""
        if self.place is None or (self.marks and now.timestamp() - self.marks[-1][0] < STEP.total_seconds()):
            return
        self.marks = [each for each in self.marks if each[0] > (now - KEEP).timestamp()]
        self.marks.append((now.timestamp(), self.place.inode, self.place.offset))

    def before(self, moment: datetime) -> Place | None:
        """A place behind which every line written since `moment` stands; None where the marks do not reach back so far."""
        earlier = [each for each in self.marks if each[0] <= moment.timestamp()]
        return Place(*earlier[-1][1:]) if earlier else None


def pieces(path: Path, place: Place | None) -> list[tuple[Path, int]]:
    """The files that hold what was written since `place`, the oldest first, each with where to begin: rotated ones go before the log.

    Where the place is unknown, or its file is gone or was cut short, the last rotated file is read whole as well. Raises
    FileNotFoundError where there is no log.
    """
    here = path.stat()
    if place is not None and place.inode == here.st_ino and place.offset <= here.st_size:
        return [(path, place.offset)]
    rotated = _rotated(path)
    for number, (older, inode) in enumerate(rotated):
        if place is not None and inode == place.inode:
            return [(older, place.offset), *((newer, 0) for newer, _ in rotated[number + 1 :]), (path, 0)]
    return [*((older, 0) for older, _ in rotated[-1:]), (path, 0)]


class Lines:
    """The whole lines of a file from `offset`, about `most` octets of them; an unfinished last line is left for the next time.

    `offset` is behind the last line that was given.
    """

    def __init__(self, path: Path, offset: int, most: int) -> None:
        self.inode = path.stat().st_ino
        self.offset = offset
        self._path = path
        self._end = offset + most

    def __iter__(self) -> Iterator[bytes]:
        with self._path.open("rb") as file:
            file.seek(self.offset)
            for line in file:
                if not line.endswith(b"\n") or self.offset >= self._end:
                    return
                self.offset += len(line)
                yield line


def _rotated(path: Path) -> list[tuple[Path, int]]:
    """`mail.log.1`, `mail.log-20261125`: the earlier files of this log that are not compressed, the oldest first, with their inodes."""
    found = []
    for other in path.parent.glob(f"{path.name}[.-]*"):
        with suppress(OSError):
            if other.suffix not in (".gz", ".xz", ".bz2", ".zst") and other.is_file():
                found.append((other.stat().st_mtime, other, other.stat().st_ino))
    return [(other, inode) for _, other, inode in sorted(found)]
