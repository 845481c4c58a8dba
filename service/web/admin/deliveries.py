"""How sendings go: the list, and one issue's dashboard, live while it is sent; pause, go on, cancel; one reader's story."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, jsonify, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from service.accounts.models import Role
from service.core import audit, clock
from service.core.errors import PressrunError
from service.delivery.launching import launch
from service.delivery.ledger import doubts, tallies
from service.delivery.overview import at_work, certificate, queries, story, troubles, versions
from service.delivery.pacing import lanes
from service.delivery.uncertain import settling_choices, settling_policy
from service.issues import queries as issues
from service.issues.models import IssueState
from service.newsletters import editing as newsletters
from service.web import clocks, delivery_words, question_words, uncertain_words
from service.web.access import editor, operator, signed_in_user
from service.web.templating import language, refusal_texts, translate
from service.web.transaction import reading, runtime, writing

blueprint = Blueprint("deliveries", __name__, url_prefix="/admin/deliveries")

LIVE = (IssueState.SENDING, IssueState.PAUSED, IssueState.NEEDS_DECISION)
FEWEST_POINTS = 3


@blueprint.get("")
@editor
def listing() -> str:
    """Every issue that was started, newest first, those at work with their progress."""
    with reading() as session:
        rows = queries.listing(session)
        titles = {row.issue_id: issues.edition(session, row.issue_id).title for row in rows}
        live = {row.issue_id: queries.progress(session, row.issue_id) for row in rows if row.state in LIVE}
        pending = doubts.pending_by_issue(session)
    return render_template("admin/deliveries/listing.html", rows=rows, titles=titles, live=live, pending=pending, words=delivery_words)


@blueprint.get("/<int:issue_id>")
@editor
def show(issue_id: int) -> str:
    """The dashboard of one issue."""
    return _dashboard(issue_id)


@blueprint.get("/<int:issue_id>/progress")
@editor
def progress(issue_id: int) -> AnyResponse:
    """The moving part of the dashboard, asked for every two seconds; where the state has changed, the page is to be loaded anew."""
    with reading() as session:
        live = _live(session, issue_id)
    answer = make_response(_progress_part(live))
    if request.args.get("state") != live.now.state.value or request.args.get("unsure", "0") != live.unsure:
        answer.headers["HX-Refresh"] = "true"
    return answer


@blueprint.post("/<int:issue_id>/pause")
@operator
def pause(issue_id: int) -> AnyResponse:
    """Hand nothing more over."""
    with writing() as session:
        launch.pause(session, issue_id, user_id=signed_in_user().id)
    flash(translate("Paused. What was being handed over is finished; nothing more goes out until you resume."), "good")
    return redirect(url_for("deliveries.show", issue_id=issue_id), code=303)


@blueprint.post("/<int:issue_id>/resume")
@operator
def resume(issue_id: int) -> AnyResponse:
    """Go on with those who have not got it."""
    with writing() as session:
        launch.resume(session, issue_id, user_id=signed_in_user().id)
        waiting = queries.progress(session, issue_id)
    runtime().broker.nudge_sending(waiting.by_lane)
    flash(translate("Sending goes on."), "good")
    return redirect(url_for("deliveries.show", issue_id=issue_id), code=303)


@blueprint.post("/<int:issue_id>/cancel")
@operator
def cancel(issue_id: int) -> AnyResponse:
    """Send to nobody else; this cannot be taken back."""
    with writing() as session:
        accepted = launch.cancel(session, issue_id, user_id=signed_in_user().id)
    flash(translate("Cancelled. {number} readers have it; nobody else will get it.", number=accepted), "good")
    return redirect(url_for("deliveries.show", issue_id=issue_id), code=303)


@blueprint.post("/<int:issue_id>/uncertain")
@operator
def decide(issue_id: int) -> AnyResponse:
    """What becomes of mails of which nobody knows whether they arrived: of the ticked ones, or of all."""
    try:
        choice, who = uncertain_words.chosen(request.form)
        with writing() as session:
            count = settling_choices.choose(session, issue_id, choice, who=who, user_id=signed_in_user().id)
    except PressrunError as refusal:
        flash(" ".join(refusal_texts(refusal)), "bad")
    else:
        done = uncertain_words.DONE[choice] if count else uncertain_words.NOTHING
        flash(translate(done, number=count), "good" if count else "info")
    return redirect(url_for("deliveries.show", issue_id=issue_id, _anchor="uncertain"), code=303)


@blueprint.post("/<int:issue_id>/reader")
@operator
def explain(issue_id: int) -> AnyResponse:
    """What happened for one reader; asked by POST so that no address stands in an address bar or a log (F19)."""
    email = request.form.get("email", "")
    try:
        with writing() as session:
            told = story.explain(session, issue_id, email)
            audit.record(session, "delivery.looked_up", user_id=signed_in_user().id, noun_id=issue_id, subscriber_id=told.subscriber_id)
    except PressrunError as refusal:
        return make_response(_dashboard(issue_id, email=email, wrong=" ".join(refusal_texts(refusal))), 422)
    return make_response(_dashboard(issue_id, email=email, told=told))


@blueprint.get("/<int:issue_id>/record")
@editor
def record(issue_id: int) -> Response:
    """The delivery record as JSON, to keep."""
    with reading() as session:
        answer = jsonify(certificate.sealed(certificate.of(session, issue_id), runtime().signer))
    answer.headers["Content-Disposition"] = f'attachment; filename="delivery-record-{issue_id}.json"'
    return answer


@dataclass(frozen=True)
class _Live:
    """What the moving part shows; all of it from small tables and kept counts, for it is asked for every two seconds."""

    now: queries.Progress
    troubles: list[troubles.Trouble]
    work: at_work.AtWork
    pending: int

    @property
    def unsure(self) -> str:
        """Whether somebody has to decide; where that changes, the page around the moving part changes too."""
        return "1" if self.pending else "0"


def _live(session: Session, issue_id: int) -> _Live:
    now = queries.progress(session, issue_id)
    found = troubles.of(session, issue_id, now, settings=runtime().settings)
    pending = doubts.pending(session, issue_id) if now.by_state["uncertain"] else 0
    return _Live(now, found, at_work.of(session, runtime().settings, now), pending)


def _dashboard(issue_id: int, *, email: str = "", wrong: str = "", told: story.Story | None = None) -> str:
    with reading() as session:
        live = _live(session, issue_id)
        context = _still(session, issue_id, live.now)
    return render_template(
        "admin/deliveries/show.html",
        part=_progress_part(live),
        now=live.now,
        words=delivery_words,
        says=uncertain_words,
        pending=live.pending,
        may_send_again=live.now.state in settling_choices.MAY_SEND_AGAIN,
        may_act=signed_in_user().may(Role.OPERATOR),
        email=email,
        wrong=wrong,
        told=told,
        tongue=language(),
        **context,
    )


def _still(session: Session, issue_id: int, now: queries.Progress) -> dict[str, Any]:
    """What the page shows around its moving part."""
    points = tallies.accepted_over_time(session, issue_id)
    return {
        "title": issues.edition(session, issue_id).title,
        "newsletter": newsletters.get(session, issues.issue(session, issue_id).newsletter_id),
        "chart": _chart(points) if len(points) >= FEWEST_POINTS else None,
        "attempts": queries.attempts(session, issue_id),
        "versions": versions.of(session, issue_id),
        "unsure": doubts.open_ones(session, issue_id) if now.by_state["uncertain"] else [],
        "decide_until": settling_policy.deadline(session, issue_id),
        "waits_for_somebody": now.state is IssueState.SENDING and lanes.wait_for_somebody(session, issue_id),
        "questions": question_words.told(session, issue_id),
    }


def _progress_part(live: _Live) -> str:
    return render_template(
        "admin/deliveries/_progress.html",
        now=live.now,
        work=live.work,
        troubles=[(*trouble.in_words(language()), trouble) for trouble in live.troubles],
        words=delivery_words,
        is_live=live.now.state in LIVE,
        unsure=live.unsure,
        moment=clock.now(),
        time_left=clocks.duration(live.now.seconds_left, language()) if live.now.seconds_left else "",
    )


def _chart(points: list[tallies.Point]) -> dict[str, object]:
    zone = signed_in_user().zone
    return {
        "labels": [clocks.hour(point.at, zone) for point in points],
        "series": [{"name": translate("Taken by the mail server"), "values": [point.accepted for point in points], "tone": "good"}],
    }
