"""The `pressrun` command: one group or command per noun, each in a module of that name, imported only when it is asked for."""

import importlib
import os
import sys
from typing import Any

import click

from service.cli import failures
from service.core.errors import PressrunError

# name -> what `pressrun --help` says about it; the module of the same name holds a click command of the same name
COMMANDS = {
    "up": "Run everything on this machine, under one launcher.",
    "demo": "Run everything with a sample newsletter and send its sample issue.",
    "migrate": "Bring the database to the newest schema.",
    "doctor": "Check settings, database, disk, Valkey, mail server, clock and sender domains.",
    "catcher": "The local mail server that keeps mails instead of sending them.",
    "issues": "Read a text, render a letter, repair links.",
    "schedule": "Slots: list, book, move, release, skip; hold back and replace in the last half hour.",
    "subscribers": "Import, list and suppress readers.",
    "users": "The people who may sign in.",
    "bounces": "What mails that came back mean: bounces, complaints, auto-replies.",
    "deliveries": "What was sent to whom, and what is still to be decided.",
    "corrections": "Stop, fix, continue: a corrected version for those who have not got the issue yet.",
    "events": "Opens and clicks: label a log offline, label again after the rules have changed.",
}
EXIT_REFUSED, EXIT_SETTINGS, EXIT_INTERRUPTED = 1, 2, 130


class Commands(click.Group):
    """Imports the module behind a command when it is called, so that reading a file needs no database and starts at once."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(f"service.cli.{name}"), name)
        return command

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def pressrun() -> None:
    """Pressrun: e-mail newsletters with slots; every reader gets each issue once."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command and exit: 0 done, 1 refused, 2 wrong settings or usage, 130 interrupted."""
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run the command; a refusal becomes its message and remedy on standard error. Returns the exit code."""
    try:
        result: Any = pressrun.main(args=arguments, prog_name="pressrun", standalone_mode=False)
    except click.exceptions.Abort as aborted:
        if isinstance(aborted.__context__, EOFError):
            click.echo("A question was asked, and nobody answered.\n→ Give the answer as an option; --help names them.", err=True)
            return EXIT_REFUSED
        return EXIT_INTERRUPTED
    except click.ClickException as mistake:
        mistake.show()
        return mistake.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads on; the interpreter's own flush must not complain
        return EXIT_REFUSED
    except PressrunError as refusal:
        return _refused(refusal)
    except Exception as failure:
        unusable = failures.in_words(failure)
        if unusable is None:
            raise
        return _refused(unusable)
    return result if isinstance(result, int) else 0


def _refused(refusal: PressrunError) -> int:
    click.echo(str(refusal), err=True)
    if refusal.remedy:
        click.echo(f"→ {refusal.remedy.format(**refusal.values) if refusal.values else refusal.remedy}", err=True)
    return EXIT_SETTINGS if type(refusal).__name__ == "InvalidSettings" else EXIT_REFUSED


if __name__ == "__main__":
    main()
