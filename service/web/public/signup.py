"""Signing up and confirming. The page says and does the same for every address; what differs is a job's work (F11, B12, B19)."""

from collections.abc import Mapping

from flask import Blueprint, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from service.core.errors import Invalid
from service.newsletters.models import Newsletter
from service.subscribers import address, confirming, consent, consent_words, signing_up
from service.subscribers.confirming import Link, State
from service.subscribers.models import Purpose
from service.subscribers.tokens import CONFIRM_PATH, SIGN_UP_PATH
from service.web.access import public
from service.web.public import frame, limits, timetrap
from service.web.public.frame import Publication
from service.web.security import from_anywhere
from service.web.templating import refusal_texts, translate
from service.web.transaction import reading, runtime, writing

blueprint = Blueprint("signup", __name__)

HONEYPOT = "website"
CONFIRM_STATUS = {State.OPEN: 200, State.USED: 200, State.EXPIRED: 410, State.UNKNOWN: 404}


@blueprint.get(f"{SIGN_UP_PATH}<slug>")
@public
def form(slug: str) -> str:
    """The sign-up page of a newsletter; every box unticked (B1)."""
    with reading() as session:
        found = frame.publication(session, slug)
    return _form(found, frame.speak_of(found))


@blueprint.post(f"{SIGN_UP_PATH}<slug>")
@public
def sign_up(slug: str) -> AnyResponse:
    """Check what was written, store it, say that a mail is coming if the address may have one."""
    with reading() as session:
        found = frame.publication(session, slug)
    language = frame.speak_of(found)
    if request.form.get(HONEYPOT):
        return _sent(found, language)  # a machine filled what nobody sees
    errors, words = _checked(found, language)
    if errors:
        return make_response(_form(found, language, errors), 422)
    limits.count("sign-up")  # not before: who mistypes an address five times has not signed up five times
    ip, user_agent = frame.network_of_request()
    with writing() as session:
        signing_up.ask(
            session,
            newsletter_id=found.id,
            email=request.form.get("email", ""),
            name=request.form.get("name", ""),
            language=language,
            words=words,
            source="sign-up page",
            ip_hash=consent.network_hash(runtime().signer, ip),
            user_agent=user_agent,
        )
    return _sent(found, language)


@blueprint.get(f"{SIGN_UP_PATH}<slug>/sent")
@public
def sent(slug: str) -> str:
    """The same page for everyone who has signed up."""
    with reading() as session:
        found = frame.publication(session, slug)
    frame.speak_of(found)
    return frame.page("sent", found, hours=confirming.VALID_HOURS)


@blueprint.get(f"{CONFIRM_PATH}<token>")
@public
def look(token: str) -> AnyResponse:
    """What the mailed link opens: a button. Scanners may open it as often as they like (C9)."""
    with reading() as session:
        link = confirming.look(session, token)
        found = _publication_of(session.get(Newsletter, link.newsletter_id))
    return _confirm_page(link, found, token)


@blueprint.post(f"{CONFIRM_PATH}<token>")
@public
@from_anywhere  # the token in the address is the proof; mail programs' browsers often keep no cookie
def confirm(token: str) -> AnyResponse:
    """The button was pressed."""
    ip, user_agent = frame.network_of_request()
    with writing() as session:
        link = confirming.confirm(session, token, ip_hash=consent.network_hash(runtime().signer, ip), user_agent=user_agent)
        found = _publication_of(session.get(Newsletter, link.newsletter_id))
    if link.state is not State.OPEN:
        return _confirm_page(link, found, token)
    frame.speak(link.language)
    return make_response(frame.page("confirmed", found, link=link, is_new=True), 200)


def _checked(found: Publication, language: str) -> tuple[dict[str, str], Mapping[Purpose, str]]:
    """What is wrong, by field, and the sentences that were ticked."""
    errors: dict[str, str] = {}
    for field, check in (("email", address.normalise), ("name", address.clean_name)):
        try:
            check(request.form.get(field, ""))
        except Invalid as refusal:
            errors[field] = " ".join(refusal_texts(refusal)).strip()
    ticked = [purpose for purpose in (Purpose.NEWSLETTER, *found.choices) if request.form.get(purpose.value)]
    if Purpose.NEWSLETTER not in ticked:
        errors[Purpose.NEWSLETTER.value] = translate(
            "Please confirm that you are 14 years of age or older and want to receive the newsletter."
        )
    if not errors and not timetrap.is_believable(runtime().signer, request.form.get("shown", "")):
        errors["shown"] = translate("That was very quick, or the page was open for very long. Please press the button once more.")
    return errors, {purpose: consent_words.words(purpose, language, found.name) for purpose in ticked}


def _form(found: Publication, language: str, errors: Mapping[str, str] | None = None) -> str:
    boxes = [(purpose.value, consent_words.words(purpose, language, found.name)) for purpose in (Purpose.NEWSLETTER, *found.choices)]
    return frame.page(
        "sign_up", found, boxes=boxes, errors=errors or {}, shown=timetrap.stamp(runtime().signer), honeypot=HONEYPOT, written=request.form
    )


def _sent(found: Publication, language: str) -> AnyResponse:
    return redirect(url_for("signup.sent", slug=found.slug, lang=language), code=303)


def _publication_of(row: Newsletter | None) -> Publication | None:
    return None if row is None else Publication.of(row)


def _confirm_page(link: Link, found: Publication | None, token: str) -> AnyResponse:
    status = CONFIRM_STATUS[link.state]
    if link.state is State.UNKNOWN or found is None:
        return make_response(frame.page("unknown", None), 404)
    language = frame.speak(link.language)
    purposes = [consent_words.name(purpose, language) for purpose in link.purposes]
    name = {State.OPEN: "confirm", State.USED: "confirmed", State.EXPIRED: "expired"}[link.state]
    return make_response(frame.page(name, found, link=link, purposes=purposes, token=token, is_new=False), status)
