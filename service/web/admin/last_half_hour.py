"""The last half hour before a slot at the desk: send as approved, hold it back, or replace what is approved with a newer text."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from service.core import clock
from service.core.errors import NotFound, PressrunError
from service.issues import assets
from service.issues import queries as issues
from service.newsletters.models import Newsletter
from service.schedule import booking, holding, queries, readiness, replacing
from service.schedule.models import Slot
from service.schedule.queries import ListedSlot
from service.schedule.readiness import Readiness
from service.web.access import editor, signed_in_user
from service.web.admin import issue_differences, stored_letters
from service.web.templating import both_clocks, problem_text, refusal_texts, translate
from service.web.transaction import reading, writing

blueprint = Blueprint("last_half_hour", __name__, url_prefix="/admin/schedule/slots/<int:slot_id>")


def gather(session: Session, listed: ListedSlot) -> dict[str, Any]:
    """What the slot's page says about its last half hour; nothing while it is further away."""
    slot = listed.slot
    if listed.readiness is Readiness.UNDECIDED or not readiness.is_close(slot, clock.now()):
        return {"is_close": False}
    wanted = replacing.of(session, slot.id)
    newest = issues.text(session, slot.issue_id or 0)
    approved = issues.text(session, slot.issue_id or 0, slot.revision_id)
    newer = issues.text(session, slot.issue_id or 0, wanted.revision_id) if wanted is not None else newest
    references = assets.references(approved.document) | assets.references(newer.document)
    return {
        "is_close": True,
        "key": _key(session, slot),
        "choices": holding.choices(session, slot),
        "replacement": wanted,
        "newest_id": newest.revision.id,
        "differences": issue_differences.between(approved.document, newer.document),
        "pictures": {name: assets.PATH + assets.file_name(asset) for name, asset in assets.by_reference(session, references).items()},
    }


@blueprint.get("/now")
@editor
def now(slot_id: int) -> AnyResponse:
    """Nothing but the word that the page is to be loaded anew, where something else can be done by now."""
    with reading() as session:
        listed = queries.one(session, slot_id)
        key = _key(session, listed.slot) if listed is not None else ""
    answer = make_response("", 200)
    if request.args.get("key") != key:
        answer.headers["HX-Refresh"] = "true"
    return answer


@blueprint.get("/versions/<int:compiled_id>")
@editor
def letter(slot_id: int, compiled_id: int) -> Response:
    """A version of the slot's issue exactly as it is stored, its fields filled for nobody; nothing in it counts."""
    with reading() as session:
        return stored_letters.shown(session, booking.get(session, slot_id).issue_id or 0, compiled_id)


@blueprint.post("/hold")
@editor
def hold(slot_id: int) -> AnyResponse:
    """Move its hour by 15, 30 or 60 minutes."""
    minutes, seen = request.form.get("minutes", 0, type=int), request.form.get("seen", type=datetime.fromisoformat)

    def act(session: Session) -> str:
        slot = holding.hold(session, slot_id, minutes, seen=seen, user_id=signed_in_user().id)
        return _said("Held back. It goes out {clocks}.", session, slot)

    return _do(act, slot_id)


@blueprint.post("/let-go")
@editor
def let_go(slot_id: int) -> AnyResponse:
    """Back to the hour of the rhythm."""

    def act(session: Session) -> str:
        return _said("It goes out at its own hour: {clocks}.", session, holding.let_go(session, slot_id, user_id=signed_in_user().id))

    return _do(act, slot_id)


@blueprint.post("/replace")
@editor
def replace(slot_id: int) -> AnyResponse:
    """Have a newer text made beside the approved one."""

    def act(session: Session) -> str:
        replacing.ask(session, slot_id, request.form.get("revision_id", 0, type=int), user_id=signed_in_user().id)
        return translate("The newer version is being made; until you swap it in, the approved one stays.")

    return _do(act, slot_id)


@blueprint.post("/swap")
@editor
def swap(slot_id: int) -> AnyResponse:
    """The newer version takes the place of the approved one."""

    def act(session: Session) -> str:
        slot = replacing.swap(session, slot_id, compiled_id=request.form.get("compiled_id", type=int), user_id=signed_in_user().id)
        return _said("Swapped. The newer version goes out {clocks}.", session, slot)

    return _do(act, slot_id)


@blueprint.post("/drop")
@editor
def drop(slot_id: int) -> AnyResponse:
    """Keep what is approved."""

    def act(session: Session) -> str:
        replacing.drop(session, slot_id, user_id=signed_in_user().id)
        return translate("The approved version stays.")

    return _do(act, slot_id)


def _key(session: Session, slot: Slot) -> str:
    """Changes when the page has something else to say."""
    wanted = replacing.of(session, slot.id)
    version = (wanted.id, wanted.compiled_id or 0, len(wanted.problems)) if wanted is not None else (0, 0, 0)
    is_looked_at = slot.verified_id == slot.compiled_id
    return ".".join(
        map(str, (slot.state.value, int(slot.fires_at.timestamp()), slot.compiled_id, is_looked_at, len(slot.faults), *version))
    )


def _do(act: Callable[[Session], str], slot_id: int) -> AnyResponse:
    """Do it and go back to the slot's page; a refusal is said there, with what speaks against it."""
    try:
        with writing() as session:
            said = act(session)
        flash(said, "good")
    except booking.NotBookable as refusal:
        flash(" ".join([translate(refusal.message), *(problem_text(problem) for problem in refusal.problems[:3])]), "bad")
    except NotFound:
        raise
    except PressrunError as refusal:
        flash(" ".join(refusal_texts(refusal)), "bad")
    return redirect(url_for("schedule.slot", slot_id=slot_id), code=303)


def _said(message: str, session: Session, slot: Slot) -> str:
    newsletter = session.get_one(Newsletter, slot.newsletter_id)
    return translate(message, clocks=both_clocks(slot.fires_at, newsletter).striptags())
