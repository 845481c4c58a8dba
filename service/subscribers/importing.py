"""Files of readers: declared, looked at, then worked off in chunks that are safe to repeat; never without a source and a date (B5)."""

import hashlib
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.core import audit, clock, jobs, logs
from service.core.errors import Conflict, Invalid, NotFound
from service.core.signing import Signer
from service.newsletters.models import Newsletter
from service.subscribers import admission, csv_file, import_rows
from service.subscribers.csv_file import Row
from service.subscribers.models import Import

JOB = "run_import"  # argument import_id
FINISHED_JOB = "report_import"  # argument import_id
CHUNK = 500  # rows in one transaction
RUN_SECONDS = 60  # then the job asks for its continuation: well inside a job's claim
MOST_LISTED = 10_000  # refused rows that are listed; the counts go on
PREVIEW_ROWS = 10

log = logs.get(__name__)
Writing = Callable[[], AbstractContextManager[Session]]


class DeclarationMissing(Invalid):
    """An import needs to say where the readers agreed and when (B5)."""


class AlreadyImported(Conflict):
    """The same file was imported into this newsletter before."""


class AnotherRuns(Conflict):
    """Another worker is at this import; the job is tried again later."""


@dataclass(frozen=True)
class Preview:
    """The first rows of a file and what its columns seem to be."""

    rows: list[Row]
    columns: dict[str, int]
    has_header: bool
    width: int


@dataclass(frozen=True)
class Contents:
    """What a whole file holds: its columns as they seem to be, and how many readers."""

    columns: dict[str, int]
    has_header: bool
    readers: int


def folder(var_dir: Path) -> Path:
    """Where uploaded files lie until they are worked off."""
    return var_dir / "imports"


def keep(where: Path, content: bytes) -> str:
    """Write an uploaded file below its content's hash, which is returned; only we may read it. File work: outside any transaction."""
    content_hash = hashlib.sha256(content).hexdigest()
    where.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = where / f".{content_hash}.{os.getpid()}"
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    draft.replace(where / content_hash)
    return content_hash


def declare(
    session: Session,
    *,
    newsletter_id: int,
    user_id: int | None,
    file_name: str,
    contents: Contents,
    content_hash: str,
    source: str,
    consented_on: str,
) -> Import:
    """Record an uploaded file with its declaration; it does not run yet. Raises DeclarationMissing, AlreadyImported."""
    _check_declaration(source, consented_on)
    found = session.scalar(select(Import).where(Import.newsletter_id == newsletter_id, Import.content_hash == content_hash))
    if found and found.started_at and not found.error:
        raise AlreadyImported("This file was already imported into this newsletter on {day}.", day=found.started_at.date().isoformat())
    row = found or Import(newsletter_id=newsletter_id, content_hash=content_hash, created_at=clock.now())
    row.user_id, row.file_name = user_id, Path(file_name).name[:200] or "file.csv"
    row.source, row.consented_on = source.strip()[:100], consented_on
    row.columns, row.has_header, row.rows_total = contents.columns, contents.has_header, contents.readers
    row.rows_done, row.counts, row.refused, row.error = 0, {}, [], ""
    row.started_at, row.finished_at = None, None
    session.add(row)
    session.flush()
    return row


def look(content: bytes) -> Contents:
    """Read a whole file, some seconds for a large one: outside any transaction. Raises UnreadableFile."""
    seen = preview(content)
    readers = sum(1 for _ in csv_file.rows(csv_file.decode(content))) - seen.has_header
    return Contents(seen.columns, seen.has_header, readers)


def preview(content: bytes) -> Preview:
    """The first rows as they would be read. Raises UnreadableFile."""
    found = list(islice(csv_file.rows(csv_file.decode(content)), PREVIEW_ROWS + 1))
    if not found:
        raise csv_file.UnreadableFile("The file is empty.")
    return Preview(found, csv_file.guess_columns(found[0]), csv_file.has_header(found[0]), max(len(row.cells or ()) for row in found))


def start(session: Session, import_id: int, *, columns: dict[str, int], has_header: bool, user_id: int | None) -> None:
    """Run an import with the columns that were chosen. Raises NotFound, Conflict where it was started, Invalid without an address."""
    row = session.scalar(select(Import).where(Import.id == import_id).with_for_update())
    if row is None:
        raise NotFound("There is no such import.")
    if row.started_at:
        raise Conflict("This import has already been started.")
    if "email" not in columns:
        raise Invalid("Choose the column that holds the e-mail address.")
    row.rows_total += row.has_header - has_header
    row.columns, row.has_header, row.started_at = columns, has_header, clock.now()
    audit.record(session, "import.started", user_id=user_id, noun_id=row.id, source=row.source, rows=row.rows_total)
    jobs.ask(session, JOB, key=_key(row, 0), import_id=row.id)


