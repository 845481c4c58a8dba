"""`pressrun demo`: everything on this machine with a sample newsletter; its sample issue is sent and verified before your eyes."""

import click

from service.cli.launching.launcher import Launcher
from service.cli.launching.programs import needs_catcher
from service.core import settings
from service.core.errors import Conflict


@click.command()
@click.option("--once", is_flag=True, help="Send the sample issue, verify it in the catcher, print a line of JSON and end.")
def demo(once: bool) -> int:
    """Run everything with a sample newsletter and send its sample issue."""
    chosen = settings.load()
    if not needs_catcher(chosen):
        raise Conflict("The demo mails invented readers, so it only uses the local catcher.", remedy="Unset PRESSRUN_SMTP_URL.")
    launcher = Launcher(chosen, say=lambda sentence: click.echo(sentence, err=True))
    launcher.start()
    try:
        from service.cli.samples import showing  # the rooms take a second to load, which the processes have for starting

        return showing.show(launcher, once=once)
    finally:
        launcher.stop()
