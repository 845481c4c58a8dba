"""`pressrun issues`: read a text into a document, render a letter to look at. A text file needs no database."""

import json
from pathlib import Path
from typing import IO, BinaryIO

import click

from service.cli.link_repairs import links, repair_link
from service.core.errors import NotFound
from service.core.problems import Problem
from service.issues import decoding
from service.issues.reading import pasted


@click.group("issues")
def issues() -> None:
    """Read and render issues; repair links of letters that are out."""


issues.add_command(links)
issues.add_command(repair_link)


@issues.command("read")
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--language", type=click.Choice(["ko", "en"]), default=None, help="Language of the text; recognised when not given.")
def read(file: BinaryIO, language: str | None) -> None:
    """Print the document that FILE (plain text; standard input when not given) holds, as JSON."""
    result = pasted.read(decoding.decode(_limited(file)), language=language)
    click.echo(_utf8(pasted.printed(result)), nl=False)


@issues.command("render")
@click.argument("issue", metavar="FILE_OR_ID")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder for issue.html, .txt and .eml.")
@click.option("--language", type=click.Choice(["ko", "en"]), default=None, help="Language of the text; recognised when not given.")
@click.option("--advertising", is_flag=True, help="The letter of a FILE contains advertising.")
def render(issue: str, out: Path, language: str | None, advertising: bool) -> None:
    """Render FILE (plain text, with a sample letterhead) or the newest text of the issue with this ID into the folder OUT.

    A FILE of - is standard input.
    """
    if issue == "-" or Path(issue).is_file():
        with click.open_file(issue, "rb") as file:
            problems = _render_file(file, out, language, advertising)
    elif issue.isdigit():
        problems = _render_stored(int(issue), out)
    else:
        raise NotFound("There is no file {name}.", remedy="Give the path of a text file, or the number of an issue.", name=issue)
    for problem in problems:
        click.echo(f"{problem.severity.value}: {problem.text}", err=True)
    click.echo(f"{out}/issue.html, issue.txt and issue.eml are written.")


def _render_file(file: IO[bytes], out: Path, language: str | None, is_advertising: bool) -> list[Problem]:
    from service.cli import letter_files
    from service.core.settings import ROOT
    from service.rendering import compile as compiling
    from service.rendering import engine, images, letterhead

    result = pasted.read(decoding.decode(_limited(file)), language=language)
    head = letterhead.sample(result.language)
    environment = engine.make_environment(ROOT / "templates/email")
    rendered = compiling.render(result.document, head, environment=environment, is_advertising=is_advertising, image_url=images.none)
    letter_files.write(out, rendered, letter_files.sample_newsletter(head), base_url=head.base_url)
    return [*result.problems, *rendered.problems]


def _render_stored(issue_id: int, out: Path) -> list[Problem]:
    from service.cli import letter_files
    from service.cli.launching.addresses import settings_here
    from service.issues import queries
    from service.newsletters.models import Newsletter
    from service.rendering import editions
    from service.runtime import Runtime

    runtime = Runtime(settings_here())
    base_url = runtime.settings.base_url
    with runtime.reading() as session:
        source = editions.gather(session, issue_id, base_url=base_url, edge_url=runtime.settings.edge_url)
        newsletter = session.get_one(Newsletter, queries.issue(session, issue_id).newsletter_id)
    rendered = source.render(runtime.email_environment)
    letter_files.write(out, rendered, newsletter, base_url=base_url)
    return list(rendered.problems)


def _limited(file: IO[bytes]) -> bytes:
    """At most one byte more than is allowed, so that a huge or endless input is refused at once; raises UnreadableText."""
    data = file.read(decoding.MAX_BYTES + 1)
    if len(data) <= decoding.MAX_BYTES:
        return data
    raise decoding.too_long(max(len(data), file.seek(0, 2) if file.seekable() else 0))  # a device says it has no end


def _utf8(data: dict[str, object]) -> bytes:
    """JSON in UTF-8 whatever the terminal's locale is."""
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()
