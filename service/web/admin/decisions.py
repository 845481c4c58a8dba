"""What a person decides about issues that wait: let one go on, or let all that are booked keep their slots."""

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

from service.delivery.launching import deciding
from service.delivery.overview import queries
from service.issues.models import IssueState
from service.web.access import operator, signed_in_user
from service.web.templating import translate
from service.web.transaction import runtime, writing

blueprint = Blueprint("decisions", __name__, url_prefix="/admin/decisions")

SAYS = {
    IssueState.SENDING: "Sending goes on.",
    IssueState.SCHEDULED: "It keeps its slot.",
    IssueState.NEEDS_DECISION: "The readers are written down, and the sending machines mark whom they remember. Look again in a moment.",
}


@blueprint.post("/<int:issue_id>/go-on")
@operator
def go_on(issue_id: int) -> Response:
    """Let it go on where it stood."""
    with writing() as session:
        state = deciding.go_on(session, runtime().settings, issue_id, user_id=signed_in_user().id)
        lanes = queries.progress(session, issue_id).by_lane if state is IssueState.SENDING else {}
    runtime().broker.nudge_sending(lanes)
    flash(translate(SAYS[state]), "good")
    page = "issues.show" if state is IssueState.SCHEDULED else "deliveries.show"
    return redirect(url_for(page, issue_id=issue_id), code=303)


@blueprint.post("/keep-slots")
@operator
def keep_slots() -> Response:
    """Every booked issue that waits only because of the database keeps its slot."""
    with writing() as session:
        kept = deciding.keep_slots(session, user_id=signed_in_user().id)
    flash(translate("They keep their slots: {number}.", number=len(kept)), "good")
    return redirect(url_for("home.show"), code=303)
