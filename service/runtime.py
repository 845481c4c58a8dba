"""Composition root: from the settings to everything a shell hands to the rooms. Made once per process, after fork."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from jinja2 import Environment
from sqlalchemy.orm import Session

import service.models  # noqa: F401 - the schema must be whole before the first session
from service.core import jobs, redis
from service.core.database import Database
from service.core.settings import ROOT, Settings
from service.core.signing import Signer
from service.rendering import engine

if TYPE_CHECKING:
    from service.broker import Broker


class Runtime:
    """What a process owns. Parts are made when first asked for."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def database(self) -> Database:
        return Database(self.settings.database)

    @cached_property
    def redis(self) -> redis.Redis:
        return redis.connect(self.settings)

    @cached_property
    def broker(self) -> "Broker":
        from service.broker import Broker  # Celery takes half a second to load, which no process waits for at its start

        return Broker(self.settings)

    @cached_property
    def signer(self) -> Signer:
        return Signer(self.settings.keys())

    @cached_property
    def email_environment(self) -> Environment:
        return engine.make_environment(ROOT / "templates/email")

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that only reads."""
        with self.database.reading() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that commits at the end; jobs asked for in it are nudged once, after the commit."""
        with self.database.writing() as session:
            yield session
        names: set[str] = session.info.pop(jobs.NUDGES, set())
        if names:
            self.broker.nudge(names)
