"""`pressrun up`: everything on this machine, on embedded defaults, until Ctrl-C."""

import click

from service.cli.launching.launcher import Launcher
from service.core import settings


@click.command()
@click.option("--logs", is_flag=True, help="Show what every process writes, with its name in front.")
def up(logs: bool) -> None:
    """Run everything on this machine, under one launcher."""
    launcher = Launcher(settings.load(), say=say, show_logs=logs)
    launcher.start()
    launcher.wait_ready()
    say(f"Pressrun is ready: {launcher.settings.base_url}  (Ctrl-C stops it)")
    try:
        launcher.run()
    finally:
        launcher.stop()


def say(sentence: str) -> None:
    """A sentence for whoever watches; standard output belongs to results."""
    click.echo(sentence, err=True)
