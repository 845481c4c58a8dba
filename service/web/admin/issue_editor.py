"""Writing an issue in plain forms. Every button saves first, so nothing typed is lost; a page that is out of date overwrites nobody."""

import json
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from service.core.errors import Invalid, PressrunError
from service.delivery.launching import correcting
from service.issues import arranging, assets, checks, editing, markup, queries, workflow
from service.issues import document as documents
from service.issues import links as link_rule
from service.issues.assets import Picture
from service.issues.blocks import BLOCKS
from service.issues.document import Document
from service.issues.models import Asset
from service.newsletters.models import Newsletter
from service.schedule import queries as schedule
from service.web import block_form
from service.web.access import editor, signed_in_user
from service.web.admin import issue_differences
from service.web.block_form import Act
from service.web.templating import refusal_texts, translate
from service.web.transaction import reading, runtime, writing

blueprint = Blueprint("issue_editor", __name__, url_prefix="/admin/issues")

MEGABYTE = 1_000_000


@blueprint.get("/<int:issue_id>/edit")
@editor
def edit(issue_id: int) -> str:
    """The whole issue as one form."""
    with reading() as session:
        text = queries.text(session, issue_id)
        newsletter = session.get_one(Newsletter, text.issue.newsletter_id)
        booked = schedule.of_issue(session, issue_id)
        pictures = assets.by_reference(session, assets.references(text.document))
        is_correction = correcting.is_stopped(session, issue_id)
    problems = checks.check(text.document)
    return render_template(
        "admin/issues/edit.html",
        tab="edit",
        text=text,
        newsletter=newsletter,
        booked=booked,
        pictures=_picture_paths(pictures),
        problems=problems,
        by_block={block.id: [problem for problem in problems if problem.block == block.id] for block in text.document.blocks},
        is_editable=text.issue.state in workflow.EDITABLE,
        is_correction=is_correction,
        opened=request.args.get("open", ""),
        kinds=list(BLOCKS),
        write=markup.write,
        rows=block_form.rows,
        first_words=block_form.first_words,
    )


@blueprint.post("/<int:issue_id>/edit")
@editor
def save(issue_id: int) -> Response:
    """Save what the form says, then do what the pressed button asks for."""
    based_on = request.form.get("based_on", 0, type=int)
    wanted = block_form.act(request.form.get("act", ""))
    with reading() as session:
        base = queries.text(session, issue_id, based_on)
    document = block_form.read(request.form.items(multi=True), base.document, row_act=wanted)
    document, faults = _with_pictures(document, base.issue.newsletter_id)
    document, anchor = _acted(document, wanted)
    documents.from_json(documents.to_json(document))  # what cannot be read back is never stored
    response = _store(issue_id, document, based_on, note=wanted.verb if wanted.verb != "save" else "")
    for fault in faults:
        flash(" ".join(refusal_texts(fault)), "bad")
    place: dict[str, Any] = {"open": anchor, "_anchor": f"part-{anchor}"} if anchor else {}
    return response or redirect(url_for("issue_editor.edit", issue_id=issue_id, **place), code=303)


@blueprint.post("/<int:issue_id>/edit/overwrite")
@editor
def overwrite(issue_id: int) -> Response:
    """After a conflict: my text on top of theirs, which stays in the list of revisions."""
    try:
        document = documents.from_json(json.loads(request.form.get("document", "")))
    except (ValueError, RecursionError) as broken:
        raise Invalid("The text did not arrive whole.", remedy="Go back and try again.") from broken
    response = _store(issue_id, document, request.form.get("based_on", 0, type=int), note="overwrite")
    return response or redirect(url_for("issue_editor.edit", issue_id=issue_id), code=303)


@blueprint.get("/<int:issue_id>/links")
@editor
def links(issue_id: int) -> str:
    """Every link without an address, in one list."""
    return _links_page(issue_id, {})


@blueprint.post("/<int:issue_id>/links")
@editor
def fill_links(issue_id: int) -> Response:
    """Put the given addresses in; one that cannot be a link is shown again with its row, and nothing is kept of it."""
    with reading() as session:
        text = queries.text(session, issue_id, request.form.get("based_on", 0, type=int))
    given: dict[tuple[str, str], str] = {}
    refused: dict[tuple[str, str], str] = {}
    for missing in arranging.missing_links(text.document):
        typed = request.form.get(f"url:{missing.block}:{missing.path}", "").strip()
        url = link_rule.completed(typed)
        if link_rule.is_address(url):
            given[missing.block, missing.path] = url
        elif typed:
            refused[missing.block, missing.path] = typed
    response = None
    if given or not refused:
        response = _store(issue_id, arranging.fill_links(text.document, given), text.revision.id, note="links")
    if response is None and refused:
        return make_response(_links_page(issue_id, refused), 422)
    return response or redirect(url_for("issue_editor.links", issue_id=issue_id), code=303)


