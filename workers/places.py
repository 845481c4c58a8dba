"""How many children of one worker may do the same kind of long work at once; a place is free again however its holder ends."""

import fcntl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


class Places:
    """Make it before the children are forked: they inherit one nameless file, and the kernel forgets the locks of whoever dies."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the worker

    @contextmanager
    def one_of(self, count: int) -> Iterator[bool]:
        """Hold one of `count` places during the block; False where all are taken by other processes."""
        number = next((number for number in range(count) if self._lock(number)), None)
        try:
            yield number is not None
        finally:
            if number is not None:
                fcntl.lockf(self._file, fcntl.LOCK_UN, 1, number)

    def _lock(self, number: int) -> bool:
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
        except OSError:
            return False
        return True
