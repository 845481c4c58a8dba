"""`pressrun issues`: read a text into a document. Nothing here needs a database."""

import json
from typing import BinaryIO

import click

from service.issues import decoding, reading


@click.group("issues")
def issues() -> None:
    """Read and render issues."""


@issues.command("read")
@click.argument("file", type=click.File("rb"))
@click.option("--language", type=click.Choice(["ko", "en"]), default=None, help="Language of the text; recognised when not given.")
def read(file: BinaryIO, language: str | None) -> None:
    """Print the document that FILE (plain text; - for standard input) holds, as JSON."""
    result = reading.read(decoding.decode(_limited(file)), language=language)
    click.echo(_utf8(reading.printed(result)), nl=False)


def _limited(file: BinaryIO) -> bytes:
    """At most one byte more than is allowed, so that a huge or endless input is refused at once; raises UnreadableText."""
    data = file.read(decoding.MAX_BYTES + 1)
    if len(data) <= decoding.MAX_BYTES:
        return data
    raise decoding.too_long(file.seek(0, 2) if file.seekable() else len(data))


def _utf8(data: dict[str, object]) -> bytes:
    """JSON in UTF-8 whatever the terminal's locale is."""
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()
