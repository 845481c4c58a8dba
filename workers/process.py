"""The runtime of this process: made when first asked for, hence after the fork, so that no connection is ever shared.

And how often Python looks for cycles in it.
"""

import gc
import os

from service.core import settings
from service.runtime import Runtime

_made: dict[int, Runtime] = {}  # by process id: a child that inherits its parent's entry makes its own


def runtime() -> Runtime:
    """What this process owns."""
    if os.getpid() not in _made:
        _made.clear()
        _made[os.getpid()] = Runtime(settings.load())
    return _made[os.getpid()]


def look_for_cycles_seldom(objects: int = 50_000) -> None:
    """After so many new objects only: what a batch makes lives as long as it does, without a cycle. For a process that has what it needs.

    Looking for cycles among them at Python's usual pace takes a tenth of a sender's time, and two fifths of the event consumer's.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(objects, 20, 20)
