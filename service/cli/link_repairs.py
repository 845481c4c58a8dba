"""`pressrun issues links`, `repair-link`: where the links of letters that are out lead, and leading one elsewhere."""

import click

from service.cli.printing import as_json, instant, print_json
from service.core import settings

issue = click.argument("issue_id", metavar="ISSUE", type=int)
FACTS = ("number", "url", "text")
REPAIR_FACTS = ("id", "at", "from_number", "to_number", "from_url", "to_url", "undone_at")


@click.command("links")
@issue
@as_json
def links(issue_id: int, is_json: bool) -> None:
    """Where each link of ISSUE leads today, and what was repaired."""
    from service.delivery.launching import link_repairs
    from service.runtime import Runtime

    runtime = Runtime(settings.load())
    with runtime.reading() as session:
        found, history = link_repairs.repairable(session, issue_id), link_repairs.history(session, issue_id)
    if is_json:
        facts = [{name: getattr(link, name) for name in FACTS} for link in found]
        repairs = [{name: getattr(each, name) for name in REPAIR_FACTS} for each in history]
        print_json({"links": facts, "repairs": repairs})
        return
    for link in found:
        click.echo(f"{link.number:4}  {link.url}  {link.text}".rstrip())
    for each in history:
        ending = f", led back {instant(each.undone_at)}" if each.undone_at else ""
        click.echo(f"repair {each.id}, {instant(each.at)}: {each.from_url} -> {each.to_url}{ending}")


@click.command("repair-link")
@issue
@click.argument("number", type=int)
@click.argument("url", required=False)
@click.option("--undo", is_flag=True, help="Take the last repair of link NUMBER back.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def repair_link(issue_id: int, number: int, url: str | None, undo: bool, yes: bool) -> None:
    """Lead link NUMBER of ISSUE to URL, in letters that are out too, within ten seconds."""
    from service.delivery.launching import link_repairs
    from service.runtime import Runtime

    if undo == (url is not None):
        raise click.UsageError("Give either the new address or --undo.")
    runtime = Runtime(settings.load())
    with runtime.reading() as session:
        if url is not None:
            plan = link_repairs.plan(session, issue_id, number, url, edge_url=runtime.settings.edge_url)
            before, after = plan.link.url, plan.url
        else:
            last = link_repairs.last(session, issue_id, number)
            before, after = last.to_url, last.from_url
    if not yes:
        click.confirm(f"{before}\n  -> {after}\nEvery click from now on leads there; clicks so far stay. Lead it there?", abort=True)
    with runtime.writing() as session:
        if url is not None:
            link_repairs.repair(session, issue_id, number, url, edge_url=runtime.settings.edge_url, user_id=None)
        else:
            link_repairs.undo(session, last.id, user_id=None)
    click.echo(f"Link {number} of issue {issue_id} leads to {after} within ten seconds.")
