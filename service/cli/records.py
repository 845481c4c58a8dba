"""`pressrun deliveries record` and `verify`: the proof of an issue, to keep, and to hold against the ledger later."""

import json
from pathlib import Path
from typing import TextIO

import click

from service.cli.printing import as_json, plain, print_json
from service.core import settings
from service.delivery.overview import certificate, record_check
from service.delivery.overview.record_check import Check, NoRecord, Verdict
from service.runtime import Runtime

EXIT_NOT_PROVEN = 1
WORDS = {
    Verdict.SAME: "The record is genuine, and the ledger says the same, row by row.",
    Verdict.SETTLED_SINCE: "The record is genuine. {count} that were unsure were settled since, each on record; nothing else changed.",
    Verdict.EARLIER: "The record is genuine, but was made while the issue was still being sent; its rows have moved on since.",
    Verdict.DIFFERENT: "The record is genuine, but the ledger says something else, and nothing on record explains it.",
    Verdict.ALTERED: "The record is not as this Pressrun wrote it: it was altered, or its signing key is not known here.",
}


@click.command("record")
@click.argument("issue_id", metavar="ISSUE", type=int)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it to this file.")
def record(issue_id: int, out: Path | None) -> None:
    """Print the delivery record of ISSUE as JSON: versions, counts and reasons, with a hash over every row and a seal."""
    runtime = Runtime(settings.load())
    with runtime.reading() as session:
        values = certificate.sealed(certificate.of(session, issue_id), runtime.signer)
    if out is None:
        print_json(values)
        return
    out.write_text(json.dumps(values, ensure_ascii=False, indent=2) + "\n")
    click.echo(f"{out} is written.")


@click.command("verify")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@as_json
def verify(file: TextIO, is_json: bool) -> int:
    """Hold the delivery record in FILE against the ledger of today.

    Ends with 0 where the record is genuine and the ledger explains every line of it, else with 1.
    """
    try:
        values = json.loads(file.read())
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise NoRecord("This is no delivery record.", remedy="Name a file that `pressrun deliveries record` or the dashboard has written.")
    runtime = Runtime(settings.load())
    with runtime.reading() as session:
        found = record_check.check(session, runtime.signer, values)
    _print(found, is_json=is_json)
    return 0 if found.is_proven else EXIT_NOT_PROVEN


def _print(found: Check, *, is_json: bool) -> None:
    if is_json:
        print_json({**plain(found), "is_proven": found.is_proven})
        return
    click.echo(WORDS[found.verdict].format(count=found.settled_since))
    if found.differences:
        click.echo("It differs in: " + ", ".join(found.differences))
