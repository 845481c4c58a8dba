"""Transactions of a request, over the application's runtime: one that reads, or one that writes and commits at its end."""

from contextlib import AbstractContextManager
from typing import cast

from flask import current_app
from sqlalchemy.orm import Session

from service.runtime import Runtime

EXTENSION = "pressrun"


def runtime() -> Runtime:
    """What this process owns."""
    return cast(Runtime, current_app.extensions[EXTENSION])


def reading() -> AbstractContextManager[Session]:
    """`with reading() as session`: query only, over one snapshot."""
    return runtime().reading()


def writing() -> AbstractContextManager[Session]:
    """`with writing() as session`: commits at the end; hashing, rendering, file and network work come before it."""
    return runtime().writing()
