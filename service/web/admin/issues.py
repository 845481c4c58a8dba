"""Issues: the list, a new one from pasted text, the page where one is checked, tested and booked, its previews and earlier texts."""

from os import SEEK_END

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from service.accounts import queries as accounts
from service.core import audit, clock, jobs
from service.core.errors import Conflict, NotFound, PressrunError
from service.core.pages import Page
from service.core.problems import Problem, Severity, is_blocking
from service.delivery.ledger import audience
from service.delivery.overview import versions
from service.delivery.telling import test_mail
from service.issues import arranging, decoding, editing, queries, workflow
from service.issues.document import Document
from service.issues.labels import SeriesLabels
from service.issues.models import Issue, IssueState
from service.issues.reading import html, pasted
from service.issues.reading.pasted import Reading
from service.newsletters.models import Newsletter, Series
from service.schedule import queries as schedule
from service.schedule import readiness
from service.schedule.readiness import Readiness
from service.web import block_form, forecasts, newsletter_choice, question_words
from service.web.access import editor, signed_in_user
from service.web.templating import refusal_texts, translate
from service.web.transaction import reading, runtime, writing

blueprint = Blueprint("issues", __name__, url_prefix="/admin/issues")

GROUPS = {
    "draft": (IssueState.DRAFT, IssueState.IN_REVIEW, IssueState.APPROVED, IssueState.MISSED),
    "scheduled": (IssueState.SCHEDULED, IssueState.NEEDS_DECISION),
    "sending": (IssueState.SENDING, IssueState.PAUSED, IssueState.NEEDS_DECISION),
    "sent": (IssueState.SENT,),
    "put_away": (IssueState.CANCELLED,),
}
GONE = (IssueState.SENDING, IssueState.PAUSED, IssueState.SENT, IssueState.CANCELLED)


@blueprint.get("")
@editor
def listing() -> str:
    """The issues of a newsletter, by state and by words of the headline."""
    group, words = request.args.get("state", ""), request.args.get("title", "").strip()
    with reading() as session:
        newsletter, newsletters = newsletter_choice.chosen(session)
        page: Page[queries.ListedIssue] = Page([], 1, 0)
        slots, counts = {}, {}
        if newsletter is not None:
            number = request.args.get("page", 1, type=int)
            page = queries.listed(session, newsletter.id, states=GROUPS.get(group, ()), title=words, page=number)
            slots = schedule.of_issues(session, [issue.id for issue in page.items])
            counts = queries.counts(session, newsletter.id)
    return render_template(
        "admin/issues/listing.html",
        newsletter=newsletter,
        newsletters=newsletters,
        page=page,
        slots=slots,
        group=group,
        searched=words,
        totals={name: sum(counts.get(state, 0) for state in states) for name, states in GROUPS.items()},
        total=sum(counts.values()),
    )


@blueprint.get("/new")
@editor
def new() -> str:
    """The form for a new issue: paste, upload, or start empty."""
    return _new_page()


@blueprint.post("/new")
@editor
def check_reading() -> str | tuple[str, int]:
    """Show what was read, part by part, before anything is made of it."""
    try:
        source, is_html = _source()
        with reading() as session:
            newsletter, _ = newsletter_choice.chosen(session)
            series = queries.series(session, newsletter.id) if newsletter else []
        found = _read(source, is_html=is_html, series=series)
    except PressrunError as refusal:
        return _new_page(" ".join(refusal_texts(refusal)), request.form.get("text", "")), 422
    unread = [problem for problem in found.problems if problem.block is None]
    return render_template(
        "admin/issues/read.html",
        newsletter=newsletter,
        found=found,
        source=source,
        is_html=is_html,
        general=unread,
        first_words=block_form.first_words,
    )


@blueprint.post("/create")
@editor
def create() -> Response:
    """Make a draft of the text that was read, or an empty one."""
    source, is_html = request.form.get("source", "").replace("\r\n", "\n"), request.form.get("is_html") == "1"
    with reading() as session:
        newsletter, _ = newsletter_choice.chosen(session)
        if newsletter is None:
            raise NotFound("There is no newsletter yet.", remedy="Make one first.")
        series = queries.series(session, newsletter.id)
    document = _read(source, is_html=is_html, series=series).document if source else _empty(newsletter)
    with writing() as session:
        issue = editing.create(session, newsletter.id, document, user_id=signed_in_user().id, note="read" if source else "")
    flash(translate("The draft is made."), "good")
    return redirect(url_for("issue_editor.edit", issue_id=issue.id), code=303)


