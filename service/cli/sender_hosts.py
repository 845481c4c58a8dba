"""`pressrun deliveries hosts`, `admit-host` and `recall`: the machines that send, and what is known after a restore (E15)."""

from pathlib import Path

import click

from service.cli.printing import as_json, instant, print_json
from service.core import settings
from service.delivery.identity import instance
from service.delivery.sending import remembered
from service.runtime import Runtime

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("hosts")
@as_json
def hosts(is_json: bool) -> None:
    """The machines that send, and those that are awaited."""
    with Runtime(settings.load()).reading() as session:
        known = instance.hosts(session)
    if is_json:
        print_json([{"name": host.name, "joined_at": host.joined_at, "seen_at": host.seen_at} for host in known])
        return
    for host in known:
        state = f"sends since {instant(host.joined_at)}, last seen {instant(host.seen_at)}" if host.joined_at else "may join"
        click.echo(f"{host.name:<30} {state}")
    if not known:
        click.echo("No machine has sent anything yet; the first one joins by itself.")


@click.command("admit-host")
@click.argument("name")
@as_json
def admit_host(name: str, is_json: bool) -> None:
    """Let the machine NAME join while issues are being sent or are booked; once, and before its worker is started.

    NAME is its PRESSRUN_INSTANCE_NAME or, without one, its network name.
    """
    with Runtime(settings.load()).writing() as session:
        is_new = instance.admit_host(session, name)
    if is_json:
        print_json({"name": name.strip(), "is_new": is_new})
        return
    click.echo(f"{name.strip()} may join." if is_new else f"{name.strip()} is awaited already.")


@click.command("recall")
@click.argument("issue_id", metavar="ISSUE", type=int)
@click.option(
    "--relay-log", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A log of Postfix, plain or gzipped."
)
@as_json
def recall(issue_id: int, relay_log: Path, is_json: bool) -> None:
    """Mark whom the mail server's log names as having ISSUE, which waits because the database was restored.

    What the sending machines remember themselves they mark without being asked.
    """
    runtime = Runtime(settings.load())
    marked = remembered.by_relay_log(runtime.database, runtime.signer, issue_id, relay_log)
    if is_json:
        print_json({"issue_id": issue_id, "marked": marked})
        return
    click.echo(f"{marked} readers have it and are not sent to again.")
