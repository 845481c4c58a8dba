"""A letter in the browser, for the link in its head: as it was sent, but it tracks nobody, names nobody and acts for nobody."""

from flask import Blueprint, make_response
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from service.delivery.models import Delivery, Launch
from service.rendering import fields, preview
from service.rendering.models import CompiledIssue
from service.tracking import links, tokens
from service.tracking.paths import VIEW_PATH
from service.web.access import public
from service.web.public import frame
from service.web.security import letter_policy
from service.web.transaction import reading, runtime

blueprint = Blueprint("archive", __name__)


@blueprint.get(f"{VIEW_PATH}<token>")
@public
def show(token: str) -> Response:
    """The version this reader was sent; under a policy that runs no script (F4). Letters are forwarded, so it names nobody."""
    found = tokens.read(runtime().signer, token)
    with reading() as session:
        compiled = _version(session, *found) if found else None
        destinations = links.destinations(session, compiled.issue_id) if compiled else {}
    if compiled is None:
        return make_response(frame.page("unknown", None), 404)
    html = preview.browser_html(compiled.html, name=fields.neutral_name(compiled.language), destinations=destinations)
    return letter_policy(make_response(html, {"Content-Type": "text/html; charset=utf-8"}))


def _version(session: Session, issue_id: int, subscriber_id: int) -> CompiledIssue | None:
    """What was handed over to this reader, else what the issue started with, else (a test mail) the newest version."""
    sent = session.scalar(select(Delivery.compiled_id).where(Delivery.issue_id == issue_id, Delivery.subscriber_id == subscriber_id))
    chosen = sent or session.scalar(select(Launch.compiled_id).where(Launch.issue_id == issue_id))
    if chosen is not None:
        return session.get(CompiledIssue, chosen)
    newest = select(CompiledIssue).where(CompiledIssue.issue_id == issue_id).order_by(CompiledIssue.version.desc()).limit(1)
    return session.scalar(newest) if subscriber_id == tokens.NOBODY else None