def discard(session: Session, import_id: int, *, user_id: int | None) -> str:
    """Forget an import that was not started; returns the name of its file, which the caller removes. Raises NotFound, Conflict."""
    row = session.scalar(select(Import).where(Import.id == import_id).with_for_update())
    if row is None:
        raise NotFound("There is no such import.")
    if row.started_at:
        raise Conflict("This import has already been started.")
    session.delete(row)
    audit.record(session, "import.discarded", user_id=user_id, noun_id=import_id)
    return row.content_hash


def run(writing: Writing, signer: Signer, import_id: int, where: Path) -> None:
    """Work the file off from where it stands, a transaction per chunk; asks for its own continuation after RUN_SECONDS.

    Killed half-way, the next run goes on after the last committed chunk; a repeated run changes nothing. Raises AnotherRuns.
    """
    with writing() as session:
        row = session.get(Import, import_id)
        if row is None or row.started_at is None or row.finished_at:
            return
        language = session.get_one(Newsletter, row.newsletter_id).language
        session.expunge(row)
    try:
        text = csv_file.decode((where / row.content_hash).read_bytes())
    except (OSError, csv_file.UnreadableFile) as failure:
        log.warning("an import could not be read", import_id=import_id, reason=type(failure).__name__)
        _stop(writing, import_id, "The file could not be read.")
        return
    if _work_off(writing, signer, row, text, language):
        forget_file(writing, row.content_hash, where)


def forget_file(writing: Writing, content_hash: str, where: Path) -> None:
    """Remove an uploaded file, unless another newsletter's import still needs the same one."""
    with writing() as session:
        is_needed = session.scalar(select(Import.id).where(Import.content_hash == content_hash, Import.finished_at.is_(None)).limit(1))
    if is_needed is None:
        (where / content_hash).unlink(missing_ok=True)


def _work_off(writing: Writing, signer: Signer, row: Import, text: str, language: str) -> bool:
    done, until = row.rows_done, time.monotonic() + RUN_SECONDS
    consented_at = import_rows.moment_of(date.fromisoformat(row.consented_on))
    source = csv_file.rows(text)
    for chunk in _chunks(islice(source, done + row.has_header, None)):
        read = [import_rows.read(line, row.columns, language=language, consented_at=consented_at, now=clock.now()) for line in chunk]
        with writing() as session:
            _apply(session, signer, row.id, chunk, read, done)
            done += len(chunk)
            if time.monotonic() > until:
                jobs.ask(session, JOB, key=_key(row, done), import_id=row.id)
                return False
    _stop(writing, row.id, "")
    return True


def _apply(session: Session, signer: Signer, import_id: int, chunk: list[Row], read: Sequence[admission.Arrival | str], done: int) -> None:
    row = session.scalar(select(Import).where(Import.id == import_id).with_for_update())
    if row is None or row.rows_done != done:
        raise AnotherRuns("Another worker is at this import.")
    arrivals = [found for found in read if isinstance(found, admission.Arrival)]
    results = iter(admission.admit(session, signer, row.newsletter_id, arrivals, source=f"import {row.id}: {row.source}"))
    counts, refused = Counter(row.counts), list(row.refused)
    for line, found in zip(chunk, read, strict=True):
        fate = next(results).fate if isinstance(found, admission.Arrival) else None
        reason = import_rows.reason_of(fate) if fate else str(found)
        counts["refused" if reason else "added" if fate is admission.Fate.ADDED else "already"] += 1
        if reason and len(refused) < MOST_LISTED:
            refused.append({"line": line.line, "reason": reason})
    row.counts, row.refused, row.rows_done = dict(counts), refused, done + len(chunk)
    session.flush()


def _stop(writing: Writing, import_id: int, error: str) -> None:
    with writing() as session:
        row = session.scalar(select(Import).where(Import.id == import_id).with_for_update())
        if row is None or row.finished_at:
            return
        row.finished_at, row.error = clock.now(), error
        audit.record(session, "import.finished", user_id=row.user_id, noun_id=row.id, **row.counts)
        jobs.ask(session, FINISHED_JOB, key=_key(row, "report"), import_id=row.id)


def _key(row: Import, what: int | str) -> str:
    """One job for each place in each run of an import: a file that was uploaded again after a fault runs anew."""
    started = int(row.started_at.timestamp()) if row.started_at else 0
    return f"import:{row.id}:{started}:{what}"


def _check_declaration(source: str, consented_on: str) -> None:
    if not source.strip():
        raise DeclarationMissing("Say where these readers agreed to receive the newsletter.")
    day = import_rows.parse_day(consented_on)
    if day is None or consented_on != day.isoformat():
        raise DeclarationMissing("Say on which day these readers agreed.")
    if day > import_rows.latest_day(clock.now()):
        raise DeclarationMissing("The day of consent lies in the future.")


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk
