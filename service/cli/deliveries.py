"""`pressrun deliveries`: how sendings go, and what the dashboard can do, from a terminal."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import click
from sqlalchemy.orm import Session

from service.cli.sender_hosts import admit_host, hosts
from service.core import i18n, settings
from service.delivery import certificate, launch, queries, story, troubles
from service.delivery.queries import Progress
from service.runtime import Runtime

as_json = click.option("--json", "is_json", is_flag=True, help="Print JSON.")
language = click.option("--language", type=click.Choice(i18n.LANGUAGES), default="en", show_default=True)
issue = click.argument("issue_id", metavar="ISSUE", type=int)


@click.group("deliveries")
def deliveries() -> None:
    """What was sent to whom, and what is still to be decided."""


deliveries.add_command(hosts)
deliveries.add_command(admit_host)


@deliveries.command("status")
@click.argument("issue_id", metavar="[ISSUE]", type=int, required=False)
@as_json
@language
def status(issue_id: int | None, is_json: bool, language: str) -> None:
    """Where ISSUE stands; without a number, the latest sendings."""
    runtime = Runtime(settings.load())
    with runtime.reading() as session:
        if issue_id is None:
            _print_list(session, is_json=is_json)
            return
        progress, found = queries.progress(session, issue_id), troubles.of(session, issue_id)
        record = certificate.of(session, issue_id)
    words = [trouble.in_words(language) for trouble in found]
    if is_json:
        problems = [{"message": message, "remedy": remedy} for message, remedy in words]
        _print_json({**_plain(progress), "settled": progress.settled, "problems": problems, "record": record.as_json()})
        return
    click.echo(f"Issue {issue_id}: {progress.state.value}, {progress.settled} of {progress.recipients} settled")
    for state, count in progress.by_state.items():
        if count:
            click.echo(f"  {state:<10} {count}")
    for lane, states in progress.by_lane.items():
        click.echo(f"  {lane}: " + ", ".join(f"{count} {state}" for state, count in states.items() if count))
    if progress.seconds_left is not None:
        click.echo(f"  {progress.rate:g} a minute, about {progress.seconds_left} s left")
    if progress.by_state["deferred"] and progress.next_retry_at is not None:
        click.echo(f"  what was deferred is tried again from {progress.next_retry_at:%H:%M:%S} UTC on")
    for message, remedy in words:
        click.echo(f"! {message}\n  → {remedy}")


@deliveries.command("pause")
@issue
@as_json
def pause(issue_id: int, is_json: bool) -> None:
    """Hand nothing more over of ISSUE, within a second."""
    _act(issue_id, lambda session: launch.pause(session, issue_id, user_id=None), is_json=is_json)


@deliveries.command("resume")
@issue
@as_json
def resume(issue_id: int, is_json: bool) -> None:
    """Go on with ISSUE; lanes that waited for somebody go on too."""
    _act(issue_id, lambda session: launch.resume(session, issue_id, user_id=None), is_json=is_json, nudge=True)


@deliveries.command("cancel")
@issue
@click.confirmation_option(prompt="Nobody else will get this issue, and that cannot be taken back. Cancel it?")
@as_json
def cancel(issue_id: int, is_json: bool) -> None:
    """Send ISSUE to nobody else; who has it keeps it."""
    _act(issue_id, lambda session: launch.cancel(session, issue_id, user_id=None), is_json=is_json)


@deliveries.command("explain")
@click.argument("address")
@issue
@as_json
@language
def explain(address: str, issue_id: int, is_json: bool, language: str) -> None:
    """What happened with ISSUE for the reader with ADDRESS."""
    runtime = Runtime(settings.load())
    with runtime.reading() as session:
        told = story.explain(session, issue_id, address)
    lines = [(line.at, line.in_words(language)) for line in told.lines]
    if is_json:
        events = [{"at": at.isoformat() if at else None, "text": text} for at, text in lines]
        state = told.state.value if told.state else None
        _print_json({"issue_id": issue_id, "subscriber_id": told.subscriber_id, "state": state, "reason": told.reason, "events": events})
        return
    for at, text in lines:
        click.echo(f"{f'{at:%Y-%m-%d %H:%M:%S} UTC' if at else '':<24} {text}".strip())


def _act(issue_id: int, act: Callable[[Session], object], *, is_json: bool, nudge: bool = False) -> None:
    runtime = Runtime(settings.load())
    with runtime.writing() as session:
        act(session)
        session.flush()
        progress = queries.progress(session, issue_id)
    if nudge:
        runtime.broker.nudge_sending(progress.by_lane)
    if is_json:
        _print_json(_plain(progress))
        return
    accepted = progress.by_state["accepted"]
    click.echo(f"Issue {issue_id} is {progress.state.value}; {accepted} of {progress.recipients} mails were taken by the mail server.")


def _print_list(session: Session, *, is_json: bool) -> None:
    rows = queries.listing(session, limit=20)
    if is_json:
        _print_json([_plain(row) for row in rows])
        return
    for row in rows:
        click.echo(f"{row.issue_id:>6}  {row.state.value:<15} {row.recipients:>9} readers  started {row.started_at:%Y-%m-%d %H:%M} UTC")
    if not rows:
        click.echo("Nothing was sent yet.")


def _plain(value: Progress | queries.Listed) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def _print_json(data: object) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, default=_text, indent=2))


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
