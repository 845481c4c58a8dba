"""`pressrun deliveries hosts` and `admit-host`: the machines that send from this database, and letting a new one in (E15)."""

import json

import click

from service.core import settings
from service.delivery import instance
from service.delivery.models import SenderHost
from service.runtime import Runtime

as_json = click.option("--json", "is_json", is_flag=True, help="Print JSON.")


@click.command("hosts")
@as_json
def hosts(is_json: bool) -> None:
    """The machines that send, and those that are awaited."""
    with Runtime(settings.load()).reading() as session:
        rows = [_plain(host) for host in instance.hosts(session)]
    if is_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        state = f"sends since {row['joined_at']}, last seen {row['seen_at']}" if row["joined_at"] else "may join"
        click.echo(f"{row['name']:<30} {state}")
    if not rows:
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
        click.echo(json.dumps({"name": name.strip(), "is_new": is_new}))
        return
    click.echo(f"{name.strip()} may join." if is_new else f"{name.strip()} is awaited already.")


def _plain(host: SenderHost) -> dict[str, str | None]:
    joined_at = f"{host.joined_at:%Y-%m-%d %H:%M} UTC" if host.joined_at else None
    return {"name": host.name, "joined_at": joined_at, "seen_at": f"{host.seen_at:%Y-%m-%d %H:%M:%S} UTC"}
