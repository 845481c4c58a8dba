"""Links of letters that are out: where each leads, and leading one elsewhere, asked about once more and to be taken back."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from service.accounts import queries as accounts
from service.core.errors import Invalid
from service.delivery.launching import link_repairs
from service.delivery.launching.link_repairs import Plan
from service.feedback import queries as feedback
from service.issues import queries as issues
from service.web.access import editor, signed_in_user
from service.web.templating import refusal_texts, translate
from service.web.transaction import reading, runtime, writing

blueprint = Blueprint("link_repairs", __name__, url_prefix="/admin/statistics/<int:issue_id>/links")


@blueprint.get("")
@editor
def listing(issue_id: int) -> str:
    """Every link with where it leads today, and what was repaired."""
    with reading() as session:
        is_out = link_repairs.is_out(session, issue_id)
        found, history = link_repairs.repairable(session, issue_id), link_repairs.history(session, issue_id)
        undoable = {repair.id for repair in history if link_repairs.may_undo(session, repair)}
        title, names = issues.text(session, issue_id).edition.title, accounts.names(session)
    values = {"issue_id": issue_id, "title": title, "is_out": is_out, "links": found, "history": history}
    values |= {"undoable": undoable, "names": names}
    return render_template("admin/link_repairs/listing.html", **values)


@blueprint.get("/<int:number>")
@editor
def edit(issue_id: int, number: int) -> str:
    """The form for one link."""
    return _form(issue_id, number)


@blueprint.post("/<int:number>")
@editor
def repair(issue_id: int, number: int) -> Response:
    """Check the new address and show what follows; do it once that was seen."""
    url = request.form.get("url", "")
    try:
        if "sure" not in request.form:
            with reading() as session:
                plan = link_repairs.plan(session, issue_id, number, url, edge_url=runtime().settings.edge_url)
            return make_response(_form(issue_id, number, url=plan.url, plan=plan))
        with writing() as session:
            done = link_repairs.repair(session, issue_id, number, url, edge_url=runtime().settings.edge_url, user_id=signed_in_user().id)
    except Invalid as refusal:
        return make_response(_form(issue_id, number, url=url, wrong=" ".join(refusal_texts(refusal))), 422)
    flash(translate("Repaired. Within ten seconds every click on this link leads to {url}.", url=done.to_url), "good")
    return _back(issue_id)


@blueprint.post("/repairs/<int:repair_id>/undo")
@editor
def undo(issue_id: int, repair_id: int) -> Response:
    """Lead a link back to where it led."""
    with writing() as session:
        row = link_repairs.undo(session, repair_id, user_id=signed_in_user().id)
    flash(translate("Led back. Within ten seconds every click on this link leads to {url} again.", url=row.from_url), "good")
    return _back(issue_id)


def _form(issue_id: int, number: int, *, url: str = "", wrong: str = "", plan: Plan | None = None) -> str:
    with reading() as session:
        link = link_repairs.link(session, issue_id, number)
        title, clicks = issues.text(session, issue_id).edition.title, feedback.clicks_on(session, issue_id, number)
    values = {"issue_id": issue_id, "title": title, "link": link, "clicks": clicks, "url": url, "wrong": wrong, "plan": plan}
    return render_template("admin/link_repairs/edit.html", **values)


def _back(issue_id: int) -> Response:
    return redirect(url_for("link_repairs.listing", issue_id=issue_id), code=303)
