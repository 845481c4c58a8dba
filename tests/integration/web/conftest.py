"""The desk for the tests of its pages: the application, and the browsers of Otto, Edith and somebody who is not signed in."""

import pytest
from argon2 import PasswordHasher
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from service.accounts import passwords
from service.accounts.models import Role
from service.runtime import Runtime
from service.web.app import make_app
from tests.support import desk
from tests.support.desk import Browser


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing is slow on purpose; here it need not be."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobody.cache_clear()


@pytest.fixture
def app(runtime: Runtime, compiled_templates: FileSystemBytecodeCache) -> Flask:
    app = make_app(runtime)
    app.jinja_env.bytecode_cache = compiled_templates
    return app


@pytest.fixture
def otto(app: Flask, runtime: Runtime) -> Browser:
    """Otto, operator, signed in."""
    return desk.browser(app, runtime, desk.user(runtime, "Otto", Role.OPERATOR))


@pytest.fixture
def edith(app: Flask, runtime: Runtime) -> Browser:
    """Edith, editor, signed in."""
    return desk.browser(app, runtime, desk.user(runtime, "Edith", Role.EDITOR))


@pytest.fixture
def stranger(app: Flask, runtime: Runtime) -> Browser:
    """Nobody the desk knows."""
    return desk.browser(app, runtime)
