"""The Jinja environment of letters: templates are ours alone, HTML is escaped, an unknown name is an error. Pure."""

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_LETTER = re.compile(r"[A-Za-z]\s?\d*")


def make_environment(folder: Path) -> Environment:
    """An environment over `templates/email/`: MJML and HTML are escaped, plain text is not."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=_is_markup,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["announced"] = announced
    return environment


def announced(label: str) -> str:
    """The mark of a question or an answer with what stands behind it: `Q.`, `Q2.`, `질문:`, `Ada:`, and a dash as it is."""
    if not any(letter.isalpha() for letter in label):
        return label
    return f"{label}." if _LETTER.fullmatch(label) else f"{label}:"


def _is_markup(name: str | None) -> bool:
    return name is not None and name.endswith((".mjml", ".html"))
