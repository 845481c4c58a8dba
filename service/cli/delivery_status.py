"""`pressrun deliveries status`: where a sending stands and what it needs, in words or as JSON. docs/deliveries.md has the shapes."""

from datetime import datetime
from typing import Any

import click
from sqlalchemy.orm import Session

from service.cli.printing import as_json, instant, plain, print_json
from service.core import clock, i18n, settings
from service.core.settings import Settings
from service.delivery.ledger import doubts
from service.delivery.models import Lane
from service.delivery.overview import at_work, queries, troubles, undecided
from service.delivery.overview.at_work import AtWork, LaneView, RelayView
from service.delivery.overview.queries import Progress
from service.delivery.overview.troubles import Trouble
from service.delivery.overview.undecided import Undecided
from service.delivery.uncertain import settling_policy
from service.issues.models import Issue, IssueState
from service.runtime import Runtime

EXIT_SOMEBODY = 3
RUNNING = (IssueState.SENDING, IssueState.PAUSED, IssueState.NEEDS_DECISION)

language = click.option("--language", type=click.Choice(i18n.LANGUAGES), default="en", show_default=True)


@click.command("status")
@click.argument("issue_id", metavar="[ISSUE]", type=int, required=False)
@click.option("--check", is_flag=True, help="End with 3 where somebody is needed; without a number, for any issue.")
@as_json
@language
def status(issue_id: int | None, check: bool, is_json: bool, language: str) -> int:
    """Where ISSUE stands; without a number, what waits for a decision, and the latest sendings."""
    runtime = Runtime(settings.load())
    with runtime.reading() as session:
        if issue_id is None:
            is_needed = _everything(session, runtime.settings, language, is_json=is_json)
        else:
            is_needed = _one(session, runtime, issue_id, language, is_json=is_json)
    return EXIT_SOMEBODY if check and is_needed else 0


def progress_values(progress: Progress) -> dict[str, Any]:
    """As `status --json` begins."""
    return {**plain(progress), "settled": progress.settled}


def _everything(session: Session, given: Settings, language: str, *, is_json: bool) -> bool:
    rows, waiting = queries.listing(session, limit=20), undecided.everywhere(session)
    if is_json:
        print_json(rows)
    else:
        for row in rows:
            started = f"{row.started_at:%Y-%m-%d %H:%M} UTC"
            click.echo(f"{row.issue_id:>6}  {row.state.value:<15} {row.recipients:>9} readers  started {started}")
        if not rows:
            click.echo("Nothing was sent yet.")
        for one in waiting:
            _say(f"Issue {one.issue_id} waits for a decision. {one.in_words(language)[0]}", one.in_words(language)[1])
    running = [row.issue_id for row in rows if row.state in RUNNING]
    found = [trouble for issue_id in running for trouble in troubles.of(session, issue_id, settings=given)]
    return _needs_somebody(waiting, found)


def _one(session: Session, runtime: Runtime, issue_id: int, language: str, *, is_json: bool) -> bool:
    waiting = undecided.of(session, issue_id)
    if waiting and not waiting[0].is_started:
        return _not_started(session, issue_id, waiting, language, is_json=is_json)
    progress = queries.progress(session, issue_id)
    found = troubles.of(session, issue_id, progress, settings=runtime.settings)
    work = at_work.of(session, runtime.settings, progress)
    if is_json:
        until = settling_policy.deadline(session, issue_id)
        doubtful = {"waiting": doubts.pending(session, issue_id), "decide_until": until}
        print_json({**progress_values(progress), "undecided": doubtful, "problems": _problems(waiting, found, language), **_work(work)})
    else:
        _print(progress, work)
        for one in waiting:
            _say(*one.in_words(language))
        for trouble in found:
            _say(*trouble.in_words(language))
    return _needs_somebody(waiting, found)


def _not_started(session: Session, issue_id: int, waiting: list[Undecided], language: str, *, is_json: bool) -> bool:
    state = session.get_one(Issue, issue_id).state
    if is_json:
        print_json({"issue_id": issue_id, "state": state, "recipients": None, "problems": _problems(waiting, [], language)})
        return True
    click.echo(f"Issue {issue_id}: {state.value}, not started")
    for one in waiting:
        _say(*one.in_words(language))
    return True


def _print(progress: Progress, work: AtWork) -> None:
    click.echo(f"Issue {progress.issue_id}: {progress.state.value}, {progress.settled} of {progress.recipients} settled")
    for state, count in progress.by_state.items():
        if count:
            click.echo(f"  {state:<10} {count}")
    for lane in work.lanes:
        click.echo(f"  {lane.name}: {_lane(lane)}")
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


def _lane(lane: LaneView) -> str:
    counts = ", ".join(f"{count} {state}" for state, count in lane.counts.items() if count)
    most = f", at most {lane.most:g}" if lane.most is not None else ""
    pace = f"; {lane.pace:g} a minute{most}" if lane.pace or most else ""
    following = f"; next {instant(lane.next_at)}" if lane.next_at is not None and lane.next_at > clock.now() else ""
    return f"{counts}{pace}{following}{_trouble(lane.trouble)}"


def _limits(relay: RelayView) -> str:
    rate = f"; at most {relay.most:g} a minute" if relay.most is not None else ""
    return rate + (f"; {relay.quota_used} of {relay.quota} mails of the daily quota used" if relay.quota is not None else "")


def _trouble(row: Lane | None) -> str:
    if row is None:
        return ""
    if row.is_held:
        return "; stopped until somebody resumes"
    if row.paused_until is None:
        return ""
    return f"; rests until {instant(row.paused_until)}" if row.paused_until > clock.now() else "; is being tried again"


def _needs_somebody(waiting: list[Undecided], found: list[Trouble]) -> bool:
    return any(one.needs_somebody for one in waiting) or any(one.needs_somebody for one in found)


def _say(message: str, remedy: str) -> None:
    click.echo(f"! {message}\n  → {remedy}")


def _problems(waiting: list[Undecided], found: list[Trouble], language: str) -> list[dict[str, Any]]:
    rows: list[tuple[Undecided | Trouble, datetime | None, datetime | None]] = [(one, None, None) for one in waiting]
    rows += [(one, one.since, one.until) for one in found]
    values = []
    for one, since, until in rows:
        message, remedy = one.in_words(language)
        values.append({"message": message, "remedy": remedy, "needs_somebody": one.needs_somebody, "since": since, "until": until})
    return values


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
