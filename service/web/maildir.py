"""Reads the local catcher's folder: which mails came, newest first, and one mail in its parts. Never writes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from pathlib import Path

PAGE = 40
HEAD_BYTES = 16 * 1024
MOST_SEARCHED = 20_000  # files; a search opens each of them
_NAME = re.compile(r"[0-9]+\.[0-9]+\.[A-Za-z0-9_.:,=-]+")


@dataclass(frozen=True)
class CaughtMail:
    """A mail as the list shows it."""

    name: str
    at: datetime
    recipient: str
    sender: str
    subject: str
    size: int


@dataclass(frozen=True)
class Listing:
    """One page of the mails; `total` counts those that match."""

    mails: list[CaughtMail]
    number: int
    total: int

    @property
    def last(self) -> int:
        return max(1, -(-self.total // PAGE))


def listing(folder: Path, *, recipient: str = "", number: int = 1) -> Listing:
    """The mails to addresses that contain `recipient`, newest first."""
    files = sorted(_files(folder), key=lambda file: file.name, reverse=True)
    wanted = recipient.strip().casefold()
    if wanted:
        files = [file for file in files[:MOST_SEARCHED] if wanted in _recipient(file).casefold()]
    number = min(max(number, 1), max(1, -(-len(files) // PAGE)))
    shown = files[(number - 1) * PAGE : number * PAGE]
    return Listing([mail for mail in map(_mail, shown) if mail is not None], number, len(files))


def find(folder: Path, name: str) -> Path | None:
    """The file of this name, if it is one of the folder's; a name that could lead elsewhere is none."""
    if not _NAME.fullmatch(name) or ".." in name:
        return None
    return next((file for file in (folder / "new" / name, folder / "cur" / name) if file.is_file()), None)


def message(file: Path) -> EmailMessage:
    """The whole mail."""
    with file.open("rb") as stream:
        return BytesParser(policy=policy.default).parse(stream)


def part(mail: EmailMessage, kind: str) -> str:
    """The text of the first part of this kind (html, plain); empty where there is none."""
    body = mail.get_body((kind,))
    content = body.get_content() if isinstance(body, EmailMessage) else ""
    return content if isinstance(content, str) else ""


def in_new_tabs(html: str) -> str:
    """The same document with its links opening in a new tab: inside a frame they could not open at all."""
    return re.sub(r"(<head[^>]*>)", r'\1<base target="_blank">', html, count=1, flags=re.IGNORECASE)


def _files(folder: Path) -> Iterator[Path]:
    for name in ("new", "cur"):
        if (folder / name).is_dir():
            yield from (file for file in (folder / name).iterdir() if _NAME.fullmatch(file.name))


def _recipient(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            head = stream.read(1024)
    except OSError:
        return ""
    line = next((line for line in head.splitlines() if line.lower().startswith(b"delivered-to:")), b"")
    return line.partition(b":")[2].strip().decode(errors="replace")


def _mail(file: Path) -> CaughtMail | None:
    try:
        size = file.stat().st_size
        with file.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
    except OSError:
        return None  # removed meanwhile
    headers = BytesHeaderParser(policy=policy.default).parsebytes(head)
    at = datetime.fromtimestamp(float(".".join(file.name.split(".")[:2])), UTC)
    return CaughtMail(file.name, at, _text(headers, "delivered-to"), _text(headers, "from"), _text(headers, "subject"), size)


def _text(headers: EmailMessage, name: str) -> str:
    try:
        return str(headers.get(name, ""))
    except (ValueError, LookupError, IndexError, AttributeError):  # a broken header of a caught mail must not hide the others
        return ""
