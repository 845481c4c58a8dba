"""A reader's browser for the tests of the public pages."""

import re

from flask import Flask
from flask.testing import FlaskClient
from time_machine import Traveller
from werkzeug.test import TestResponse

from service.web.public import limits

FIELD = r'name="{}"[^>]*value="([^"]*)"'


def field(page: TestResponse, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.search(FIELD.format(name), page.text)
    assert found, f"no field {name}"
    return found[1]


def fill_in(
    browser: FlaskClient, clock: Traveller, slug: str = "letter", *, seconds: float = 5, lang: str = "en", **values: str
) -> TestResponse:
    """Open the sign-up page, take some time, send the form; every box that is not given stays unticked."""
    page = browser.get(f"/n/{slug}?lang={lang}")
    clock.shift(seconds)
    data = {"csrf_token": field(page, "csrf_token"), "shown": field(page, "shown"), "lang": lang, **values}
    return browser.post(f"/n/{slug}", data=data)


def without_limits(app: Flask) -> None:
    """Let this app's readers sign up as often as a test needs."""
    app.extensions.pop(limits.EXTENSION, None)
