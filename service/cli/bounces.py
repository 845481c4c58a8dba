"""`pressrun bounces`: what messages that came back mean. It reads files alone, without a database, and changes nothing."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from service.feedback import classifying

MAX_FILE_BYTES = 200 * 1024 * 1024
NOT_ALL_READ = 1  # exit code
_MBOX = re.compile(rb"(?m)(?:\A|(?<=\n\n)|(?<=\r\n\r\n))From \S+ +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [^\n]*\d{4}")


@click.group("bounces")
def bounces() -> None:
    """Bounces, complaints and other mails that come back."""


@bounces.command("classify")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
def classify_paths(paths: tuple[str, ...]) -> int:
    """Print one JSON line for each message in PATH: files, folders, mailboxes (mbox); - for standard input.

    What cannot be read is named on standard error and passed over; the exit code is then 1.
    """
    out, unread = sys.stdout.buffer, Unread()
    for name, raw in _messages(paths, unread):
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
        # a byte of a name that is no UTF-8 becomes a JSON escape, from which it can be had back
        out.write((json.dumps(line, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace"))
        out.flush()
    return NOT_ALL_READ if unread.count else 0


class Unread:
    """Paths that could not be read: each is told at once, so that the others go on."""

    count = 0

    def tell(self, path: Path, why: str) -> None:
        self.count += 1
        shown = str(path).encode("utf-8", "backslashreplace").decode()
        click.echo(f"{shown}: {why}", err=True)
        click.echo("→ Give the path of a mail, a folder of mails or a mailbox that you may read.", err=True)


def _messages(paths: tuple[str, ...], unread: Unread) -> Iterator[tuple[str, bytes]]:
    """(name, source) of each message; the parts of a mailbox are named FILE#2 and so on."""
    for path in paths:
        if path == "-":
            yield from _parts("-", sys.stdin.buffer.read(MAX_FILE_BYTES))
            continue
        try:
            files = _files(Path(path))
        except OSError as error:
            unread.tell(Path(path), error.strerror or "it cannot be read")
            continue
        for file in files:
            try:
                with file.open("rb") as opened:
                    raw = opened.read(MAX_FILE_BYTES)
            except OSError as error:
                unread.tell(file, error.strerror or "it cannot be read")
            else:
                yield from _parts(str(file), raw)


def _files(path: Path) -> list[Path]:
    """The files of a folder in their order, or the path itself."""
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))


def _parts(name: str, raw: bytes) -> Iterator[tuple[str, bytes]]:
    """A mailbox begins with a From line; a single message may, too."""
    starts = [match.start() for match in _MBOX.finditer(raw)] if raw.startswith(b"From ") and not name.endswith(".eml") else []
    if len(starts) < 2:
        yield name, raw
        return
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(raw)], strict=True), 1):
        yield f"{name}#{number}", raw[start:end]
