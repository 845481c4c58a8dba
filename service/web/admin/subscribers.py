"""Readers: the list with its search, one reader with the consent log, the do-not-mail list. For operators."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from service.core import audit
from service.core.errors import Invalid, NotFound
from service.feedback import queries as feedback
from service.newsletters import queries as newsletters
from service.newsletters.models import Newsletter
from service.subscribers import import_rows, lifecycle, queries, suppression
from service.subscribers.models import ConsentAction, ConsentEvent, Purpose, Standing, Subscriber, SuppressionReason
from service.web import clocks, returned_words
from service.web.access import operator, signed_in_user
from service.web.forms import printable
from service.web.templating import language, refusal_texts, translate
from service.web.transaction import reading, writing

blueprint = Blueprint("subscribers", __name__, url_prefix="/admin/subscribers")

SUPPRESSED = "suppressed"  # a filter beside the states
STATES = {
    Standing.PENDING: ("Waiting for confirmation", "warn"),
    Standing.ACTIVE: ("Receives", "good"),
    Standing.PAUSED: ("Taking a pause", "info"),
    Standing.UNSUBSCRIBED: ("Unsubscribed", "quiet"),
}
REASONS = {
    SuppressionReason.HARD_BOUNCE: "The address does not exist",
    SuppressionReason.INACTIVE: "The mailbox has long been closed",
    SuppressionReason.FULL: "The mailbox has long been full",
    SuppressionReason.COMPLAINT: "Complained about our mail",
    SuppressionReason.MANUAL: "Put there by hand",
    SuppressionReason.ERASED: "Erased on request",
}
PURPOSES = {
    Purpose.NEWSLETTER: "Receiving the newsletter",
    Purpose.ADVERTISING: "Advertising information by e-mail",
    Purpose.OPEN_TRACKING: "Measuring opens",
    Purpose.CLICK_TRACKING: "Measuring clicks",
}
ACTIONS = {
    ConsentAction.REQUESTED: ("Asked for, not yet confirmed", "warn"),
    ConsentAction.GRANTED: ("Agreed", "good"),
    ConsentAction.REFUSED: ("Said no", "quiet"),
    ConsentAction.WITHDRAWN: ("Withdrawn", "quiet"),
}
SOURCES = {
    "sign-up page": "Sign-up page",
    "confirmation link": "Confirmation link",
    "preferences page": "Preferences page",
    "unsubscribe page": "Unsubscribe page",
    "one-click": "One click in the mail program",
    "mail": "By a mail that asked for it",
    "complaint": "By a complaint at the mailbox provider",
    "desk": "At the desk",
}


@blueprint.get("")
@operator
def listing() -> str:
    """The readers of one newsletter: how many of each state, search, page by page."""
    text, state = printable(request.args.get("q", "")).strip()[:254], request.args.get("state", "")
    with reading() as session:
        everything = newsletters.listing(session)
        chosen = _chosen(everything)
        values: dict[str, Any] = {
            "newsletters": everything,
            "chosen": chosen,
            "text": text,
            "state": state,
            "states": STATES,
            "came_by": _came_by,
        }
        if chosen is not None:
            values["counts"] = queries.counts(session, chosen.id)
            values["suppressed"] = queries.count_suppressed(session)
            values["page"] = queries.search(
                session,
                chosen.id,
                text=text,
                state=Standing(state) if state in list(Standing) else None,
                suppressed_only=state == SUPPRESSED,
                page=request.args.get("page", 1, type=int),
            )
            values["page_address"] = "?" + urlencode({"newsletter": chosen.id, "q": text, "state": state, "page": ""})
    return render_template("admin/subscribers/listing.html", **values)


@blueprint.get("/<int:subscriber_id>")
@operator
def show(subscriber_id: int) -> str:
    """One reader: subscriptions, what was agreed to, and whether mail may go there."""
    with reading() as session:
        person = _subscriber(session, subscriber_id)
        values = {
            "person": person,
            "subscriptions": queries.subscriptions_of(session, subscriber_id),
            "log": queries.consent_log(session, subscriber_id),
            "returned": feedback.of_reader(session, subscriber_id),
            "suppressed": suppression.find(session, person.address_hash),
            "names": {row.id: row.name for row in newsletters.listing(session)},
        }
    return render_template(
        "admin/subscribers/show.html",
        states=STATES,
        reasons=REASONS,
        purposes=PURPOSES,
        actions=ACTIONS,
        came_by=_came_by,
        said_at=_said_at,
        words=returned_words,
        **values,
    )


@blueprint.post("/<int:subscriber_id>/suppress")
@operator
def suppress(subscriber_id: int) -> Response:
    """Put the address on the do-not-mail list, with a reason."""
    return _do(
        subscriber_id,
        lambda session, person: suppression.suppress(
            session, person.address_hash, SuppressionReason.MANUAL, note=_note(), user_id=signed_in_user().id
        ),
        "This address will not be mailed any more.",
    )


@blueprint.post("/<int:subscriber_id>/lift")
@operator
def lift(subscriber_id: int) -> Response:
    """Take the address off the do-not-mail list, with a reason."""
    return _do(
        subscriber_id,
        lambda session, person: suppression.lift(session, person.address_hash, note=_note(), user_id=signed_in_user().id),
        "This address may be mailed again.",
    )


@blueprint.post("/<int:subscriber_id>/unsubscribe")
@operator
def unsubscribe(subscriber_id: int) -> Response:
    """Unsubscribe a reader who asked for it by telephone or letter; the reader is told by mail (B7)."""
    newsletter_id = request.form.get("newsletter_id", 0, type=int)

    def leave(session: Session, person: Subscriber) -> None:
        if not _note():
            raise Invalid("Say how the reader asked for it.")
        lifecycle.unsubscribe(session, newsletter_id, person.id, source="desk", language=person.language)
        audit.record(session, "subscriber.unsubscribed", user_id=signed_in_user().id, noun_id=person.id, note=_note())

    return _do(subscriber_id, leave, "Unsubscribed. A mail tells the reader.")


def _came_by(source: str) -> str:
    """How a reader came or left, in words; an import with its declaration."""
    number, _, declared = source.removeprefix("import ").partition(": ")
    if source.startswith("import ") and number.isdecimal():
        return translate("Import no. {number}: {source}", number=number, source=declared)
    return translate(SOURCES.get(source, source))


def _said_at(event: ConsentEvent) -> str:
    """When something was agreed to, always with its year; of an import only the day is known, which is kept as a moment of it."""
    if event.source.startswith("import ") and event.at == import_rows.moment_of(event.at.date()):
        return clocks.day(event.at, "UTC", language())
    return clocks.moment(event.at, signed_in_user().zone, language(), with_year=True)


def _do(subscriber_id: int, act: Any, done: str) -> Response:
    """One change to one reader; a refusal is shown on the reader's page."""
    try:
        with writing() as session:
            act(session, _subscriber(session, subscriber_id))
    except Invalid as refusal:
        flash(" ".join(refusal_texts(refusal)), "bad")
    else:
        flash(translate(done), "good")
    return redirect(url_for("subscribers.show", subscriber_id=subscriber_id), code=303)


def _subscriber(session: Session, subscriber_id: int) -> Subscriber:
    person = session.get(Subscriber, subscriber_id)
    if person is None:
        raise NotFound("There is no such reader.")
    return person


def _note() -> str:
    """The reason an operator wrote, on one line, without what looks like an address (it is kept for good)."""
    note = printable(" ".join(request.form.get("note", "").split()))[:300]
    if "@" in note:
        raise ReasonHoldsAddress("Leave addresses out of the reason: it outlives the reader.")
    return note


def _chosen(everything: list[Newsletter]) -> Newsletter | None:
    wanted = request.args.get("newsletter", 0, type=int)
    return next((row for row in everything if row.id == wanted), everything[0] if everything else None)


class ReasonHoldsAddress(Invalid):
    """The reason of a suppression is kept after the reader is erased (B11)."""
