"""Turns every way to say no into a page with its remedy; nothing of a fault's inside reaches the screen (F18)."""

from http import HTTPStatus

from flask import Flask, Response, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, SecurityError

from service.core import ids, logs
from service.core.errors import Conflict, Forbidden, Invalid, NotFound, PressrunError, TooOften
from service.web import templating

log = logs.get(__name__)

STATUS: tuple[tuple[type[PressrunError], int], ...] = ((TooOften, 429), (NotFound, 404), (Invalid, 422), (Conflict, 409), (Forbidden, 403))
RETRY_SECONDS = 10
SENTENCES = {  # status -> what is the matter, what to do
    400: ("The request could not be read.", "Go back and try again."),
    403: ("You may not do this.", "Ask an operator."),
    404: ("There is no such page.", "Check the address; it may be incomplete."),
    405: ("This address cannot be called like that.", "Go back and use the buttons of the page."),
    413: ("That is too much at once.", "Send a smaller file or a shorter text."),
    429: ("Too many requests.", "Wait a minute, then try again."),
    500: ("Something broke on our side.", "It was noted. Try again; if it happens again, tell an operator the number below."),
    503: ("The database cannot be reached just now.", "Nothing is lost. Try again in a moment."),
}
CONNECTION_FAULTS = ("connect", "unable to open", "server closed", "shutdown", "shutting down", "disk i/o", "full")
STALE_FORM = ("This page was open for too long.", "Open it again and repeat the last step.")


def translate_all(app: Flask) -> None:
    """Hang in one handler for each class of error."""
    app.register_error_handler(PressrunError, _refusal)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http)
    for kind in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(kind, _database_away)
    app.register_error_handler(DataError, _unstorable)
    app.register_error_handler(UnicodeEncodeError, _unstorable)  # half a character
    app.register_error_handler(OverflowError, _unstorable)  # of SQLite's driver, which nobody wraps
    app.register_error_handler(Exception, _fault)


def status_of(refusal: PressrunError) -> int:
    """The HTTP status of a refusal."""
    return next((status for kind, status in STATUS if isinstance(refusal, kind)), 422)


def page(status: int, message: str, remedy: str, *, reference: str = "") -> Response:
    """A page that says what is the matter and what to do; needs neither a user nor the database."""
    text = render_template("error.html", status=status, message=message, remedy=remedy, reference=reference)
    return make_response(text, status)


def _refusal(refusal: PressrunError) -> Response:
    message, remedy = templating.refusal_texts(refusal)
    return page(status_of(refusal), message, remedy)


def _stale_form(_error: CSRFError) -> Response:
    return page(400, *map(templating.translate, STALE_FORM))


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if isinstance(error, SecurityError):  # a host that is not ours: no address of a page can be made for it
        return Response("This host is not served here.\n", status, mimetype="text/plain")
    if error.response is not None or status < 400:
        return make_response(error.get_response())
    message, remedy = SENTENCES.get(status, (HTTPStatus(status).phrase, ""))
    answer = page(status, templating.translate(message), templating.translate(remedy))
    if status == HTTPStatus.METHOD_NOT_ALLOWED and getattr(error, "valid_methods", None):
        answer.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return answer


def _database_away(error: Exception) -> Response:
    if isinstance(error, DBAPIError) and "locked" not in str(error.orig) and not _is_connection_fault(error):
        return _fault(error)
    log.error("database away", path=request.path, reason=type(error).__name__)
    answer = page(503, *map(templating.translate, SENTENCES[503]))
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def _unstorable(error: Exception) -> Response:
    """A number or a text that no column can hold: nobody's form sends one, so it is the request that is wrong."""
    log.warning("request holds what cannot be stored", path=request.path, method=request.method, reason=type(error).__name__)
    return page(400, *map(templating.translate, SENTENCES[400]))


def _is_connection_fault(error: DBAPIError) -> bool:
    """A connection that failed or was lost, rather than a statement that is wrong."""
    words = str(error.orig).casefold()
    return error.connection_invalidated or any(sign in words for sign in CONNECTION_FAULTS)


def _fault(error: Exception) -> Response:
    reference = ids.hex_id(4)
    log.error("request failed", reference=reference, path=request.path, method=request.method, exc_info=error)
    return page(500, *map(templating.translate, SENTENCES[500]), reference=reference)
