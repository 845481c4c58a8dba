"""People at the desk for tests: Edith edits, Otto operates; each with a browser that is signed in and sends its forms' token."""

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.accounts import signin, users
from service.accounts.models import Role, User
from service.runtime import Runtime

PASSWORD = "correct horse battery staple"
HASH = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQxMjM0$" + "A" * 43  # nobody's: most tests sign in without a password


def user(runtime: Runtime, name: str = "Otto", role: Role = Role.OPERATOR, *, password_hash: str = HASH, language: str = "en") -> User:
    """A user of the desk, whose address is the name at example.com."""
    with runtime.writing() as session:
        return users.create(
            session, email=f"{name.lower()}@example.com", name=name, password_hash=password_hash, role=role, language=language
        )


class Browser:
    """A browser at the desk. `post` sends the token a page of this browser carries, as its forms do."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()

    def get(self, path: str, **values: Any) -> TestResponse:
        return self.client.get(path, **values)

    def post(self, path: str, data: dict[str, Any] | None = None, **values: Any) -> TestResponse:
        return self.client.post(path, data={"csrf_token": self.token(), **(data or {})}, **values)

    def token(self) -> str:
        """The token of this browser's forms."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self._page_with_form().text)
        assert found, "no form on the page"
        return found[1]

    def _page_with_form(self) -> TestResponse:
        page = self.client.get("/admin/account")
        return page if page.status_code == 200 else self.client.get("/admin/sign-in")


def browser(app: Flask, runtime: Runtime, person: User | None = None) -> Browser:
    """A browser, signed in as `person` where one is given."""
    made = Browser(app)
    if person is not None:
        with runtime.writing() as session:
            token = signin.begin(session, person.id, password_hash=person.password_hash, key="")
        assert token is not None
        made.client.set_cookie("pressrun-session", token)
    return made
