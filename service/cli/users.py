"""`pressrun users`: make the people who may sign in, and give them new passwords."""

import click

from service.accounts import passwords, queries
from service.accounts import users as accounts
from service.accounts.models import Role
from service.cli.launching.addresses import settings_here
from service.core import settings
from service.core.errors import NotFound
from service.runtime import Runtime


@click.group("users")
def users() -> None:
    """The people who may sign in."""


@users.command("create")
@click.option("--email", prompt="E-mail", help="The address to sign in with.")
@click.option("--name", prompt="Name", help="The name that colleagues use.")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.OPERATOR.value, show_default=True)
@click.option("--language", type=click.Choice(["ko", "en"]), default="ko", show_default=True, help="Language of the desk.")
@click.option("--zone", default="America/Los_Angeles", show_default=True, help="The person's time zone, such as Asia/Seoul.")
@click.password_option(help="Asked for when not given; a password on the command line is seen by others on this machine.")
def create(email: str, name: str, role: str, language: str, zone: str, password: str) -> None:
    """Add a user."""
    runtime = Runtime(settings_here())
    password_hash = passwords.hashed(password, email=email)
    with runtime.writing() as session:
        user = accounts.create(session, email=email, name=name, password_hash=password_hash, role=Role(role), language=language, zone=zone)
    click.echo(f"{user.name} ({user.role.value}) can sign in at {runtime.settings.base_url}/admin")


@users.command("set-password")
@click.argument("email")
@click.password_option(help="Asked for when not given.")
def set_password(email: str, password: str) -> None:
    """Give the user EMAIL a new password; every session of the user ends."""
    runtime = Runtime(settings.load())
    password_hash = passwords.hashed(password, email=email)
    with runtime.writing() as session:
        user = queries.by_email(session, email)
        if user is None:
            raise NotFound("There is no user {email}.", remedy="`pressrun users list` shows everyone.", email=email)
        accounts.set_password(session, user.id, password_hash, by=None)
    click.echo(f"The password of {user.name} is changed.")


@users.command("list")
def listing() -> None:
    """Show everyone who may sign in."""
    with Runtime(settings.load()).reading() as session:
        for user in queries.listing(session):
            click.echo(f"{user.email:<40} {user.role.value:<9} {'kept out' if user.is_disabled else '':<9} {user.name}")
