"""The calendar of slots, and everything that is done with one: book, move, release, skip, send now, stop."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from service.core import clock
from service.core.errors import NotFound, PressrunError
from service.issues import queries as issues
from service.newsletters.models import Newsletter
from service.schedule import booking, cadence, calendar, queries, sending_now, skipping
from service.schedule.models import Slot, SlotState
from service.web import forecasts, newsletter_choice
from service.web.access import editor, signed_in_user
from service.web.admin import last_half_hour
from service.web.templating import both_clocks, language, refusal_texts, translate
from service.web.transaction import reading, runtime, writing

blueprint = Blueprint("schedule", __name__, url_prefix="/admin/schedule")

FARTHEST_MONTHS = 24


@blueprint.get("")
@editor
def show() -> str:
    """A month as a calendar, or the next slots as a list."""
    is_list = request.args.get("view") == "list"
    with reading() as session:
        newsletter, newsletters = newsletter_choice.chosen(session)
        if newsletter is None:
            return render_template("admin/schedule/none.html")
        rhythm = cadence.of(session, newsletter.id)
        zone = rhythm.zone if rhythm else newsletter.readers_zone
        today = clock.now().astimezone(calendar.zone(zone)).date()
        month = _month(request.args.get("month", ""), today)
        weeks = calendar.month_weeks(month.year, month.month)
        context = _list(session, newsletter.id) if is_list else _calendar(session, newsletter.id, weeks)
        context |= {"unfit": cadence.unfit(session, newsletter.id), "latest": queries.latest_day(session, newsletter.id)}
    return render_template(
        "admin/schedule/show.html",
        newsletter=newsletter,
        newsletters=newsletters,
        rhythm=rhythm,
        zone=zone,
        is_list=is_list,
        today=today,
        month=month,
        months=(_shifted(month, -1), _shifted(month, 1)),
        weeks=weeks,
        weekday_names=[calendar.weekday_name(day, language(), short=True) for day in range(1, 8)],
        rhythm_text=_rhythm_text(rhythm.weekdays, rhythm.local_time.isoformat("minutes"), zone) if rhythm else "",
        **context,
    )


def _list(session: Session, newsletter_id: int) -> dict[str, Any]:
    upcoming, past = queries.upcoming(session, newsletter_id), queries.past(session, newsletter_id, limit=10)
    return {"upcoming": upcoming, "past": past, "by_day": {}}


def _calendar(session: Session, newsletter_id: int, weeks: list[list[date]]) -> dict[str, Any]:
    slots = queries.between(session, newsletter_id, weeks[0][0], weeks[-1][-1])
    return {"upcoming": [], "past": [], "by_day": _by_day(slots)}


@blueprint.post("/ahead")
@editor
def make_ahead() -> Response:
    """Make the slots up to the end of the month that is shown."""
    month = _month(request.form.get("month", ""), clock.now().date())
    with writing() as session:
        newsletter_id = request.form.get("newsletter_id", 0, type=int)
        made = cadence.ensure(session, newsletter_id, until=_shifted(month, 1) - timedelta(days=1))
    flash(translate("{number} slots were made.", number=made), "good")
    return redirect(url_for("schedule.show", month=f"{month:%Y-%m}"), code=303)


@blueprint.get("/slots/<int:slot_id>")
@editor
def slot(slot_id: int) -> str:
    """One slot: what is in it, and what can be done."""
    with reading() as session:
        listed = queries.one(session, slot_id)
        if listed is None:
            raise NotFound("There is no such slot any more.")
        newsletter = session.get_one(Newsletter, listed.slot.newsletter_id)
        waiting = issues.bookable(session, newsletter.id)
        close = last_half_hour.gather(session, listed)
        is_over = listed.slot.fires_at <= clock.now()
        expected = None if is_over else forecasts.of_slot(session, newsletter, listed.slot)
    return render_template(
        "admin/schedule/slot.html",
        listed=listed,
        newsletter=newsletter,
        waiting=waiting,
        is_over=is_over,
        expected=expected,
        now=clock.now(),
        **close,
    )


@blueprint.post("/book")
@editor
def book() -> Response:
    """Put an issue's text into a slot; without a revision its newest one."""
    issue_id, slot_id = request.form.get("issue_id", 0, type=int), request.form.get("slot_id", 0, type=int)

    def act(session: Session) -> str:
        revision_id = _revision_id(session, issue_id)
        slot = booking.book(session, slot_id=slot_id, issue_id=issue_id, revision_id=revision_id, user_id=signed_in_user().id)
        return _said("Booked for {clocks}. A worker makes it ready now.", session, slot)

    return _do(act, issue_id)


@blueprint.post("/move")
@editor
def move() -> Response:
    """Take a booking to another slot."""
    issue_id = request.form.get("issue_id", 0, type=int)

    def act(session: Session) -> str:
        to = request.form.get("slot_id", 0, type=int)
        return _said("Moved to {clocks}.", session, booking.move(session, issue_id=issue_id, to_slot_id=to, user_id=signed_in_user().id))

    return _do(act, issue_id)


