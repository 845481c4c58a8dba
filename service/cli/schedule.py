"""`pressrun schedule`: the next slots, and the few things with them that a terminal is good for."""

import click
from sqlalchemy.orm import Session

from service.core import settings
from service.core.errors import NotFound
from service.core.settings import Settings
from service.delivery.ledger import audience
from service.delivery.overview import forecast_words, forecasting
from service.issues import queries as issues
from service.newsletters import queries as newsletters
from service.newsletters.models import Newsletter
from service.runtime import Runtime
from service.schedule import booking, cadence, calendar, holding, queries, replacing, skipping
from service.schedule.models import Slot, SlotState
from service.schedule.readiness import Readiness


@click.group("schedule")
def schedule() -> None:
    """Slots: list, book, move, release, skip; hold back and replace in the last half hour."""


@schedule.command("list")
@click.option("--newsletter", default="", help="Short name of the newsletter; needed where there are several.")
@click.option("--number", default=12, show_default=True, help="How many slots.")
def listing(newsletter: str, number: int) -> None:
    """Show the next slots on both clocks, with what is in each."""
    runtime = Runtime(settings.load())
    with runtime.reading() as session:
        chosen = _newsletter(session, newsletter)
        for listed in queries.upcoming(session, chosen.id, limit=number):
            what = f"issue {listed.slot.issue_id}: {listed.title}" if listed.slot.issue_id else listed.slot.skip_reason
            held = "  held back" if listed.slot.planned_at else ""
            state = listed.readiness.value.replace("_", " ")
            click.echo(f"{listed.slot.id:>5}  {_clocks(chosen, listed.slot)}{held}  {state}  {what}".rstrip())
            for problem in listed.slot.faults if listed.readiness is Readiness.FAULTY else ():
                click.echo(f"       ! {problem['message'].format(**problem.get('values', {}))}")
            if listed.slot.issue_id and listed.slot.state is SlotState.BOOKED:
                _tell_forecast(session, runtime.settings, listed.slot, indent=7)


@schedule.command("book")
@click.argument("issue_id", type=int)
@click.argument("slot_id", type=int)
def book(issue_id: int, slot_id: int) -> None:
    """Book the newest text of ISSUE_ID into SLOT_ID."""
    runtime = Runtime(settings.load())
    with runtime.writing() as session:
        revision_id = issues.text(session, issue_id).revision.id
        slot = booking.book(session, slot_id=slot_id, issue_id=issue_id, revision_id=revision_id, user_id=None)
        click.echo(f"Issue {issue_id} is booked for {_clocks(session.get_one(Newsletter, slot.newsletter_id), slot)}.")
        _tell_forecast(session, runtime.settings, slot)


@schedule.command("move")
@click.argument("issue_id", type=int)
@click.argument("slot_id", type=int)
def move(issue_id: int, slot_id: int) -> None:
    """Move the booked ISSUE_ID to the empty SLOT_ID."""
    runtime = Runtime(settings.load())
    with runtime.writing() as session:
        slot = booking.move(session, issue_id=issue_id, to_slot_id=slot_id, user_id=None)
        click.echo(f"Issue {issue_id} is moved to {_clocks(session.get_one(Newsletter, slot.newsletter_id), slot)}.")
        _tell_forecast(session, runtime.settings, slot)


@schedule.command("release")
@click.argument("issue_id", type=int)
def release(issue_id: int) -> None:
    """Take ISSUE_ID out of its slot; it is a draft again."""
    with Runtime(settings.load()).writing() as session:
        booking.release(session, issue_id=issue_id, user_id=None)
    click.echo(f"Issue {issue_id} is a draft again.")


@schedule.command("skip")
@click.argument("slot_id", type=int)
@click.option("--reason", required=True, help="Why this slot is left out.")
def skip(slot_id: int, reason: str) -> None:
    """Leave SLOT_ID out, with the reason."""
    with Runtime(settings.load()).writing() as session:
        skipping.skip(session, slot_id=slot_id, reason=reason, user_id=None)
    click.echo(f"Slot {slot_id} is skipped.")


