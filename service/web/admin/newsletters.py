"""Settings of a newsletter: identity, sender, legal lines, brand, rhythm and series, with what is missing before anything may go out."""

from datetime import time

from flask import Blueprint, flash, make_response, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from service.accounts import queries as accounts
from service.accounts.models import Role
from service.core import zones
from service.core.errors import NotFound, PressrunError
from service.issues import assets
from service.issues.labels import SeriesLabels
from service.issues.models import Asset
from service.newsletters import checks, editing, queries
from service.newsletters import identity as identities
from service.newsletters.models import Newsletter
from service.schedule import cadence
from service.schedule import queries as schedule
from service.web.access import editor, operator, signed_in_user
from service.web.newsletter_form import LABEL_TEXTS, MEASUREMENTS, TEXTS, UNCERTAIN_POLICIES, WEEKDAYS, given, labels_given, labels_text, of
from service.web.templating import problem_text, refusal_texts, translate
from service.web.transaction import reading, runtime, writing

blueprint = Blueprint("newsletters", __name__, url_prefix="/admin/newsletters")

MEGABYTE = 1_000_000


@blueprint.get("")
@operator
def listing() -> str:
    """Every newsletter, with what is missing."""
    with reading() as session:
        found = [(newsletter, checks.check(newsletter)) for newsletter in queries.listing(session)]
    return render_template("admin/newsletters/listing.html", newsletters=found)


@blueprint.get("/new")
@operator
def new() -> str:
    """The form for a new newsletter."""
    return render_template("admin/newsletters/new.html", wrong={}, filled={})


@blueprint.post("/new")
@operator
def create() -> Response:
    """Make a newsletter with its name and language; the rest follows on its settings page."""
    name, slug = request.form.get("name", "").strip(), request.form.get("slug", "").strip()
    identity = identities.Identity(name=name, language=request.form.get("language", ""))
    try:
        with writing() as session:
            newsletter = editing.create(session, slug=slug, identity=identity, by=signed_in_user().id)
    except PressrunError as refusal:
        wrong = {"name" if refusal.values.get("setting") else "slug": " ".join(refusal_texts(refusal))}
        return make_response(render_template("admin/newsletters/new.html", wrong=wrong, filled=request.form), 422)
    flash(translate("The newsletter is made. Fill in what is missing below."), "good")
    return redirect(url_for("newsletters.show", newsletter_id=newsletter.id), code=303)


@blueprint.get("/<int:newsletter_id>")
@operator
def show(newsletter_id: int) -> str:
    """The settings page."""
    with reading() as session:
        newsletter = editing.get(session, newsletter_id)
    return _page(newsletter, of(newsletter), {})


@blueprint.post("/<int:newsletter_id>")
@operator
def change(newsletter_id: int) -> Response:
    """Keep the settings; what cannot be kept is shown beside its field."""
    identity = given(request.form)
    wrong = identities.faults(identity)
    if wrong:
        with reading() as session:
            newsletter = editing.get(session, newsletter_id)
        return make_response(_page(newsletter, identity, {name: problem_text(fault) for name, fault in wrong.items()}), 422)
    with writing() as session:
        changed = editing.change(session, newsletter_id, identity, by=signed_in_user().id)
        is_booked = schedule.has_booked(session, newsletter_id)
    saved = "Saved. Issues booked before keep the old settings until they are booked again." if is_booked else "Saved."
    flash(translate(saved if changed else "Nothing was different."), "good")
    return redirect(url_for("newsletters.show", newsletter_id=newsletter_id), code=303)


@blueprint.post("/<int:newsletter_id>/rhythm")
@operator
def set_rhythm(newsletter_id: int) -> Response:
    """On which days, at what time, on whose clock the newsletter comes out."""
    weekdays = [int(day) for day in request.form.getlist("weekday") if day.isdecimal()]
    try:
        local_time = time.fromisoformat(request.form.get("time", ""))
    except ValueError:
        flash(translate("Write the time like 07:30."), "bad")
        return redirect(url_for("newsletters.show", newsletter_id=newsletter_id, _anchor="rhythm"), code=303)
    with writing() as session:
        newsletter = editing.get(session, newsletter_id)
        zone = newsletter.editors_zone if request.form.get("clock") == "editors" else newsletter.readers_zone
        made = cadence.change(session, newsletter_id, zone=zone, weekdays=weekdays, local_time=local_time, user_id=signed_in_user().id)
    kept = translate(" {number} booked or skipped slots keep their old place.", number=len(made.unfit)) if made.unfit else ""
    flash(translate("The rhythm is set; {number} slots lie ahead.", number=made.made) + kept, "good")
    return redirect(url_for("newsletters.show", newsletter_id=newsletter_id, _anchor="rhythm"), code=303)


