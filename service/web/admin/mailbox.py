"""The mailbox beside the local catcher: every mail as it arrived. Exists only where mails go to the catcher of this machine."""

from pathlib import Path

from flask import Blueprint, Response, make_response, render_template, request

from service.core.errors import NotFound
from service.web import maildir
from service.web.access import editor
from service.web.security import letter_policy
from service.web.transaction import runtime

blueprint = Blueprint("mailbox", __name__, url_prefix="/admin/mailbox")

SHOWN_HEADERS = (
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "List-Id",
    "Feedback-ID",
    "Message-ID",
)


@blueprint.get("")
@editor
def listing() -> str:
    """The mails, newest first; `q` searches by recipient."""
    wanted = request.args.get("q", "")
    found = maildir.listing(_folder(), recipient=wanted, number=request.args.get("page", 1, type=int))
    return render_template("admin/mailbox/listing.html", found=found, wanted=wanted)


@blueprint.get("/<name>")
@editor
def show(name: str) -> str:
    """One mail: its headers, its letter in a frame, its text."""
    mail = maildir.message(_file(name))
    headers = [(header, str(mail[header])) for header in SHOWN_HEADERS if mail[header]]
    html, text = maildir.part(mail, "html"), maildir.part(mail, "plain")
    return render_template("admin/mailbox/show.html", name=name, headers=headers, subject=str(mail["subject"] or ""), html=html, text=text)


@blueprint.get("/<name>/letter")
@editor
def letter(name: str) -> Response:
    """The HTML part alone, for the frame."""
    html = maildir.in_new_tabs(maildir.part(maildir.message(_file(name)), "html"))
    return letter_policy(make_response(html))


@blueprint.get("/<name>/source")
@editor
def source(name: str) -> Response:
    """The mail byte for byte."""
    answer = make_response(_file(name).read_bytes())
    answer.headers["Content-Type"] = "text/plain; charset=utf-8"
    return answer


def _folder() -> Path:
    return runtime().settings.var_dir / "mail"


def _file(name: str) -> Path:
    file = maildir.find(_folder(), name)
    if file is None:
        raise NotFound("There is no such mail.", remedy="Choose one from the list.")
    return file
