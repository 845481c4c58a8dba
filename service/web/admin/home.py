"""The start page of the desk: what goes out next, what needs a person, and the figures."""

from flask import Blueprint, render_template

from service.schedule.readiness import Readiness
from service.web import overview
from service.web.access import editor
from service.web.transaction import reading

blueprint = Blueprint("home", __name__)

BADGES = {  # readiness -> tone and words
    Readiness.EMPTY: ("quiet", "Empty"),
    Readiness.READY: ("good", "Ready"),
    Readiness.FAULTY: ("bad", "Fault found"),
    Readiness.BEING_MADE_READY: ("info", "Being made ready"),
    Readiness.NOT_READY: ("bad", "Not ready"),
    Readiness.UNDECIDED: ("bad", "Needs a decision"),
    Readiness.SKIPPED: ("quiet", "Skipped"),
    Readiness.LAUNCHED: ("good", "Started"),
    Readiness.MISSED: ("bad", "Missed"),
}


@blueprint.get("/admin")
@editor
def show() -> str:
    """The start page."""
    with reading() as session:
        found = overview.overviews(session)
        matters, doubt = overview.matters(session, found), overview.doubt(session)
    return render_template("admin/home/show.html", overviews=found, matters=matters, doubt=doubt, badges=BADGES)