@blueprint.post("/<int:newsletter_id>/logo")
@operator
def set_logo(newsletter_id: int) -> Response:
    """Take a picture as the logo, re-encoded (F13); without one, show none."""
    upload = request.files.get("logo")
    picture = None
    if upload is not None and upload.filename:
        limit = runtime().settings.max_upload_megabytes * MEGABYTE
        picture = assets.prepare(upload.stream.read(limit + 1), max_bytes=limit)
        assets.write(runtime().settings.var_dir / "assets", picture)
    with writing() as session:
        me = signed_in_user()
        asset = assets.keep(session, newsletter_id, picture, name=upload.filename or "", user_id=me.id) if picture and upload else None
        editing.set_logo(session, newsletter_id, asset.id if asset else None, by=me.id)
    flash(translate("Saved."), "good")
    return redirect(url_for("newsletters.show", newsletter_id=newsletter_id, _anchor="brand"), code=303)


@blueprint.get("/<int:newsletter_id>/logo")
@editor
def logo(newsletter_id: int) -> Response:
    """The logo's file, for the settings page."""
    with reading() as session:
        asset = session.get(Asset, editing.get(session, newsletter_id).logo_asset_id or 0)
    if asset is None:
        raise NotFound("This newsletter has no logo.", remedy="Upload one on its settings page.")
    return send_file(runtime().settings.var_dir / "assets" / assets.file_name(asset), mimetype=assets.CONTENT_TYPES[asset.kind])


@blueprint.post("/<int:newsletter_id>/series")
@operator
def add_series(newsletter_id: int) -> Response:
    """A new weekly strand."""
    with writing() as session:
        series = editing.add_series(session, newsletter_id, name=request.form.get("name", ""), weekday=_weekday(), by=signed_in_user().id)
    return redirect(url_for("newsletters.show_series", newsletter_id=newsletter_id, series_id=series.id), code=303)


@blueprint.get("/<int:newsletter_id>/series/<int:series_id>")
@operator
def show_series(newsletter_id: int, series_id: int) -> str:
    """A series: name, weekday, label words."""
    with reading() as session:
        newsletter, series = editing.get(session, newsletter_id), editing.get_series(session, newsletter_id, series_id)
    return render_template(
        "admin/newsletters/series.html",
        newsletter=newsletter,
        series=series,
        weekdays=WEEKDAYS,
        labels=[
            (kind, text, labels_text(series.labels.get(kind, ())), ", ".join(getattr(SeriesLabels, kind))) for kind, text in LABEL_TEXTS
        ],
    )


@blueprint.post("/<int:newsletter_id>/series/<int:series_id>")
@operator
def change_series(newsletter_id: int, series_id: int) -> Response:
    """Keep name, weekday and label words."""
    labels = labels_given(request.form)
    with writing() as session:
        editing.change_series(
            session, newsletter_id, series_id, name=request.form.get("name", ""), weekday=_weekday(), labels=labels, by=signed_in_user().id
        )
    flash(translate("Saved."), "good")
    return redirect(url_for("newsletters.show", newsletter_id=newsletter_id, _anchor="series"), code=303)


def _weekday() -> int | None:
    day = request.form.get("weekday", "")
    return int(day) if day.isdecimal() and day != "0" else None


def _page(newsletter: Newsletter, identity: identities.Identity, wrong: dict[str, str]) -> str:
    with reading() as session:
        rhythm, series = cadence.of(session, newsletter.id), queries.series_of(session, newsletter.id)
        operators = accounts.desk(session, Role.OPERATOR)
    return render_template(
        "admin/newsletters/show.html",
        newsletter=newsletter,
        identity=identity,
        wrong=wrong,
        missing=checks.check(newsletter),
        texts=TEXTS,
        rhythm=rhythm,
        series=series,
        weekdays=WEEKDAYS,
        measurements=MEASUREMENTS,
        uncertain_policies=UNCERTAIN_POLICIES,
        operators=operators,
        zones=sorted(zones.names()),
        sign_up=f"{runtime().settings.base_url}/n/{newsletter.slug}",
    )
