"""`pressrun deliveries`: how sendings go, and what the dashboard can do, from a terminal. docs/deliveries.md has shapes and exit codes."""

from collections.abc import Callable

import click
from sqlalchemy.orm import Session

from service.cli.delivery_again import send_again
from service.cli.delivery_status import language, progress_values, status
from service.cli.printing import as_json, instant, print_json
from service.cli.records import record, verify
from service.cli.sender_hosts import admit_host, hosts, recall
from service.cli.settling import settle
from service.core import logs, settings
from service.delivery.launching import deciding, launch
from service.delivery.overview import queries, story
from service.issues.models import IssueState
from service.runtime import Runtime

FACTS = ("issue_id", "subscriber_id", "state", "reason", "version", "tries", "maybe_duplicate")

issue = click.argument("issue_id", metavar="ISSUE", type=int)


@click.group("deliveries")
def deliveries() -> None:
    """What was sent to whom, and what is still to be decided."""
    logs.to_standard_error()


for command in (status, settle, send_again, record, verify, hosts, admit_host, recall):
    deliveries.add_command(command)


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


@deliveries.command("go-on")
@issue
@as_json
def go_on(issue_id: int, is_json: bool) -> None:
    """Let ISSUE, which needs a decision, go on: to those who have not got it as far as is known, or at its slot."""
    runtime = Runtime(settings.load())
    with runtime.writing() as session:
        state = deciding.go_on(session, runtime.settings, issue_id, user_id=None)
        lanes = queries.progress(session, issue_id).by_lane if state is IssueState.SENDING else {}
    runtime.broker.nudge_sending(lanes)
    if is_json:
        print_json({"issue_id": issue_id, "state": state.value})
    elif state is IssueState.NEEDS_DECISION:
        click.echo(f"Issue {issue_id} is in the ledger; the machines that send mark whom they remember. Its status says what follows.")
    else:
        click.echo(f"Issue {issue_id} is {state.value}.")


@deliveries.command("cancel")
@issue
@click.option("--yes", is_flag=True, help="Confirm the action without prompting.")
@as_json
def cancel(issue_id: int, yes: bool, is_json: bool) -> None:
    """Send ISSUE to nobody else; who has it keeps it."""
    if not yes:
        with Runtime(settings.load()).reading() as session:
            now = queries.progress(session, issue_id)
        have_it = f"{now.by_state['accepted']} readers have it and keep it"
        click.confirm(f"{have_it}; {now.unsent} others will never get it, and that cannot be taken back. Cancel the rest?", abort=True)
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
    following = told.next.in_words(language) if told.next else None
    if is_json:
        events = [{"at": at, "text": text} for at, text in lines]
        coming = {"at": told.next.at, "text": following} if told.next else None
        facts = {name: getattr(told, name) for name in FACTS}
        print_json({**facts, "events": events, "next": coming})
        return
    for at, text in lines:
        click.echo(f"{instant(at):<24} {text}".strip())
    if following:
        click.echo(f"{'→':<24} {following}")


def _act(issue_id: int, act: Callable[[Session], object], *, is_json: bool, nudge: bool = False) -> None:
    runtime = Runtime(settings.load())
    with runtime.writing() as session:
        act(session)
        session.flush()
        progress = queries.progress(session, issue_id)
    if nudge:
        runtime.broker.nudge_sending(progress.by_lane)
    if is_json:
        print_json(progress_values(progress))
        return
    accepted = progress.by_state["accepted"]
    click.echo(f"Issue {issue_id} is {progress.state.value}; {accepted} of {progress.recipients} mails were taken by the mail server.")
    if progress.sending and progress.state is not IssueState.SENDING:
        click.echo("What is being handed over this moment finishes and is still recorded.")
