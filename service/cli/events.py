"""`pressrun events`: hits labelled offline, and labelled again after the rules have changed."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import click

from service.core import settings
from service.feedback import labels, labels_lines, relabelling
from service.runtime import Runtime


@click.group("events")
def events() -> None:
    """Opens and clicks: whose they were."""


@events.command("label")
@click.argument("file", type=click.File("rb"), default="-")
def label(file: BinaryIO) -> None:
    """Label the hits of FILE (JSON lines; - or nothing for standard input) as human, machine or unknown, each with its reason."""
    with _twice(file) as log:
        verdicts = labels.final(labels_lines.read(log))
        log.seek(0)
        sys.stdout.writelines(f"{line}\n" for line in labels_lines.write(log, verdicts))


@events.command("relabel")
@click.argument("issue_id", metavar="[ISSUE]", type=int, required=False)
def relabel(issue_id: int | None) -> None:
    """Label the hits of ISSUE, or of every issue of the last month, again by the rules of today; what was reported then stays beside it."""
    runtime = Runtime(settings.load())
    with runtime.writing() as session:
        asked = relabelling.ask(session, issue_id)
    click.echo(f"{asked} issues will be labelled again by version {labels.RULES_VERSION} of the rules, in the background.")


@contextmanager
def _twice(file: BinaryIO) -> Iterator[BinaryIO]:
    """The file from its beginning, as one that can be read a second time."""
    if file.seekable():
        yield file
        return
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(file, copy)
        copy.seek(0)
        yield copy
