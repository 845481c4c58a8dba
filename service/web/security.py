"""Headers, cookies, hosts, size limits and the checks every change passes: it came from our own pages (F2, F3, F4).

A signed-in person's pages allow no inline script or style at all; previews of letters have a policy of their own.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.routing import IntegerConverter, Map

from service.core.errors import Forbidden
from service.core.settings import LOOPBACK, Settings
from service.core.signing import Signer
from service.runtime import Runtime
from service.web.transaction import runtime as current_runtime

View = TypeVar("View", bound=Callable[..., Any])
FROM_ANYWHERE = "pressrun_from_anywhere"
MEGABYTE = 1024 * 1024
LARGEST_REQUEST = 21 * MEGABYTE  # an import may have 20 MB (F9)
LARGEST_FORM = 8 * MEGABYTE  # a long issue as form fields exceeds Flask's 500 kB
MOST_FORM_PARTS = 10_000
SAFE = ("GET", "HEAD", "OPTIONS")

DESK_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)
LETTER_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src 'self' {edge}; frame-ancestors 'self'; base-uri 'self'; form-action 'none'"
)
HEADERS = {
    "Content-Security-Policy": DESK_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
TWO_YEARS = 63_072_000
LARGEST_ID = 2**63 - 1  # what a row's id can be

_csrf = CSRFProtect()


class RowId(IntegerConverter):
    """A number in an address that can be a row's id; for any other there is no such page."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=LARGEST_ID)


class ForeignRequest(Forbidden):
    """A change that another site's page asked for."""


def configure(app: Flask, runtime: Runtime) -> None:
    """Set what Flask needs to know, and hang the checks in."""
    settings = runtime.settings
    secrets = _secrets(settings)
    app.config.update(
        SECRET_KEY=secrets[0],
        SECRET_KEY_FALLBACKS=secrets[1:],
        TRUSTED_HOSTS=sorted({urlsplit(settings.base_url).hostname or "", *LOOPBACK}),
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        MAX_FORM_PARTS=MOST_FORM_PARTS,
        SESSION_COOKIE_NAME=cookie_name(settings, "form"),
        SESSION_COOKIE_SECURE=settings.is_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        SEND_FILE_MAX_AGE_DEFAULT=31_536_000,  # file names in static/ carry their content's hash
        WTF_CSRF_CHECK_DEFAULT=False,  # we call it ourselves, after our own check
        WTF_CSRF_TIME_LIMIT=settings.session_hours * 3600,
        WTF_CSRF_SSL_STRICT=False,  # Origin and Sec-Fetch-Site are looked at below
        WTF_I18N_ENABLED=False,
    )
    _csrf.init_app(app)
    app.url_map.converters["int"] = RowId
    app.before_request(refuse_foreign_changes)
    app.before_request(refuse_nul)
    app.after_request(_add_headers)


def cookie_name(settings: Settings, name: str) -> str:
    """`__Host-` binds the cookie to https and this host; over plain http on this machine browsers refuse such a name."""
    return f"__Host-pressrun-{name}" if settings.is_secure else f"pressrun-{name}"


def refuse_foreign_changes() -> None:
    """Every change carries our token and comes from our own origin. Raises ForeignRequest, or CSRFError for the token."""
    if request.method in SAFE or request.endpoint is None or is_from_anywhere(request.endpoint):
        return  # without an endpoint there is no such page, or the host is not ours: let the routing say it
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    is_ours = site in ("same-origin", "none") if site else (origin is None or _same_host(origin))
    if not is_ours:
        raise ForeignRequest("This request came from another site.", remedy="Open the page again here and repeat it.")
    _csrf.protect()


def refuse_nul() -> None:
    """No text of ours holds a NUL: one database would refuse it, the other keep it, and a mail must not carry it (A23)."""
    if request.method in SAFE or is_from_anywhere(request.endpoint):
        return
    if any("\0" in text for text in (*request.form.values(), *(file.filename or "" for file in request.files.values()))):
        abort(400)


def from_anywhere(view: View) -> View:
    """This route takes changes without our token and from any origin: the one-click unsubscribe POST and signed webhooks only (F3)."""
    setattr(view, FROM_ANYWHERE, True)
    return view


def is_from_anywhere(endpoint: str | None) -> bool:
    """Whether the route was marked so."""
    return bool(getattr(current_app.view_functions.get(endpoint or ""), FROM_ANYWHERE, False))


def letter_policy(response: Response) -> Response:
    """For a letter shown in a frame: no script, no form, its own inline styles, its links in a new tab."""
    edge = urlsplit(current_runtime().settings.edge_url)
    response.headers["Content-Security-Policy"] = LETTER_POLICY.format(edge=f"{edge.scheme}://{edge.netloc}")
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _same_host(origin: str) -> bool:
    return urlsplit(origin).netloc == request.host


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={TWO_YEARS}")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _secrets(settings: Settings) -> list[str]:
    """Flask's own keys, derived from ours, newest first; the old ones still verify."""
    keys = settings.keys()
    return [Signer((key,)).mac("flask", b"cookies", size=32).hex() for key in keys]
