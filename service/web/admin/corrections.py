"""Stop, fix, continue at the desk: stop what is going out, make a corrected version of its text, let the rest receive it (E12)."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from service.accounts.models import Role
from service.core.errors import Forbidden, PressrunError
from service.core.problems import Problem
from service.delivery.launching import correcting, launch
from service.delivery.overview import queries, versions
from service.delivery.overview.versions import Version
from service.issues import assets
from service.issues import queries as issues
from service.issues.models import IssueState
from service.web.access import editor, signed_in_user
from service.web.admin import issue_differences, stored_letters
from service.web.admin.issue_differences import Difference
from service.web.templating import refusal_texts, translate
from service.web.transaction import reading, runtime, writing

blueprint = Blueprint("corrections", __name__, url_prefix="/admin/deliveries/<int:issue_id>/correction")


@dataclass(frozen=True)
class Step:
    """What a correction changed."""

    version: Version
    differences: list[Difference]


@blueprint.get("")
@editor
def show(issue_id: int) -> str:
    """Where the correction of an issue stands, and the next step."""
    return _page(issue_id)


@blueprint.get("/now")
@editor
def now(issue_id: int) -> AnyResponse:
    """The moving part alone; where the next step is another, the page is to be loaded anew."""
    with reading() as session:
        progress = queries.progress(session, issue_id)
        key = _key(session, progress)
    answer = make_response(render_template("admin/corrections/_now.html", now=progress, key=key))
    if request.args.get("key") != key:
        answer.headers["HX-Refresh"] = "true"
    return answer


@blueprint.get("/versions/<int:compiled_id>")
@editor
def letter(issue_id: int, compiled_id: int) -> Response:
    """A version exactly as it is stored, its fields filled for nobody; nothing in it counts."""
    with reading() as session:
        return stored_letters.shown(session, issue_id, compiled_id)


@blueprint.post("/stop")
@editor
def stop(issue_id: int) -> AnyResponse:
    """Hand nothing more over; whoever may send an issue may stop it."""
    with writing() as session:
        launch.pause(session, issue_id, user_id=signed_in_user().id)
    flash(translate("Stopped. Correct the text now; nothing goes out until you let it go on."), "good")
    return _back(issue_id)


@blueprint.post("/make")
@editor
def make(issue_id: int) -> AnyResponse:
    """Ask for the corrected version; what forbids it is listed."""
    note, revision_id = request.form.get("note", ""), request.form.get("revision_id", 0, type=int)
    try:
        with writing() as session:
            correcting.ask(session, issue_id, revision_id, note=note, user_id=signed_in_user().id)
    except correcting.NotSendable as refusal:
        return make_response(_page(issue_id, note=note, problems=refusal.problems), 422)
    except PressrunError as refusal:
        return make_response(_page(issue_id, note=note, wrong=" ".join(refusal_texts(refusal))), 422)
    return _back(issue_id)


@blueprint.post("/drop")
@editor
def drop(issue_id: int) -> AnyResponse:
    """Give the open correction up."""
    with writing() as session:
        correcting.drop(session, issue_id, user_id=signed_in_user().id)
    flash(translate("Dropped. The issue still waits, with the version it had."), "good")
    return _back(issue_id)


@blueprint.post("/go-on")
@editor
def go_on(issue_id: int) -> AnyResponse:
    """Let the rest receive the corrected version."""
    user = signed_in_user()
    with writing() as session:
        if not _may_go_on(session, issue_id):
            raise Forbidden("Only operators may do this.", remedy="Ask an operator.")
        launch.resume(session, issue_id, user_id=user.id, with_lanes=user.may(Role.OPERATOR))
        waiting = queries.progress(session, issue_id)
    runtime().broker.nudge_sending(waiting.by_lane)
    flash(translate("Sending goes on."), "good")
    return redirect(url_for("deliveries.show", issue_id=issue_id), code=303)


def _page(issue_id: int, *, note: str = "", wrong: str = "", problems: list[Problem] | None = None) -> str:
    with reading() as session:
        progress = queries.progress(session, issue_id)
        found = versions.of(session, issue_id)
        current = next(version for version in found if version.is_current)
        text, sent = issues.text(session, issue_id), issues.text(session, issue_id, current.revision_id)
        context: dict[str, Any] = {
            "now": progress,
            "key": _key(session, progress),
            "versions": found,
            "current": current,
            "title": text.edition.title,
            "revision_id": text.revision.id,
            "is_stopped": correcting.is_stopped(session, issue_id),
            "is_fresh": _is_fresh(found),
            "open_one": correcting.open_of(session, issue_id),
            "differences": issue_differences.between(sent.document, text.document),
            "steps": _steps(session, issue_id, found),
            "pictures": _pictures(session, issue_id, found),
            "may_go_on": _may_go_on(session, issue_id),
        }
    return render_template("admin/corrections/show.html", issue_id=issue_id, note=note, wrong=wrong, problems=problems, **context)


def _key(session: Session, progress: queries.Progress) -> str:
    """Changes when the page has another next step."""
    is_open = correcting.open_of(session, progress.issue_id)
    return f"{progress.state.value}.{is_open.id if is_open else 0}.{len(is_open.problems) if is_open else 0}"


def _is_fresh(found: list[Version]) -> bool:
    """A corrected version is in use that nobody has yet: the stop was for it."""
    current = found[-1]
    return bool(current.note) and current.is_current and not current.accepted and not current.uncertain


def _may_go_on(session: Session, issue_id: int) -> bool:
    """Operators; and editors where nothing but their own correction keeps it."""
    is_paused = issues.issue(session, issue_id).state is IssueState.PAUSED
    return signed_in_user().may(Role.OPERATOR) or (is_paused and _is_fresh(versions.of(session, issue_id)))


def _steps(session: Session, issue_id: int, found: list[Version]) -> list[Step]:
    documents = [issues.text(session, issue_id, version.revision_id).document for version in found]
    return [
        Step(version, issue_differences.between(before, after))
        for before, after, version in zip(documents, documents[1:], found[1:], strict=False)
    ]


def _pictures(session: Session, issue_id: int, found: list[Version]) -> dict[str, str]:
    texts = [issues.text(session, issue_id), *(issues.text(session, issue_id, version.revision_id) for version in found)]
    references = set().union(*(assets.references(text.document) for text in texts))
    return {reference: assets.PATH + assets.file_name(asset) for reference, asset in assets.by_reference(session, references).items()}


def _back(issue_id: int) -> AnyResponse:
    return redirect(url_for("corrections.show", issue_id=issue_id), code=303)
