"""`pressrun subscribers`: look up, import and suppress readers from the terminal. Addresses are masked unless they were typed in."""

import contextlib
import time
from pathlib import Path

import click
from sqlalchemy.orm import Session

from service.core import logs, settings
from service.core.errors import NotFound
from service.newsletters import queries as newsletters
from service.runtime import Runtime
from service.subscribers import address, csv_file, importing, queries, suppression
from service.subscribers.models import Import, Standing, SuppressionReason

LOOK_SECONDS, PATIENCE_SECONDS = 0.2, 15.0


@click.group("subscribers")
def subscribers() -> None:
    """Import, list and suppress readers."""


@subscribers.command("list")
@click.option("--newsletter", "slug", default="", help="The newsletter's short name; the first one when not given.")
@click.option("--search", "text", default="", help="Part of the address or name, or @domain.")
@click.option("--state", type=click.Choice([state.value for state in Standing]), default=None)
@click.option("--page", default=1, show_default=True)
def listing(slug: str, text: str, state: str | None, page: int) -> None:
    """Print readers with masked addresses, newest first."""
    runtime = _runtime()
    with runtime.reading() as session:
        newsletter_id = _newsletter_id(session, slug)
        found = queries.search(session, newsletter_id, text=text, state=Standing(state) if state else None, page=page)
        for line in found.items:
            mark = "  do-not-mail" if line.is_suppressed else ""
            click.echo(
                f"{line.subscriber.id:>8}  {line.subscription.state.value:<12}  {logs.mask(line.subscriber.email or 'erased')}{mark}"
            )
    click.echo(f"{found.total} readers, page {found.number} of {found.last}")


@subscribers.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--newsletter", "slug", default="", help="The newsletter's short name; the first one when not given.")
@click.option("--source", required=True, help="Where these readers agreed.")
@click.option("--consented-on", required=True, metavar="YYYY-MM-DD", help="On which day they agreed.")
def import_(file: Path, slug: str, source: str, consented_on: str) -> None:
    """Import readers who have already agreed from FILE (CSV); prints the refused rows by line. Safe to run again."""
    runtime = _runtime()
    if file.stat().st_size > csv_file.MAX_BYTES:
        raise csv_file.UnreadableFile("The file is larger than 20 MB.", remedy="Split it into several files.")
    content, folder = file.read_bytes(), importing.folder(runtime.settings.var_dir)
    contents = importing.look(content)
    if "email" not in contents.columns:
        raise csv_file.UnreadableFile(
            "No column of {file} holds e-mail addresses.", remedy="Name the columns in its first row: email, name.", file=file.name
        )
    content_hash = importing.keep(folder, content)
    with runtime.writing() as session:
        row = importing.declare(
            session,
            newsletter_id=_newsletter_id(session, slug),
            user_id=None,
            file_name=file.name,
            contents=contents,
            content_hash=content_hash,
            source=source,
            consented_on=consented_on,
        )
        importing.start(session, row.id, columns=contents.columns, has_header=contents.has_header, user_id=None)
        import_id = row.id
    with contextlib.suppress(importing.AnotherRuns):  # a worker heard of it first
        importing.run(runtime.writing, runtime.signer, import_id, folder)
    _wait(runtime, import_id)
    _report(runtime, import_id)


@subscribers.command("suppress")
@click.argument("email")
@click.option("--reason", "note", required=True, help="Why; it is kept for good, so leave addresses out of it.")
def suppress(email: str, note: str) -> None:
    """Put EMAIL on the do-not-mail list."""
    runtime = _runtime()
    fingerprint = address.fingerprint(runtime.signer, address.normalise(email))
    with runtime.writing() as session:
        is_new = suppression.suppress(session, fingerprint, SuppressionReason.MANUAL, note=note)
    click.echo("This address will not be mailed any more." if is_new else "This address was on the list already.")


@subscribers.command("unsuppress")
@click.argument("email")
@click.option("--reason", "note", required=True, help="Why it may be mailed again.")
def unsuppress(email: str, note: str) -> None:
    """Take EMAIL off the do-not-mail list."""
    runtime = _runtime()
    fingerprint = address.fingerprint(runtime.signer, address.normalise(email))
    with runtime.writing() as session:
        suppression.lift(session, fingerprint, note=note, user_id=None)
    click.echo("This address may be mailed again.")


def _wait(runtime: Runtime, import_id: int) -> None:
    """Return when the import is done, or when nothing of it has moved for PATIENCE_SECONDS."""
    done, until = -1, 0.0
    while True:
        with runtime.reading() as session:
            row = session.get_one(Import, import_id)
        if row.rows_done != done:
            done, until = row.rows_done, time.monotonic() + PATIENCE_SECONDS
        if row.finished_at or time.monotonic() > until:
            return
        time.sleep(LOOK_SECONDS)


def _report(runtime: Runtime, import_id: int) -> None:
    with runtime.reading() as session:
        row = session.get_one(Import, import_id)
    for refused in row.refused:
        click.echo(f"line {refused['line']}: {refused['reason']}")
    counts = {fate: row.counts.get(fate, 0) for fate in ("added", "already", "refused")}
    click.echo("{added} added, {already} were there already, {refused} refused.".format(**counts))
    if row.finished_at is None:
        click.echo("The rest is imported in the background.")
    if row.error:
        raise click.ClickException(row.error)


def _runtime() -> Runtime:
    return Runtime(settings.load())


def _newsletter_id(session: Session, slug: str) -> int:
    found = newsletters.by_slug(session, slug) if slug else newsletters.first(session)
    if found is None:
        raise NotFound("There is no such newsletter.", remedy="Give the short name from its address, such as --newsletter letter.")
    return found.id
