"""`pressrun bounces`: what messages that came back mean. It reads files alone, without a database, and changes nothing."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from service.core.errors import NotFound
from service.feedback import classifying

MAX_FILE_BYTES = 200 * 1024 * 1024
_MBOX = re.compile(rb"(?m)(?:\A|(?<=\n\n)|(?<=\r\n\r\n))From \S+ +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [^\n]*\d{4}")


@click.group("bounces")
def bounces() -> None:
    """Bounces, complaints and other mails that come back."""


@bounces.command("classify")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
def classify_paths(paths: tuple[str, ...]) -> None:
    """Print one JSON line for each message in PATH: files, folders, mailboxes (mbox); - for standard input."""
    out = sys.stdout.buffer
    for name, raw in _messages(paths):
        result = classifying.classify(raw)
        line = {
            "file": name,
            "kind": result.kind.value,
            "reason": result.reason,
            "hard": result.is_hard,
            "status": result.status,
            "recipient": result.recipient,
            "action": result.action.value,
        }
        out.write((json.dumps(line, ensure_ascii=False) + "\n").encode("utf-8", "replace"))
        out.flush()


def _messages(paths: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """(name, source) of each message; the parts of a mailbox are named FILE#2 and so on."""
    for path in paths:
        if path == "-":
            yield from _parts("-", sys.stdin.buffer.read(MAX_FILE_BYTES))
            continue
        for file in _files(Path(path)):
            with file.open("rb") as opened:
                yield from _parts(str(file), opened.read(MAX_FILE_BYTES))


def _files(path: Path) -> Iterator[Path]:
    if not path.exists():
        raise NotFound("There is no file {name}.", remedy="Give the path of a mail, a folder of mails or a mailbox.", name=str(path))
    if not path.is_dir():
        yield path
        return
    yield from sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))


def _parts(name: str, raw: bytes) -> Iterator[tuple[str, bytes]]:
    """A mailbox begins with a From line; a single message may, too."""
    starts = [match.start() for match in _MBOX.finditer(raw)] if raw.startswith(b"From ") and not name.endswith(".eml") else []
    if len(starts) < 2:
        yield name, raw
        return
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(raw)], strict=True), 1):
        yield f"{name}#{number}", raw[start:end]