@schedule.command("unskip")
@click.argument("slot_id", type=int)
def unskip(slot_id: int) -> None:
    """Open the skipped SLOT_ID again."""
    with Runtime(settings.load()).writing() as session:
        skipping.unskip(session, slot_id=slot_id, user_id=None)
    click.echo(f"Slot {slot_id} is open again.")


@schedule.command("hold")
@click.argument("slot_id", type=int)
@click.argument("minutes", type=click.Choice([str(minutes) for minutes in holding.MINUTES]))
def hold(slot_id: int, minutes: str) -> None:
    """Hold SLOT_ID back by MINUTES in its last half hour."""
    with Runtime(settings.load()).writing() as session:
        slot = holding.hold(session, slot_id, int(minutes), user_id=None)
        click.echo(f"Slot {slot_id} goes out {_clocks(session.get_one(Newsletter, slot.newsletter_id), slot)}.")


@schedule.command("let-go")
@click.argument("slot_id", type=int)
def let_go(slot_id: int) -> None:
    """Take SLOT_ID, which is held back, to its own hour again."""
    with Runtime(settings.load()).writing() as session:
        slot = holding.let_go(session, slot_id, user_id=None)
        click.echo(f"Slot {slot_id} goes out {_clocks(session.get_one(Newsletter, slot.newsletter_id), slot)}.")


@schedule.command("replace")
@click.argument("slot_id", type=int)
def replace(slot_id: int) -> None:
    """Have the newest text of SLOT_ID's issue made beside the approved one; swap puts it in."""
    with Runtime(settings.load()).writing() as session:
        issue_id = booking.get(session, slot_id).issue_id
        if issue_id is None:
            raise NotFound("No issue is booked into this slot.")
        replacing.ask(session, slot_id, issues.text(session, issue_id).revision.id, user_id=None)
    click.echo(f"A newer version for slot {slot_id} is being made; until it is swapped in, the approved one stays.")


@schedule.command("swap")
@click.argument("slot_id", type=int)
def swap(slot_id: int) -> None:
    """Let the newer version of SLOT_ID go out in place of the approved one."""
    with Runtime(settings.load()).writing() as session:
        slot = replacing.swap(session, slot_id, user_id=None)
        click.echo(f"The newer version goes out {_clocks(session.get_one(Newsletter, slot.newsletter_id), slot)}.")


@schedule.command("keep")
@click.argument("slot_id", type=int)
def keep(slot_id: int) -> None:
    """Keep the approved version of SLOT_ID; what was to replace it is dropped."""
    with Runtime(settings.load()).writing() as session:
        replacing.drop(session, slot_id, user_id=None)
    click.echo(f"The approved version of slot {slot_id} stays.")


@schedule.command("ahead")
def ahead() -> None:
    """Make the slots of the next ten weeks now, for every newsletter with a rhythm."""
    with Runtime(settings.load()).writing() as session:
        made = cadence.ensure_all(session)
    click.echo(f"{made} slots were made.")


def _newsletter(session: Session, slug: str) -> Newsletter:
    everyone = newsletters.listing(session)
    found = [each for each in everyone if each.slug == slug] if slug else everyone
    if len(found) != 1:
        names = ", ".join(each.slug for each in everyone) or "none"
        raise NotFound("Which newsletter?", remedy=f"Name one with --newsletter; there are: {names}.")
    return found[0]


def _clocks(newsletter: Newsletter, slot: Slot) -> str:
    return calendar.both_clocks_text(slot.fires_at, newsletter.readers_zone, newsletter.editors_zone, "en")


def _tell_forecast(session: Session, given: Settings, slot: Slot, *, indent: int = 0) -> None:
    """When its readers will have what is in the slot, and what to do where not everybody is reached in time."""
    is_advertising = slot.issue_id is not None and issues.issue(session, slot.issue_id).is_advertising
    readers = audience.count_by_lane(session, slot.newsletter_id, is_advertising=is_advertising)
    zone = session.get_one(Newsletter, slot.newsletter_id).readers_zone
    said = forecast_words.say(forecasting.of(session, given, slot.newsletter_id, slot.fires_at, readers), zone, "en")
    if said.line:
        click.echo(f"{' ' * indent}Readers have it: {said.line}")
    if said.warning:
        click.echo(f"{' ' * indent}! {said.warning}\n{' ' * indent}  → {said.remedy}")
