"""`pressrun deliveries settle`: what is not sure to have arrived, and what becomes of it: by the mail server's log, or by a decision."""

from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.cli.printing import as_json, instant, plain, print_json
from service.core import settings
from service.core.errors import Conflict, Invalid
from service.delivery import launches
from service.delivery.ledger import doubts
from service.delivery.models import Doubt
from service.delivery.uncertain import settling_by_log, settling_choices, settling_policy
from service.delivery.uncertain.settling_by_log import Report
from service.delivery.uncertain.settling_choices import Choice
from service.runtime import Runtime
from service.subscribers import address
from service.subscribers.models import Subscriber

EXIT_UNDECIDED = 3
SHOWN = 100
ABSENT = "What the log covers and does not name is sent again, marked as maybe a second copy. Go on?"
CONSEQUENCES = {
    Choice.TOOK_IT: "{count} readers are counted as having it, by your decision. They are not sent to again.",
    Choice.SEND_AGAIN: "{count} readers are sent to again, marked as maybe a second copy: who has it already may see it twice.",
    Choice.LEAVE: "{count} readers stay “not sure”. They are not sent to again; evidence that turns up later still counts.",
}


@click.command("settle")
@click.argument("issue_id", metavar="ISSUE", type=int)
@click.option("--relay-log", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A log of Postfix, plain or gzipped.")
@click.option("--log-is-complete", is_flag=True, help="Nothing is missing in that log: what it does not name is sent again.")
@click.option("--choose", "choice", type=click.Choice([choice.value for choice in Choice]), help="What becomes of them.")
@click.option("--reader", "readers", multiple=True, metavar="ADDRESS", help="For this reader only; may be given several times.")
@click.option("--all", "is_all", is_flag=True, help="For everybody who waits for a decision.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
def settle(
    issue_id: int,
    relay_log: Path | None,
    log_is_complete: bool,
    choice: str | None,
    readers: tuple[str, ...],
    is_all: bool,
    yes: bool,
    is_json: bool,
) -> int:
    """Settle the deliveries of ISSUE of which it is not sure that they arrived; without options, show them.

    Ends with 0 where nobody waits for a decision any more, with 3 where somebody does.
    """
    _refuse_half_a_choice(choice, readers, is_all=is_all)
    if log_is_complete and relay_log is None:
        raise click.UsageError("--log-is-complete says something about the file of --relay-log; name it.")
    runtime = Runtime(settings.load())
    with runtime.reading() as session:
        launches.of(session, issue_id)
    report, decided = None, None
    if relay_log is not None:
        if log_is_complete and not yes:
            click.confirm(ABSENT, abort=True, err=True)
        report = settling_by_log.settle_file(runtime.database, runtime.signer, issue_id, relay_log, is_complete=log_is_complete)
    if choice is not None:
        decided = _decide(runtime, issue_id, Choice(choice), readers, is_sure=yes)
    with runtime.reading() as session:
        return _show(session, issue_id, report, decided, is_json=is_json)


def _refuse_half_a_choice(choice: str | None, readers: tuple[str, ...], *, is_all: bool) -> None:
    if choice is None and (readers or is_all):
        raise click.UsageError("Say with --choose what becomes of them.")
    if choice is not None and bool(readers) == is_all:
        raise click.UsageError("Say for whom: --all, or --reader ADDRESS.")


def _decide(runtime: Runtime, issue_id: int, choice: Choice, readers: tuple[str, ...], *, is_sure: bool) -> int:
    with runtime.reading() as session:
        who = [_reader(session, issue_id, email) for email in readers] or None
        count = len(doubts.pending_among(session, issue_id, who))
    if count and not is_sure:
        click.confirm(CONSEQUENCES[choice].format(count=count) + " Go on?", abort=True, err=True)
    with runtime.writing() as session:
        return settling_choices.choose(session, issue_id, choice, who=who, user_id=None)


def _reader(session: Session, issue_id: int, email: str) -> int:
    subscriber_id = session.scalar(select(Subscriber.id).where(Subscriber.email == address.normalise(email)))
    if subscriber_id is None:
        raise Invalid("Nobody with this address is known here.", remedy="Check the spelling.")
    own = (Doubt.issue_id == issue_id, Doubt.subscriber_id == subscriber_id, doubts.is_open())
    if session.scalar(select(Doubt.id).where(*own)) is None:
        raise Conflict("For this reader nothing is in doubt.", remedy="pressrun deliveries explain ADDRESS ISSUE tells what happened.")
    return subscriber_id


def _show(session: Session, issue_id: int, report: Report | None, decided: int | None, *, is_json: bool) -> int:
    waiting, shown = doubts.pending(session, issue_id), doubts.open_ones(session, issue_id, limit=SHOWN)
    until = settling_policy.deadline(session, issue_id)
    code = EXIT_UNDECIDED if waiting else 0
    if is_json:
        log = {**plain(report), "settled": report.settled} if report else None
        print_json({"issue_id": issue_id, "waiting": waiting, "decide_until": until, "log": log, "decided": decided, "uncertain": shown})
        return code
    if report is not None:
        click.echo(_report(report))
    if decided is not None:
        click.echo(f"Decided for {decided} readers.")
    for one in shown:
        known = {"seen": "the log begins and does not end it", "absent": "the log does not name it"}.get(one.known.value, "")
        left = "left as it is" if one.is_left else "waits for a decision"
        details = ", ".join(part for part in (one.cause, known, left) if part)
        click.echo(f"{one.subscriber_id:>9}  {one.address:<34} {one.lane:<10} {instant(one.since)}  {details}")
    if waiting:
        click.echo(f"{waiting} wait for a decision until {instant(until)}; then they stay “not sure”.")
        click.echo("Decide with --choose, and --all or --reader.")
    elif not shown:
        click.echo("Nothing of this issue is in doubt.")
    return code


def _report(report: Report) -> str:
    parts = [f"The log settled {report.settled} of {report.looked_for}: {report.accepted} taken, {report.refused} refused"]
    parts.append(f", {report.not_taken} certainly not taken and sent again." if report.not_taken else ".")
    if report.unfinished:
        parts.append(f" {report.unfinished} begin in it and do not end.")
    if report.absent:
        parts.append(f" It does not name {report.absent}, {report.not_covered} of them outside the time it covers.")
        parts.append(f" {report.sent_again} of them are sent again." if report.sent_again else " That alone proves nothing.")
    return "".join(parts)
