"""Choosing by a link in a letter: pause, advertising, measurement of opens. It shows no data and changes none (F12)."""

from flask import Blueprint, make_response, request
from werkzeug.wrappers import Response as AnyResponse

from service.core.errors import Conflict
from service.subscribers import consent, consent_words, preferences
from service.subscribers.consent import Evidence
from service.subscribers.models import Standing
from service.subscribers.tokens import PREFERENCES_PATH
from service.web.access import public
from service.web.public import frame
from service.web.public.frame import Reader
from service.web.security import from_anywhere
from service.web.templating import refusal_texts
from service.web.transaction import reading, runtime, writing

blueprint = Blueprint("preferences", __name__)


@blueprint.get(f"{PREFERENCES_PATH}<token>")
@public
def show(token: str) -> AnyResponse:
    """What stands today."""
    with reading() as session:
        found = frame.reader(session, token)
    return _page(found, token)


@blueprint.post(f"{PREFERENCES_PATH}<token>")
@public
@from_anywhere  # the token in the address is the proof
def save(token: str) -> AnyResponse:
    """Record what differs, with one notice for all changes (B7)."""
    if "choices" not in request.form:
        return make_response(frame.page("unknown", None, is_body_wrong=True), 400)
    ip, user_agent = frame.network_of_request()
    ip_hash = consent.network_hash(runtime().signer, ip)
    with reading() as session:
        found = frame.reader(session, token)
    if found is None:
        return _page(None, token)
    language = frame.speak(found.language)
    wanted = {purpose: bool(request.form.get(purpose.value)) for purpose in found.publication.choices}
    words = {purpose: consent_words.words(purpose, language, found.publication.name) for purpose in wanted}
    try:
        with writing() as session:
            changed = preferences.choose(
                session,
                found.newsletter_id,
                found.subscriber_id,
                is_paused=bool(request.form.get("pause")),
                consents=wanted,
                evidence=Evidence("preferences page", language, words, ip_hash, user_agent),
            )
            found = frame.reader(session, token)
    except Conflict as refusal:
        return _page(found, token, status=409, refusal=" ".join(refusal_texts(refusal)))
    return _page(found, token, done="changed" if changed else "same")


def _page(found: Reader | None, token: str, *, status: int = 200, done: str = "", refusal: str = "") -> AnyResponse:
    if found is None:
        return make_response(frame.page("unknown", None), 404)
    language = frame.speak(found.language)
    boxes = [
        (purpose.value, consent_words.words(purpose, language, found.publication.name), purpose in found.consents)
        for purpose in found.publication.choices
    ]
    is_reader = found.state in (Standing.ACTIVE, Standing.PAUSED)
    page = frame.page(
        "preferences",
        found.publication,
        reader=found,
        token=token,
        boxes=boxes,
        is_reader=is_reader,
        is_paused=found.state is Standing.PAUSED,
        done=done,
        refusal=refusal,
    )
    return make_response(page, status)
