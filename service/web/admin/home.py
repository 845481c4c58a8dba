"""The start page of the desk: what goes out next, what needs a person, and the figures."""

from flask import Blueprint, render_template

from service.web.access import editor

blueprint = Blueprint("home", __name__)


@blueprint.get("/admin")
@editor
def show() -> str:
    """The start page."""
    return render_template("admin/home/show.html")
