"""Who may call what. Every route says it (`@public`, `@editor`, `@operator`); one that says nothing is closed to everyone (F15)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, redirect, request, url_for

from service.accounts import permissions, signin
from service.accounts.models import Role
from service.core.errors import Forbidden
from service.web.security import cookie_name
from service.web.transaction import reading, runtime, writing

View = TypeVar("View", bound=Callable[..., Any])
MARK = "pressrun_access"
PUBLIC = "public"
OPEN_ENDPOINTS = ("static",)


@dataclass(frozen=True)
class CurrentUser:
    """The person who is signed in."""

    id: int
    name: str
    email: str
    role: Role
    language: str
    zone: str

    def may(self, needed: Role) -> bool:
        return permissions.may(self.role, needed)


class NotSignedIn(Forbidden):
    """Nobody is signed in."""


def public(view: View) -> View:
    """Anyone may call this route."""
    return _mark(view, PUBLIC)


def editor(view: View) -> View:
    """Editors and operators may call this route."""
    return _mark(view, Role.EDITOR)


def operator(view: View) -> View:
    """Only operators may call this route."""
    return _mark(view, Role.OPERATOR)


def needed_for(app: Flask, endpoint: str | None) -> Role | str | None:
    """What a route asks for: a role, PUBLIC, or None where it says nothing."""
    if endpoint in OPEN_ENDPOINTS:
        return PUBLIC
    return getattr(app.view_functions.get(endpoint or ""), MARK, None)


def current_user() -> CurrentUser | None:
    """Who is signed in, or None; looked up once per request."""
    if "user" not in g:
        g.user = _look_up()
    user: CurrentUser | None = g.user
    return user


def signed_in_user() -> CurrentUser:
    """Who is signed in. Raises NotSignedIn."""
    user = current_user()
    if user is None:
        raise NotSignedIn("Please sign in.", remedy="Your session has ended.")
    return user


def session_token() -> str:
    """The token of this browser's session, or an empty text."""
    return request.cookies.get(cookie_name(runtime().settings, "session"), "")


def guard(app: Flask) -> None:
    """Look at every request before its view."""
    app.before_request(_refuse_without_right)


def safe_path(path: str | None, default: str) -> str:
    """A path of our own to go on to; anything that could lead elsewhere gives the default (F10)."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")) or "\\" in path or not path.isprintable():
        return default
    parts = urlsplit(path)
    return default if parts.scheme or parts.netloc else path


def _mark(view: View, needed: Role | str) -> View:
    setattr(view, MARK, needed)
    return view


def _refuse_without_right() -> Response | None:
    if request.endpoint is None:  # no such page: let the 404 come, in the language of whoever is signed in
        if request.path.startswith("/admin"):
            current_user()
        return None
    needed = needed_for(current_app, request.endpoint)
    if needed == PUBLIC:
        return None
    if not isinstance(needed, Role):
        raise Forbidden("This page is closed.", remedy="Its route names no role.")
    user = current_user()
    if user is None:
        return _to_sign_in()
    if not user.may(needed):
        raise Forbidden("Only operators may do this.", remedy="Ask an operator.")
    return None


def _to_sign_in() -> Response:
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    is_fragment = "HX-Request" in request.headers
    address = url_for("signin.form", next=None if is_fragment else wanted)
    if is_fragment:
        return Response(status=401, headers={"HX-Redirect": address})
    answer = redirect(address, code=303)
    assert isinstance(answer, Response)
    return answer


def _look_up() -> CurrentUser | None:
    token = session_token()
    if not token:
        return None
    limits = runtime().settings
    with reading() as session:
        found = signin.find(session, token, idle_minutes=limits.session_idle_minutes, hours=limits.session_hours)
    if found is None:
        return None
    g.token_hash = found.token_hash
    # what a page asks for by itself every few seconds is not the person being there
    if signin.is_stale(found) and "HX-Request" not in request.headers:
        with writing() as session:
            signin.touch(session, found)
    return CurrentUser(found.user_id, found.name, found.email, found.role, found.language, found.zone)
