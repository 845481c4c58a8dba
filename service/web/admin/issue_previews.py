"""An issue as its readers will see it: framed under the letters' own policy, made by the renderer that makes the mail."""

import re

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from service.issues import queries
from service.newsletters.models import Newsletter
from service.rendering import editions, preview
from service.rendering.preview import Preview
from service.schedule import queries as schedule
from service.web.access import editor
from service.web.security import letter_policy
from service.web.transaction import reading, runtime

blueprint = Blueprint("issue_previews", __name__, url_prefix="/admin/issues")

VIEWS = ("desktop", "phone", "dark", "text")
_DARK = re.compile(r"\(\s*prefers-color-scheme:\s*dark\s*\)")
ALWAYS, NEVER = "all", "not all"


@blueprint.get("/<int:issue_id>/preview")
@editor
def show(issue_id: int) -> str:
    """The frames: desktop, phone, dark, text; of the newest text or of an earlier one."""
    view = request.args.get("view", "desktop")
    revision_id = request.args.get("revision", type=int)
    with reading() as session:
        text = queries.text(session, issue_id, revision_id)
        newest = queries.edition(session, issue_id).revision_id
        newsletter = session.get_one(Newsletter, text.issue.newsletter_id)
        booked = schedule.of_issue(session, issue_id)
    seen = _preview(issue_id, text.revision.id)
    return render_template(
        "admin/issues/preview.html",
        tab="preview",
        text=text,
        newsletter=newsletter,
        booked=booked,
        seen=seen,
        size=len(seen.html.encode()),
        view=view if view in VIEWS else VIEWS[0],
        is_newest=text.revision.id == newest,
    )


@blueprint.get("/<int:issue_id>/letter.html")
@editor
def letter(issue_id: int) -> Response:
    """The letter alone; `scheme=dark` as a dark mail program shows it, else as a light one does."""
    seen = _preview(issue_id, request.args.get("revision", type=int))
    is_dark = request.args.get("scheme") == "dark"
    html = re.sub(r"@media\s*" + _DARK.pattern, f"@media {ALWAYS if is_dark else NEVER}", seen.html)
    return letter_policy(make_response(html, {"Content-Type": "text/html; charset=utf-8"}))


@blueprint.get("/<int:issue_id>/letter.txt")
@editor
def letter_text(issue_id: int) -> Response:
    """Its text twin."""
    seen = _preview(issue_id, request.args.get("revision", type=int))
    return make_response(seen.text, {"Content-Type": "text/plain; charset=utf-8"})


def _preview(issue_id: int, revision_id: int | None) -> Preview:
    with reading() as session:
        source = editions.gather(
            session, issue_id, revision_id, base_url=request.host_url.rstrip("/"), edge_url=runtime().settings.edge_url
        )
    return preview.preview(source.render(runtime().email_environment))