def _links_page(issue_id: int, refused: dict[tuple[str, str], str]) -> str:
    with reading() as session:
        text = queries.text(session, issue_id)
        newsletter = session.get_one(Newsletter, text.issue.newsletter_id)
        booked = schedule.of_issue(session, issue_id)
    missing = arranging.missing_links(text.document)
    return render_template(
        "admin/issues/links.html",
        tab="links",
        text=text,
        newsletter=newsletter,
        booked=booked,
        missing=missing,
        refused=refused,
        is_editable=text.issue.state in workflow.EDITABLE,
    )


def _store(issue_id: int, document: Document, based_on: int, *, note: str) -> Response | None:
    """Save; None where it went well, else the page that shows both texts."""
    try:
        with writing() as session:
            revision = editing.save(session, issue_id, document, based_on=based_on, user_id=signed_in_user().id, note=note)
    except editing.StaleRevision:
        return _conflict(issue_id, document)
    flash(translate("Nothing was changed.") if revision.id == based_on else translate("Saved."), "good")
    return None


def _conflict(issue_id: int, mine: Document) -> Response:
    with reading() as session:
        theirs = queries.text(session, issue_id)
        newsletter = session.get_one(Newsletter, theirs.issue.newsletter_id)
        booked = schedule.of_issue(session, issue_id)
        pictures = assets.by_reference(session, assets.references(theirs.document) | assets.references(mine))
    page = render_template(
        "admin/issues/conflict.html",
        tab="edit",
        text=theirs,
        newsletter=newsletter,
        booked=booked,
        mine=json.dumps(documents.to_json(mine), ensure_ascii=False),
        differences=issue_differences.between(theirs.document, mine),
        pictures=_picture_paths(pictures),
    )
    return make_response(page, 409)


def _picture_paths(pictures: dict[str, Asset]) -> dict[str, str]:
    return {reference: assets.PATH + assets.file_name(asset) for reference, asset in pictures.items()}


def _acted(document: Document, act: Act) -> tuple[Document, str]:
    """The document after the button's act, and the part to show again."""
    if act.verb == "add":
        return arranging.add(document, request.form.get(f"new:{act.block}", "prose"), after=act.block or None)
    if act.verb == "delete":
        blocks = [block.id for block in document.blocks]
        place = blocks.index(act.block) if act.block in blocks else 0
        return arranging.delete(document, act.block), blocks[place - 1] if place else ""
    if act.verb in ("up", "down"):
        return arranging.move(document, act.block, by=-1 if act.verb == "up" else 1), act.block
    return document, act.block or request.form.get("here", "")


def _with_pictures(document: Document, newsletter_id: int) -> tuple[Document, list[PressrunError]]:
    """Uploaded pictures in their places; those that cannot be used are told of, the rest is kept."""
    prepared: list[tuple[str, str, Picture]] = []
    faults: list[PressrunError] = []
    limit = runtime().settings.max_upload_megabytes * MEGABYTE
    for place, upload in _uploads(request.files.items()):
        try:
            picture = assets.prepare(upload.stream.read(limit + 1), max_bytes=limit)
        except assets.UnusablePicture as fault:
            faults.append(fault)
            continue
        assets.write(runtime().settings.var_dir / assets.FOLDER, picture)
        prepared.append((place, upload.filename or "", picture))
    gone = [name.removeprefix("gone:") for name in request.form if name.startswith("gone:")]
    references = dict.fromkeys(gone, "")
    if prepared:
        with writing() as session:
            for place, name, picture in prepared:
                asset = assets.keep(session, newsletter_id, picture, name=name, user_id=signed_in_user().id)
                references[place] = assets.reference(asset)
    if not references:
        return document, faults
    pairs = [(name, value) for name, value in request.form.items(multi=True) if name not in references]
    return block_form.read([*pairs, *references.items()], document, row_act=block_form.act(request.form.get("act", ""))), faults


def _uploads(files: Iterable[tuple[str, FileStorage]]) -> list[tuple[str, FileStorage]]:
    """Files by the name of the field that holds their reference."""
    return [(name.removeprefix("file:"), upload) for name, upload in files if name.startswith("file:") and upload.filename]
