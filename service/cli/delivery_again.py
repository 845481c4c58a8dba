"""`pressrun deliveries again`: readers of a launched issue who are sent to again, before all others."""

import sys
from collections import Counter
from pathlib import Path

import click

from service.cli.printing import as_json, print_json
from service.core import clock, settings
from service.delivery.launching import again
from service.delivery.launching.again import Answer, Group, Verdict
from service.delivery.ledger import batching
from service.delivery.overview import again_words
from service.runtime import Runtime

EXIT_SOME_NOT = 3
REPEATS = "Readers of whom it is not sure that they have it may then see it twice; their mails are marked. Go on?"


@click.command("again")
@click.argument("issue_id", metavar="ISSUE", type=int)
@click.option("--file", "file", type=click.Path(dir_okay=False, allow_dash=True), help="Addresses, one a line; - reads standard input.")
@click.option("--group", type=click.Choice([group.value for group in Group]), help="Everybody in this state instead of a list.")
@click.option("--maybe-duplicate", is_flag=True, help="Also who may have it already; such mails are marked as maybe a second copy.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
def send_again(issue_id: int, file: str | None, group: str | None, maybe_duplicate: bool, yes: bool, is_json: bool) -> int:
    """Send ISSUE again to readers who have not got it, before all others, and answer for each.

    Nobody who has it is sent to. Ends with 0 where all who were named go out, with 3 where some do not.
    """
    if (file is None) == (group is None):
        raise click.UsageError("Say to whom: --file ADDRESSES, or --group STATE.")
    if maybe_duplicate and not yes:
        click.confirm(REPEATS, abort=True, err=True)
    runtime = Runtime(settings.load())
    lines = _lines(file) if file is not None else []
    with runtime.writing() as session:
        if group is not None:
            answers = again.to_group(session, runtime.settings, issue_id, Group(group), user_id=None, may_repeat=maybe_duplicate)
        else:
            answers = again.to_addresses(session, runtime.settings, issue_id, lines, user_id=None, may_repeat=maybe_duplicate)
    with runtime.reading() as session:
        runtime.broker.nudge_sending(batching.wanted(session, runtime.settings, clock.now()))
    if is_json:
        print_json({"issue_id": issue_id, "answers": answers})
    else:
        _tell(answers)
    return 0 if all(answer.verdict in again.SENT for answer in answers) else EXIT_SOME_NOT


def _lines(file: str) -> list[str]:
    text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8-sig")
    return text.splitlines()


def _tell(answers: list[Answer]) -> None:
    for answer in answers:
        if answer.written:
            verdict, reason = again_words.msgid(answer)
            click.echo(f"{answer.written}: {verdict}{f' ({reason})' if reason else ''}")
    found = Counter(answer.verdict for answer in answers)
    going = found[Verdict.QUEUED] + found[Verdict.REPEATED]
    click.echo(f"{going} of {len(answers)} go out again, before the others.")
