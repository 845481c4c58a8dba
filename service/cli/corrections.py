"""`pressrun corrections`: stop what is going out, make a corrected version of its text, let the rest receive it, from a terminal."""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import click
from sqlalchemy.orm import Session

from service.core import settings
from service.delivery.launching import correcting, launch
from service.delivery.overview import queries, versions
from service.issues import queries as issues
from service.runtime import Runtime

as_json = click.option("--json", "is_json", is_flag=True, help="Print JSON.")
issue = click.argument("issue_id", metavar="ISSUE", type=int)


@click.group("corrections")
def corrections() -> None:
    """Stop, fix, continue: a corrected version for those who have not got the issue yet."""


@corrections.command("show")
@issue
@as_json
def show(issue_id: int, is_json: bool) -> None:
    """Which version of ISSUE how many readers have, and whether a corrected one is being made."""
    with Runtime(settings.load()).reading() as session:
        _print(session, issue_id, is_json=is_json)


@corrections.command("stop")
@issue
@as_json
def stop(issue_id: int, is_json: bool) -> None:
    """Hand nothing more over of ISSUE, within a second."""
    _act(issue_id, lambda session: launch.pause(session, issue_id, user_id=None), is_json=is_json)


@corrections.command("make")
@issue
@click.option("--note", required=True, help="What was wrong; it stays with the delivery record.")
@as_json
def make(issue_id: int, note: str, is_json: bool) -> None:
    """Have a worker make the newest text of the stopped ISSUE the version for the rest."""

    def ask(session: Session) -> None:
        correcting.ask(session, issue_id, issues.text(session, issue_id).revision.id, note=note, user_id=None)

    _act(issue_id, ask, is_json=is_json)


@corrections.command("drop")
@issue
@as_json
def drop(issue_id: int, is_json: bool) -> None:
    """Give the correction of ISSUE up that is not in use yet."""
    _act(issue_id, lambda session: correcting.drop(session, issue_id, user_id=None), is_json=is_json)


@corrections.command("go-on")
@issue
@as_json
def go_on(issue_id: int, is_json: bool) -> None:
    """Let those who have not got ISSUE receive its newest version."""
    _act(issue_id, lambda session: launch.resume(session, issue_id, user_id=None), is_json=is_json, nudge=True)


def _act(issue_id: int, act: Callable[[Session], object], *, is_json: bool, nudge: bool = False) -> None:
    runtime = Runtime(settings.load())
    with runtime.writing() as session:
        act(session)
        session.flush()
        _print(session, issue_id, is_json=is_json)
        lanes = queries.progress(session, issue_id).by_lane
    if nudge:
        runtime.broker.nudge_sending(lanes)


def _print(session: Session, issue_id: int, *, is_json: bool) -> None:
    progress, found, is_open = queries.progress(session, issue_id), versions.of(session, issue_id), correcting.open_of(session, issue_id)
    problems = [problem["message"].format(**problem.get("values", {})) for problem in is_open.problems] if is_open else []
    if is_json:
        data: dict[str, Any] = {"issue_id": issue_id, "state": progress.state.value, "versions": [asdict(each) for each in found]}
        data["correction"] = {"note": is_open.note, "problems": problems} if is_open else None
        click.echo(json.dumps(data, ensure_ascii=False, default=str, indent=2))
        return
    click.echo(f"Issue {issue_id}: {progress.state.value}")
    for each in found:
        note = f"  (before: {each.note})" if each.note else ""
        waiting = f", {each.waiting} wait for it" if each.is_current else ""
        click.echo(f"  version {each.number}: {each.accepted} readers have it{waiting}{note}")
    if is_open is not None:
        click.echo("  a corrected version " + ("cannot be made:" if problems else "is being made by a worker"))
    for problem in problems:
        click.echo(f"  ! {problem}")
