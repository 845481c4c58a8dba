"""The runtime of this process: made when first asked for, hence after the fork, so that no connection is ever shared."""

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
