"""The Jinja environment of letters: templates are ours alone, HTML is escaped, an unknown name is an error. Pure."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def make_environment(folder: Path) -> Environment:
    """An environment over `templates/email/`: MJML and HTML are escaped, plain text is not."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=_is_markup,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def _is_markup(name: str | None) -> bool:
    return name is not None and name.endswith((".mjml", ".html"))