@blueprint.get("/<int:issue_id>")
@editor
def show(issue_id: int) -> str:
    """The page of one issue: where it stands, what speaks against booking it, and what can be done."""
    with reading() as session:
        text = queries.text(session, issue_id)
        newsletter = session.get_one(Newsletter, text.issue.newsletter_id)
        booked = schedule.of_issue(session, issue_id)
        free = schedule.empty(session, newsletter.id)
        going = booked if booked and text.issue.state is IssueState.SCHEDULED else next(iter(free), None)
        fires_at = going.slot.fires_at if going else None  # a draft is looked at as if it went into the next free slot
        is_going = text.issue.state in GONE
        problems = [] if is_going else readiness.problems(session, issue_id, text.revision.id, fires_at)
        by_lane = {} if is_going else audience.count_by_lane(session, newsletter.id, is_advertising=text.issue.is_advertising)
        readers = sum(by_lane.values())
        expected = forecasts.of(session, newsletter, fires_at, by_lane) if fires_at and readers else None
        if not is_going and not readers:
            problems.append(_nobody(text.issue))
        context = {
            "text": text,
            "newsletter": newsletter,
            "booked": booked,
            "problems": problems,
            "is_blocked": is_blocking(problems),
            "missing_links": arranging.missing_links(text.document),
            "free": free,
            "readers": readers,
            "expected": expected,
            "is_close": booked is not None and booked.readiness is not Readiness.UNDECIDED and readiness.is_close(booked.slot, clock.now()),
            "slot_text": _slot_text(session, text, booked),
            "is_gone": is_going,
            "questions": question_words.told(session, issue_id),
            "series": queries.series(session, newsletter.id),
        }
    wait_seconds = round(runtime().settings.send_now_seconds)
    return render_template("admin/issues/show.html", tab="show", wait_seconds=wait_seconds, now=clock.now(), **context)


@blueprint.get("/<int:issue_id>/slot")
@editor
def slot_fragment(issue_id: int) -> Response:
    """The state of the issue's slot, for the page that waits for it; once it has gone out or was stopped the whole page is another."""
    with reading() as session:
        text = queries.text(session, issue_id)
        newsletter = session.get_one(Newsletter, text.issue.newsletter_id)
        booked = schedule.of_issue(session, issue_id)
    answer = make_response(render_template("admin/issues/_slot.html", text=text, newsletter=newsletter, booked=booked, now=clock.now()))
    if text.issue.state is not IssueState.SCHEDULED:
        answer.headers["HX-Refresh"] = "true"
    return answer


@blueprint.post("/<int:issue_id>/settings")
@editor
def classify(issue_id: int) -> Response:
    """Series, and whether it contains advertising."""
    series_id = request.form.get("series_id", type=int) or None
    try:
        with writing() as session:
            editing.classify(
                session,
                issue_id,
                series_id=series_id,
                is_advertising=request.form.get("is_advertising") == "1",
                user_id=signed_in_user().id,
            )
        flash(translate("Saved."), "good")
    except Conflict as conflict:
        flash(" ".join(refusal_texts(conflict)), "bad")
    return redirect(url_for("issues.show", issue_id=issue_id), code=303)


@blueprint.post("/<int:issue_id>/test")
@editor
def ask_for_test(issue_id: int) -> Response:
    """Have a worker mail the newest text to whoever asks."""
    user = signed_in_user()
    with writing() as session:
        text = queries.text(session, issue_id)
        jobs.ask(session, test_mail.JOB, revision_id=text.revision.id, user_id=user.id)
        audit.record(session, "issue.test_asked", user_id=user.id, noun_id=issue_id, revision=text.revision.number)
    flash(translate("A test mail is on its way to {email}.", email=user.email), "good")
    return redirect(url_for("issues.show", issue_id=issue_id), code=303)


