"""`pressrun deliveries`: how sendings go, and what the dashboard can do, from a terminal. docs/deliveries.md has shapes and exit codes."""

from collections.abc import Callable
from typing import Any

import click
from sqlalchemy.orm import Session

from service.cli.delivery_again import send_again
from service.cli.printing import as_json, instant, plain, print_json
from service.cli.records import record, verify
from service.cli.sender_hosts import admit_host, hosts
from service.cli.settling import settle
from service.core import i18n, logs, settings
from service.delivery.launching import deciding, launch
from service.delivery.ledger import doubts
from service.delivery.models import Lane
from service.delivery.overview import at_work, queries, story, troubles
from service.delivery.overview.at_work import AtWork, RelayView
from service.delivery.overview.queries import Progress
from service.delivery.overview.troubles import Trouble
from service.delivery.uncertain import settling_policy
from service.issues.models import IssueState
from service.runtime import Runtime

EXIT_SOMEBODY = 3
FACTS = ("issue_id", "subscriber_id", "state", "reason", "version", "tries", "maybe_duplicate")

language = click.option("--language", type=click.Choice(i18n.LANGUAGES), default="en", show_default=True)
issue = click.argument("issue_id", metavar="ISSUE", type=int)


@click.group("deliveries")
def deliveries() -> None:
    """What was sent to whom, and what is still to be decided."""
    logs.to_standard_error()


for command in (settle, send_again, record, verify, hosts, admit_host):
    deliveries.add_command(command)


@deliveries.command("status")
@click.argument("issue_id", metavar="[ISSUE]", type=int, required=False)
@click.option("--check", is_flag=True, help="End with 3 where somebody is needed.")
@as_json
@language
def status(issue_id: int | None, check: bool, is_json: bool, language: str) -> int:
    """Where ISSUE stands; without a number, the latest sendings."""
    runtime = Runtime(settings.load())
    with runtime.reading() as session:
        if issue_id is None:
            _print_list(session, is_json=is_json)
            return 0
        progress = queries.progress(session, issue_id)
        found = troubles.of(session, issue_id, progress)
        work = at_work.of(session, runtime.settings, progress)
        pending, until = doubts.pending(session, issue_id), settling_policy.deadline(session, issue_id)
    if is_json:
        undecided = {"waiting": pending, "decide_until": until}
        print_json({**_progress(progress), "undecided": undecided, "problems": _problems(found, language), **_work(work)})
    else:
        _print_status(progress, found, work, language)
    return EXIT_SOMEBODY if check and any(trouble.needs_somebody for trouble in found) else 0


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
        click.echo(f"Issue {issue_id} is in the ledger; the hosts mark whom they remember. Look at its status, then go on once more.")
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
        print_json(_progress(progress))
        return
    accepted = progress.by_state["accepted"]
    click.echo(f"Issue {issue_id} is {progress.state.value}; {accepted} of {progress.recipients} mails were taken by the mail server.")


def _print_status(progress: Progress, found: list[Trouble], work: AtWork, language: str) -> None:
    click.echo(f"Issue {progress.issue_id}: {progress.state.value}, {progress.settled} of {progress.recipients} settled")
    for state, count in progress.by_state.items():
        if count:
            click.echo(f"  {state:<10} {count}")
    for lane in work.lanes:
        counts = ", ".join(f"{count} {state}" for state, count in lane.counts.items() if count)
        most = f", at most {lane.most:g}" if lane.most is not None else ""
        pace = f"; {lane.pace:g} a minute{most}" if lane.pace or most else ""
        following = f"; next {instant(lane.next_at)}" if lane.next_at else ""
        click.echo(f"  {lane.name}: {counts}{pace}{following}{_trouble(lane.trouble)}")
    relay = work.relay
    click.echo(
        f"  mail server {relay.address} ({relay.kind}), {relay.processes} × {relay.connections} connections"
        f"{_limits(relay)}{_trouble(relay.trouble)}"
    )
    for worker in work.workers:
        click.echo(f"  worker {worker.host}: {worker.batches} batches in hand, last heard {instant(worker.heard_at) or 'never'}")
    if progress.seconds_left is not None:
        click.echo(f"  {progress.rate:g} a minute, about {progress.seconds_left} s left")
    if progress.by_state["deferred"] and progress.next_retry_at is not None:
        click.echo(f"  what was deferred is tried again from {progress.next_retry_at:%H:%M:%S} UTC on")
    for message, remedy in (trouble.in_words(language) for trouble in found):
        click.echo(f"! {message}\n  → {remedy}")


def _limits(relay: RelayView) -> str:
    rate = f"; at most {relay.most:g} a minute" if relay.most is not None else ""
    return rate + (f"; {relay.quota_used} of {relay.quota} mails of the daily quota used" if relay.quota is not None else "")


def _trouble(row: Lane | None) -> str:
    if row is None:
        return ""
    return "; stopped until somebody resumes" if row.is_held else f"; rests until {instant(row.paused_until)}" if row.paused_until else ""


def _print_list(session: Session, *, is_json: bool) -> None:
    rows = queries.listing(session, limit=20)
    if is_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row.issue_id:>6}  {row.state.value:<15} {row.recipients:>9} readers  started {row.started_at:%Y-%m-%d %H:%M} UTC")
    if not rows:
        click.echo("Nothing was sent yet.")


def _progress(progress: Progress) -> dict[str, Any]:
    return {**plain(progress), "settled": progress.settled}


def _problems(found: list[Trouble], language: str) -> list[dict[str, Any]]:
    words = [(trouble, *trouble.in_words(language)) for trouble in found]
    return [
        {"message": message, "remedy": remedy, "needs_somebody": trouble.needs_somebody, "since": trouble.since, "until": trouble.until}
        for trouble, message, remedy in words
    ]


def _work(work: AtWork) -> dict[str, Any]:
    """The same as `plain`, with a trouble as what it says instead of its row."""
    parts = {"lanes": work.lanes, "relay": work.relay, "workers": work.workers}
    return {name: [_entry(one) for one in part] if isinstance(part, tuple) else _entry(part) for name, part in parts.items()}


def _entry(one: Any) -> dict[str, Any]:
    row: Lane | None = one.trouble
    trouble = None
    if row is not None:
        trouble = {"reason": row.reason, "text": row.text, "is_held": row.is_held, "until": row.paused_until, "since": row.since}
    return {name: trouble if name == "trouble" else plain(getattr(one, name)) for name in one.__dataclass_fields__}
