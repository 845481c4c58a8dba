"""Files of readers: upload with its declaration, a look at the columns, the run, its report. For operators (B5, F9)."""

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from service.core.errors import Invalid, NotFound
from service.newsletters import queries as newsletters
from service.newsletters.models import Newsletter
from service.subscribers import csv_file, importing, queries
from service.subscribers.importing import AlreadyImported, Preview
from service.subscribers.models import Import
from service.web.access import operator, signed_in_user
from service.web.forms import printable
from service.web.templating import refusal_texts, translate
from service.web.transaction import reading, runtime, writing

blueprint = Blueprint("imports", __name__, url_prefix="/admin/subscribers/imports")

IGNORE = ""
FIELDS = [
    (IGNORE, "Leave out"),
    ("email", "E-mail address"),
    ("name", "Name"),
    ("advertising", "Agrees to advertising (yes or no)"),
    ("consented_on", "Day of consent"),
]
SHOWN_REFUSED = 200


@blueprint.get("")
@operator
def listing() -> str:
    """The form for a new import, and the imports so far."""
    return _listing()


@blueprint.post("")
@operator
def upload() -> AnyResponse:
    """Keep the file and its declaration, then show what is in it; nothing is imported yet."""
    file, form = request.files.get("file"), request.form
    absent = _absent()
    if absent:
        return make_response(_listing(" ".join(absent)), 422)
    content = file.read() if file else b""
    try:
        contents = importing.look(content)
        content_hash = importing.keep(_folder(), content)
        with writing() as session:
            newsletter = _newsletter(session, form.get("newsletter_id", 0, type=int))
            row = importing.declare(
                session,
                newsletter_id=newsletter.id,
                user_id=signed_in_user().id,
                file_name=printable(file.filename or "") if file else "",
                contents=contents,
                content_hash=content_hash,
                source=printable(form.get("source", "")),
                consented_on=form.get("consented_on", ""),
            )
            import_id = row.id
    except (Invalid, AlreadyImported) as refusal:
        return make_response(_listing(" ".join(refusal_texts(refusal)).strip()), 422)
    return redirect(url_for("imports.show", import_id=import_id), code=303)


@blueprint.get("/<int:import_id>")
@operator
def show(import_id: int) -> str:
    """Before the start: the first rows and their columns; during: how far it is; after: the report."""
    with reading() as session:
        row = _import(session, import_id)
        newsletter = session.get_one(Newsletter, row.newsletter_id)
    return _page(row, newsletter)


@blueprint.post("/<int:import_id>/start")
@operator
def start(import_id: int) -> AnyResponse:
    """Run the import with the columns that were chosen."""
    columns = {
        field: int(name.removeprefix("column"))
        for name, field in reversed(list(request.form.items()))
        if name.removeprefix("column").isdecimal() and field in dict(FIELDS) and field != IGNORE
    }
    try:
        with writing() as session:
            importing.start(
                session, import_id, columns=columns, has_header=bool(request.form.get("has_header")), user_id=signed_in_user().id
            )
    except Invalid as refusal:
        flash(" ".join(refusal_texts(refusal)), "bad")
    return redirect(url_for("imports.show", import_id=import_id), code=303)


@blueprint.post("/<int:import_id>/discard")
@operator
def discard(import_id: int) -> AnyResponse:
    """Throw an import away that was not started, with its file."""
    with writing() as session:
        content_hash = importing.discard(session, import_id, user_id=signed_in_user().id)
    importing.forget_file(writing, content_hash, _folder())
    flash(translate("Thrown away. Nobody was imported."), "good")
    return redirect(url_for("imports.listing"), code=303)


@blueprint.get("/<int:import_id>/refused.csv")
@operator
def refused(import_id: int) -> Response:
    """Line and reason of each refused row, for a spreadsheet; no addresses."""
    with reading() as session:
        row = _import(session, import_id)
    table = [[str(entry["line"]), translate(entry["reason"])] for entry in row.refused]
    content = csv_file.write([translate("Line"), translate("Reason")], table)
    return Response(content, mimetype="text/csv", headers={"Content-Disposition": f"attachment; filename=import-{import_id}-refused.csv"})


def _absent() -> list[str]:
    """What the form needs and does not have, a sentence for each, so that all of it is said at once."""
    file, form = request.files.get("file"), request.form
    said = []
    if file is None or not file.filename:
        said.append(translate("No file was chosen."))
    if not form.get("source", "").strip():
        said.append(translate("Say where these readers agreed to receive the newsletter."))
    if not form.get("consented_on", "").strip():
        said.append(translate("Say on which day these readers agreed."))
    return said


def _listing(wrong: str = "") -> str:
    with reading() as session:
        everything = newsletters.listing(session)
        wanted = request.values.get("newsletter_id", 0, type=int)
        chosen = next((row for row in everything if row.id == wanted), everything[0] if everything else None)
        page = queries.imports(session, chosen.id, request.args.get("page", 1, type=int)) if chosen else None
    return render_template(
        "admin/subscribers/imports.html", newsletters=everything, chosen=chosen, page=page, wrong=wrong, form=request.form
    )


def _page(row: Import, newsletter: Newsletter) -> str:
    values: dict[str, Any] = {"row": row, "newsletter": newsletter, "fields": FIELDS, "preview": None}
    if row.started_at is None:
        values["preview"] = _preview(row)
    return render_template("admin/subscribers/import.html", shown=row.refused[:SHOWN_REFUSED], **values)


def _preview(row: Import) -> Preview:
    try:
        return importing.preview((_folder() / row.content_hash).read_bytes())
    except OSError:
        raise NotFound("The file of this import is not on this machine any more.", remedy="Upload it again.") from None


def _folder() -> Path:
    return importing.folder(runtime().settings.var_dir)


def _newsletter(session: Session, newsletter_id: int) -> Newsletter:
    newsletter = session.get(Newsletter, newsletter_id)
    if newsletter is None:
        raise NotFound("There is no such newsletter.")
    return newsletter


def _import(session: Session, import_id: int) -> Import:
    row = session.get(Import, import_id)
    if row is None:
        raise NotFound("There is no such import.")
    return row
