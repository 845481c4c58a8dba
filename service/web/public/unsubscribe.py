"""Leaving: a page with one button, and the one-click POST of mail programs. Committed before the answer; no cookie (A5, A6, C10)."""

from urllib.parse import parse_qs

from flask import Blueprint, make_response, request
from werkzeug.wrappers import Response as AnyResponse

from service.core.errors import Conflict
from service.subscribers import consent_words, lifecycle
from service.subscribers.models import Purpose, Standing
from service.subscribers.tokens import UNSUBSCRIBE_PATH
from service.web.access import public
from service.web.public import frame
from service.web.public.frame import Reader
from service.web.security import from_anywhere
from service.web.templating import refusal_texts
from service.web.transaction import reading, writing

blueprint = Blueprint("unsubscribe", __name__)

ONE_CLICK_KEY, ONE_CLICK_VALUE = "List-Unsubscribe", "One-Click"  # RFC 8058 section 3.1
LONGEST_BODY = 2048  # of a POST whose content type says nothing
ONE_CLICK, LEAVE, PAUSE, BACK = "one-click", "leave", "pause", "back"


@blueprint.get(f"{UNSUBSCRIBE_PATH}<token>")
@public
def ask(token: str) -> AnyResponse:
    """The page with the button. Opening it changes nothing, however often (C9)."""
    with reading() as session:
        found = frame.reader(session, token)
        may_return = found is not None and lifecycle.can_come_back(session, found.newsletter_id, found.subscriber_id)
    return _page(found, token, may_return=may_return)


@blueprint.post(f"{UNSUBSCRIBE_PATH}<token>")
@public
@from_anywhere  # mail providers POST here without cookie or origin (RFC 8058); the token is the proof
def act(token: str) -> AnyResponse:
    """Leave, pause or come back, by what the body says; a body that says nothing of the kind changes nothing (400)."""
    what = _asked_for()
    if what is None:
        return make_response(frame.page("unknown", None, is_body_wrong=True), 400)
    try:
        with writing() as session:
            found = frame.reader(session, token)
            if found is None:
                return make_response(frame.page("unknown", None), 404)
            language = frame.speak(found.language)
            ids = (found.newsletter_id, found.subscriber_id)
            if what in (ONE_CLICK, LEAVE):
                lifecycle.unsubscribe(session, *ids, source="one-click" if what == ONE_CLICK else "unsubscribe page", language=language)
            elif what == PAUSE:
                lifecycle.pause(session, *ids)
            else:
                words = {Purpose.NEWSLETTER: consent_words.words(Purpose.NEWSLETTER, language, found.publication.name)}
                lifecycle.come_back(session, *ids, language=language, words=words)
            found = frame.reader(session, token)
            may_return = lifecycle.can_come_back(session, *ids)
    except Conflict as refusal:
        return _page(found, token, status=409, refusal=" ".join(refusal_texts(refusal)))
    return _page(found, token, may_return=may_return, done=LEAVE if what == ONE_CLICK else what)


def _asked_for() -> str | None:
    """What the body of the POST asks for: the one-click key, or the button of our page."""
    fields = {key: [value] for key, value in request.form.items()}
    if not fields and not request.files:
        raw = request.get_data(cache=True)[:LONGEST_BODY].decode("ascii", "replace")
        fields = parse_qs(raw)
    if fields.get(ONE_CLICK_KEY, [""])[0].strip() == ONE_CLICK_VALUE:
        return ONE_CLICK
    button = fields.get("act", [""])[0]
    return button if button in (LEAVE, PAUSE, BACK) else None


def _page(
    found: Reader | None, token: str, *, status: int = 200, may_return: bool = False, done: str = "", refusal: str = ""
) -> AnyResponse:
    if found is None:
        return make_response(frame.page("unknown", None), 404)
    frame.speak(found.language)
    name = "unsubscribed" if found.state is Standing.UNSUBSCRIBED else "unsubscribe"
    return make_response(
        frame.page(name, found.publication, reader=found, token=token, may_return=may_return, done=done, refusal=refusal), status
    )