@blueprint.post("/<int:issue_id>/put-away")
@editor
def put_away(issue_id: int) -> Response:
    """A draft nobody needs any more."""
    with writing() as session:
        editing.cancel(session, issue_id, user_id=signed_in_user().id)
    flash(translate("The draft was put away. It stays readable below “Put away”."), "good")
    return redirect(url_for("issues.listing"), code=303)


@blueprint.get("/<int:issue_id>/revisions")
@editor
def revisions(issue_id: int) -> str:
    """Every saved text, newest first."""
    with reading() as session:
        text = queries.text(session, issue_id)
        newsletter = session.get_one(Newsletter, text.issue.newsletter_id)
        saved, names = queries.revisions(session, issue_id), accounts.names(session)
        booked = schedule.of_issue(session, issue_id)
    can_restore = text.issue.state in workflow.EDITABLE
    return render_template(
        "admin/issues/revisions.html",
        tab="revisions",
        text=text,
        newsletter=newsletter,
        saved=saved,
        names=names,
        booked=booked,
        can_restore=can_restore,
    )


@blueprint.post("/<int:issue_id>/revisions/<int:revision_id>/restore")
@editor
def restore(issue_id: int, revision_id: int) -> Response:
    """An earlier text as the newest one; nothing in between is lost."""
    with writing() as session:
        based_on = request.form.get("based_on", 0, type=int)
        editing.restore(session, issue_id, revision_id, based_on=based_on, user_id=signed_in_user().id)
    flash(translate("The earlier text is the newest one now."), "good")
    return redirect(url_for("issue_editor.edit", issue_id=issue_id), code=303)


def _nobody(issue: Issue) -> Problem:
    """Nothing forbids it, yet it would reach nobody."""
    if issue.is_advertising:
        message = "Nobody would receive it: no active reader has agreed to advertising."
    else:
        message = "Nobody would receive it: there is no active reader yet."
    return Problem(Severity.WARNING, message, values={"readers": 0})


def _slot_text(session: Session, text: queries.IssueText, booked: schedule.ListedSlot | None) -> queries.IssueText | None:
    """The text that is booked or went out, where the newest one is another; None where they are the same."""
    if booked is None or text.issue.state in GROUPS["draft"] or booked.slot.revision_id in (None, text.revision.id):
        return None
    sent = versions.revision_in_use(session, text.issue.id) or booked.slot.revision_id
    return queries.text(session, text.issue.id, sent) if sent != text.revision.id else None


def _new_page(refusal: str = "", text: str = "") -> str:
    with reading() as session:
        newsletter, newsletters = newsletter_choice.chosen(session)
    megabytes = decoding.MAX_BYTES // 1_000_000
    return render_template(
        "admin/issues/new.html", newsletter=newsletter, newsletters=newsletters, refusal=refusal, text=text, megabytes=megabytes
    )


def _source() -> tuple[str, bool]:
    """What was given, as characters, and whether it is HTML: an uploaded file, else pasted HTML, else pasted text."""
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        size = upload.stream.seek(0, SEEK_END)
        if size > decoding.MAX_BYTES:
            raise decoding.too_long(size)
        upload.stream.seek(0)
        text = decoding.decode(upload.stream.read())
        return text, upload.filename.lower().endswith((".html", ".htm"))
    html = request.form.get("html", "")
    if html.strip():
        return html, True
    text = request.form.get("text", "").replace("\r\n", "\n")
    if not text.strip():
        raise decoding.empty()
    return text, False


def _read(source: str, *, is_html: bool, series: list[Series]) -> Reading:
    """Read with the general labels; where the text names a series with words of its own, once more with those."""
    read = html.from_html if is_html else pasted.read
    found = read(source)
    own = next((each for each in series if each.labels and each.name == found.document.series), None)
    return found if own is None else read(source, labels=SeriesLabels.from_data(own.labels))


def _empty(newsletter: Newsletter) -> Document:
    title = "제목 없는 호" if newsletter.language == "ko" else "Untitled issue"
    document = Document(title)
    for kind in ("prose", "hero"):
        document, _ = arranging.add(document, kind, after=None)
    return document