@blueprint.post("/make-anew")
@editor
def make_anew() -> Response:
    """Compile the booked text once more, after a change of the newsletter's settings."""
    issue_id = request.form.get("issue_id", 0, type=int)

    def act(session: Session) -> str:
        booking.make_anew(session, issue_id=issue_id, user_id=signed_in_user().id)
        return translate("It is being made anew; until then the ready version stays.")

    return _do(act, issue_id)


@blueprint.post("/release")
@editor
def release() -> Response:
    """Take an issue out of its slot."""
    issue_id = request.form.get("issue_id", 0, type=int)

    def act(session: Session) -> str:
        booking.release(session, issue_id=issue_id, user_id=signed_in_user().id)
        return translate("Released. The issue is a draft again, and its slot is empty.")

    return _do(act, issue_id)


@blueprint.post("/send-now")
@editor
def send_now() -> Response:
    """Send in a minute; until then it can be stopped."""
    issue_id, wait_seconds = request.form.get("issue_id", 0, type=int), runtime().settings.send_now_seconds

    def act(session: Session) -> str:
        revision_id = _revision_id(session, issue_id)
        sending_now.send_now(session, issue_id=issue_id, revision_id=revision_id, wait_seconds=wait_seconds, user_id=signed_in_user().id)
        return translate("It goes out in {seconds} seconds. You can still stop it.", seconds=round(wait_seconds))

    return _do(act, issue_id)


@blueprint.post("/stop")
@editor
def stop() -> Response:
    """Stop what was to be sent now."""
    issue_id = request.form.get("issue_id", 0, type=int)

    def act(session: Session) -> str:
        slot = sending_now.stop(session, issue_id=issue_id, user_id=signed_in_user().id)
        if slot is not None:
            return _said("Stopped. Nothing was sent; it keeps its slot: {clocks}.", session, slot)
        return translate("Stopped. Nothing was sent; the issue is a draft again.")

    return _do(act, issue_id)


@blueprint.post("/slots/<int:slot_id>/skip")
@editor
def skip(slot_id: int) -> Response:
    """Leave a slot out, with the reason."""
    try:
        with writing() as session:
            skipping.skip(session, slot_id=slot_id, reason=request.form.get("reason", ""), user_id=signed_in_user().id)
        flash(translate("The slot is skipped."), "good")
    except PressrunError as refusal:
        flash(" ".join(refusal_texts(refusal)), "bad")
    return redirect(url_for("schedule.slot", slot_id=slot_id), code=303)


@blueprint.post("/slots/<int:slot_id>/unskip")
@editor
def unskip(slot_id: int) -> Response:
    """Open a skipped slot again."""
    with writing() as session:
        skipping.unskip(session, slot_id=slot_id, user_id=signed_in_user().id)
    flash(translate("The slot is open again."), "good")
    return redirect(url_for("schedule.slot", slot_id=slot_id), code=303)


def _revision_id(session: Session, issue_id: int) -> int:
    """The text the form means; without one the newest."""
    return request.form.get("revision_id", type=int) or issues.text(session, issue_id).revision.id


def _do(act: Callable[[Session], str], issue_id: int) -> Response:
    """Do it and go back to the issue's page, which shows how things stand; a refusal is said there."""
    try:
        with writing() as session:
            said = act(session)
        flash(said, "good")
    except NotFound:
        raise
    except PressrunError as refusal:
        flash(" ".join(refusal_texts(refusal)), "bad")
    return redirect(url_for("issues.show", issue_id=issue_id), code=303)


def _said(message: str, session: Session, slot: Slot) -> str:
    newsletter = session.get_one(Newsletter, slot.newsletter_id)
    return translate(message, clocks=both_clocks(slot.fires_at, newsletter).striptags())


def _month(text: str, today: date) -> date:
    """The first day of `2026-11`; of today's month for anything else, or for what lies too far away."""
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    is_near = abs((month.year - today.year) * 12 + month.month - today.month) <= FARTHEST_MONTHS
    return month if is_near else today.replace(day=1)


def _shifted(month: date, by: int) -> date:
    number = month.year * 12 + month.month - 1 + by
    return date(number // 12, number % 12 + 1, 1)


def _by_day(slots: list[queries.ListedSlot]) -> dict[date, list[queries.ListedSlot]]:
    days: dict[date, list[queries.ListedSlot]] = {}
    for listed in slots:
        # an extra slot that never carried anything is nothing to look at
        if not (listed.slot.is_extra and listed.slot.state is SlotState.EMPTY):
            days.setdefault(listed.slot.local_date, []).append(listed)
    return days


def _rhythm_text(weekdays: list[int], local_time: str, zone: str) -> str:
    days = ", ".join(calendar.weekday_name(day, language()) for day in weekdays)
    return translate("{days} at {time}, {city} time", days=days, time=local_time, city=calendar.city(zone, language()))
