"""A rendered letter shown to nobody in particular: neutral values in its fields, its links straight to where they lead, no pixel. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from service.rendering import fields
from service.rendering.compile import Rendered

_CLICK = re.compile(r"[^\s\"'<>()]*/c/" + re.escape(fields.token(fields.MEASURING)) + r"/" + fields.LINK.pattern)
NEUTRAL_TOKEN = "preview"  # reads as no token at all, so that a click on it changes nothing and counts for nobody


@dataclass(frozen=True)
class Preview:
    """What a reader would see, without being one."""

    subject: str
    preheader: str
    html: str
    text: str


def preview(rendered: Rendered) -> Preview:
    """The letter with neutral values; nothing in it counts an open or a click."""
    values = {
        fields.MEASURING: NEUTRAL_TOKEN,
        fields.ACTING: NEUTRAL_TOKEN,
        fields.NAME: fields.neutral_name(rendered.language),
    }

    def filled(source: str, dress: Callable[[str], str]) -> str:
        straight = _CLICK.sub(lambda link: dress(rendered.links[int(link[1])].url), source)
        untracked = fields.CHOICE.sub("", straight)
        return fields.TOKEN.sub(lambda token: dress(values.get(token[1], "")), untracked)

    subject, preheader, text = (filled(source, str) for source in (rendered.subject, rendered.preheader, rendered.text))
    return Preview(subject, preheader, filled(rendered.html, escape), text)
