"""The desk for the tests of its pages: the application, and the browsers of Otto, Edith and somebody who is not signed in."""

import pytest
from flask import Flask

from service.accounts.models import Role
from service.runtime import Runtime
from service.web.app import make_app
from tests.support import desk
from tests.support.desk import Browser


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    return make_app(runtime)


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
