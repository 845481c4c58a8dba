"""Signed events of mail providers. Verified before a byte is kept; answered with 200 only after the commit (D13 to D15, F3)."""

from flask import Blueprint, Response, abort, make_response, request

from service.core import clock, logs
from service.core.errors import Invalid
from service.feedback.providers import certificates, taking
from service.feedback.providers.event import NotSigned, Request
from service.web.access import public
from service.web.security import from_anywhere
from service.web.transaction import runtime, writing

blueprint = Blueprint("webhooks", __name__)

LARGEST_BODY = 256 * 1024

log = logs.get(__name__)


@blueprint.post("/hooks/<name>")
@public
@from_anywhere  # providers have neither cookie nor origin: the signature is the proof
def take(name: str) -> Response:
    """Take a provider's events; whatever is repeated is answered like the first time."""
    body = _body()
    given = Request({key.lower(): value for key, value in request.headers.items()}, body, clock.now())
    try:
        taken = taking.read(runtime().settings, name, given, certificates.fetch)
    except NotSigned as refusal:
        log.warning("webhook refused", provider=name, reason=refusal.message)
        return _answer(401, "not signed")
    except Invalid as refusal:
        log.warning("webhook not understood", provider=name, reason=refusal.message)
        return _answer(400, "not understood")
    except OSError as failure:
        log.warning("webhook waits", provider=name, reason=type(failure).__name__, remedy="the certificate's host cannot be reached")
        return _answer(503, "try again")
    with writing() as session:
        taking.take(session, runtime().signer, name, taken, body)
    return _answer(200, "kept")


def _body() -> bytes:
    if (request.content_length or 0) > LARGEST_BODY:
        abort(413)
    body = request.stream.read(LARGEST_BODY + 1)
    if len(body) > LARGEST_BODY:
        abort(413)
    return body


def _answer(status: int, words: str) -> Response:
    answer = make_response(f"{words}\n", status)
    answer.mimetype = "text/plain"
    if status == 503:
        answer.headers["Retry-After"] = "60"
    return answer
