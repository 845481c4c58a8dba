"""What came back: the ones that fit no letter of ours, that are our own fault, or all of them, of one issue too; one with its raw text.

For operators.
"""

from flask import Blueprint, render_template, request

from service.feedback import queries
from service.feedback.queries import Which
from service.web import returned_words
from service.web.access import operator
from service.web.transaction import reading, runtime

blueprint = Blueprint("returned", __name__, url_prefix="/admin/subscribers/returned")


@blueprint.get("")
@operator
def listing() -> str:
    """Those without a letter, those that are our fault, or all; of one issue where one is asked for."""
    asked, number, issue_id = request.args.get("show", ""), request.args.get("page", 1, type=int), request.args.get("issue", type=int)
    shown = Which(asked) if asked in set(Which) else Which.UNKNOWN
    with reading() as session:
        page = queries.listing(session, number, shown, issue_id)
    settings = runtime().settings
    doors = {
        "is_open": settings.takes_mail or any((settings.ses_topics, settings.mailgun_signing_key, settings.postmark_secret)),
    }
    return render_template("admin/returned/listing.html", page=page, shown=shown, issue_id=issue_id, words=returned_words, **doors)


@blueprint.get("/<int:returned_id>")
@operator
def show(returned_id: int) -> str:
    """One, with its words and the payload as it came: a stranger's text, shown as text only (F17)."""
    with reading() as session:
        row = queries.one(session, returned_id)
    raw = row.raw.decode("utf-8", "replace") if row.raw else ""
    return render_template("admin/returned/show.html", row=row, raw=raw, words=returned_words)
