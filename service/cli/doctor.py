"""`pressrun doctor`: one line for each thing that sending needs, with what to do about it; status 1 where something is in the way."""

import shutil
from collections.abc import Callable, Iterator

import click
from sqlalchemy.exc import SQLAlchemyError

from service.cli import failures, migrate
from service.cli.launching.addresses import settings_here
from service.core import drift, redis
from service.core.database import Database
from service.core.settings import Settings
from service.delivery import questions
from service.delivery.identity import instance, instance_words
from service.delivery.transports import reaching
from service.newsletters import queries
from service.newsletters.dns import WorldResolver
from service.newsletters.domain_checks import check_sender
from service.newsletters.findings import Finding, Level, Resolver, error, ok, warning

MARKS = {Level.OK: ("✓", "green"), Level.WARNING: ("!", "yellow"), Level.ERROR: ("✗", "red")}

LEAST_MEGABYTES, LOW_MEGABYTES = 50, 1000  # free, below which nothing is to be started, and below which somebody should look


@click.command()
@click.option("--selector", default="", help="The DKIM selector that your mail server signs with.")
@click.option("--no-domains", is_flag=True, help="Leave the sender domains out (no name server is asked).")
def doctor(selector: str, no_domains: bool) -> int:
    """Check settings, database, disk, Valkey, mail server, clock and sender domains."""
    chosen = settings_here()  # wrong settings end here, all of them listed
    click.echo(shown(ok("settings", "all can be read.")))
    worst = Level.OK
    for finding in examine(chosen, None if no_domains else WorldResolver(), selector):
        click.echo(shown(finding))
        worst = max(worst, finding.level, key=list(Level).index)
    return int(worst is Level.ERROR)


def examine(settings: Settings, resolver: Resolver | None, selector: str = "") -> Iterator[Finding]:
    """Every finding, as it is made; a part that is away never stops the others."""
    database = Database(settings.database)
    try:
        is_usable = True
        for finding in check_database(database):
            is_usable &= finding.level is not Level.ERROR
            yield finding
        if is_usable:
            yield from check_instance(database)
        yield from check_valkey(settings)
        yield check_disk(settings)
        yield reaching.check(settings.smtp_url)
        if is_usable and resolver is not None:
            yield from _check_domains(database, resolver, selector)
    finally:
        database.dispose()


def check_database(database: Database) -> Iterator[Finding]:
    """Reachable, of the newest schema, and of the same mind about the time."""
    try:
        with database.reading() as session:
            apart = drift.seconds(session)
        is_current, unknown = migrate.is_current(database), migrate.unknown_revisions(database)
    except (SQLAlchemyError, OSError) as failure:
        reason = str(getattr(failure, "orig", None) or failure).partition("\n")[0]
        yield error("database", f"cannot be used: {reason}", failures.database_remedy(reason))
        return
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    if is_current:
        yield ok("database", f"{kind}, newest schema.")
    elif unknown:
        yield error("database", f"{kind}, but its schema is newer than this Pressrun.", "Start the Pressrun that made it.")
    else:
        yield error("database", f"{kind}, but its schema is not the newest.", "Run pressrun migrate.")
    if apart <= drift.MOST_SECONDS:
        yield ok("clock", "this machine and the database agree.")
    else:
        yield error("clock", f"this machine and the database are {apart:.0f} s apart.", "Set both by NTP; slots and leases depend on it.")


def check_instance(database: Database) -> Iterator[Finding]:
    """Whether operators are asked about the database: a restored or copied one sends nothing before they have decided (E15)."""
    with database.reading() as session:
        row, waiting = instance.last_doubt(session), questions.about_the_database(session)
    if row is not None and waiting:
        message, values = instance_words.happened(row.doubt, row.doubt_values)
        remedy = "Decide for each on the desk, or with pressrun deliveries go-on and cancel."
        yield error("decisions", f"{waiting} issues wait. {message.format(**values)}", remedy)


def check_disk(settings: Settings) -> Finding:
    """Room for journals, spooled hits, Valkey's file and, where it is SQLite, the database: all of them below `var_dir`."""
    remedy = "Free space there, or choose another folder with PRESSRUN_VAR_DIR; nothing can be sent without."
    folder = settings.var_dir.absolute()
    free = shutil.disk_usage(next(place for place in (folder, *folder.parents) if place.exists())).free // 1_000_000
    if free < LEAST_MEGABYTES:
        return error("disk", f"{free} MB are free in {settings.var_dir}.", remedy)
    if free < LOW_MEGABYTES:
        return warning("disk", f"{free} MB are free in {settings.var_dir}.", remedy)
    return ok("disk", f"{free / 1000:.1f} GB are free.")


def check_valkey(settings: Settings) -> Iterator[Finding]:
    """Reachable, and unwilling to throw data away."""
    remedy = "Check PRESSRUN_VALKEY_URL." if settings.valkey_url else "Start Pressrun with pressrun up, or set PRESSRUN_VALKEY_URL."
    try:
        with redis.connect(settings) as client:
            client.ping()
            policy = _policy(client.config_get)
    except redis.Error as failure:
        yield error("Valkey", f"cannot be reached: {failure}", remedy)
        return
    if policy in ("noeviction", ""):
        yield ok("Valkey", "answers" + (", evicts nothing." if policy else "; its eviction policy may not be read here."))
    else:
        yield error("Valkey", f"throws data away when it is full ({policy}).", "Set maxmemory-policy noeviction.")


def shown(finding: Finding) -> str:
    """One line, and a second with the remedy."""
    mark, color = MARKS[finding.level]
    line = f"{click.style(mark, fg=color)} {finding.subject:<12} {finding.message}"
    return f"{line}\n  {'':<12} → {finding.remedy}" if finding.remedy else line


def _policy(config_get: Callable[[str], object]) -> str:
    try:
        found = config_get("maxmemory-policy")
    except redis.Error:  # managed servers forbid CONFIG
        return ""
    value = next(iter(found.values()), b"") if isinstance(found, dict) else b""
    return value.decode() if isinstance(value, bytes) else str(value)


def _check_domains(database: Database, resolver: Resolver, selector: str) -> Iterator[Finding]:
    with database.reading() as session:
        senders = [(row.name, row.sender_email, row.reply_to, row.bounce_domain) for row in queries.listing(session)]
    if not senders:
        yield warning("newsletters", "there is none yet.", "Make one on the desk.")
    for name, sender, reply_to, bounce_domain in senders:
        for found in check_sender(resolver, sender_email=sender, reply_to=reply_to, bounce_domain=bounce_domain, selector=selector):
            yield Finding(found.level, found.subject, f"“{name}”: {found.message}", found.remedy)
