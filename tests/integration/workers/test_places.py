"""Places are shared by the children of one worker, and free again when a child is killed."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from workers.places import Places


@contextmanager
def child_with_a_place(places: Places, count: int) -> Iterator[tuple[int, bytes]]:
    """A forked child that holds a place; its process id, and b"1" if it got one."""
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        with places.one_of(count) as is_mine:
            os.write(tell, b"1" if is_mine else b"0")
            signal.pause()
    try:
        yield child, os.read(told, 1)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(told)
        os.close(tell)


def test_a_place_is_free_again_when_its_holder_is_killed() -> None:
    places = Places()

    with child_with_a_place(places, 2) as (_, first), child_with_a_place(places, 2) as (_, second), places.one_of(2) as while_both_live:
        pass
    with places.one_of(2) as afterwards:
        pass

    assert (first, second, while_both_live, afterwards) == (b"1", b"1", False, True)


def test_a_place_is_given_back_at_the_end() -> None:
    places = Places()

    with places.one_of(1):
        pass
    with child_with_a_place(places, 1) as (_, got):
        pass

    assert got == b"1"
