"""The words and looks of single mails to one person. Pure; the same sheet as every letter, without tracking (C11)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment
from markupsafe import Markup

from service.core.i18n import translate
from service.rendering import inline, mjml, palette, plaintext
from service.rendering.letterhead import Letterhead

SUBJECT = "Subject: "  # the first line of a text template
DEFAULT_COLOR = "#1f4fd8"


@dataclass(frozen=True)
class RenderedNotice:
    """A mail to one person, in its language."""

    subject: str
    html: str
    text: str


def render(
    kind: str, values: Mapping[str, Any], *, language: str, head: Letterhead | None, zone: str, environment: Environment
) -> RenderedNotice:
    """Render `notices/<kind>`; `head` is None for what concerns no newsletter, `zone` the clock of the person who reads it.

    `values` are data: in the HTML they are escaped, in the subject line breaks become spaces.
    """
    color = head.brand_color if head else DEFAULT_COLOR
    context = {
        "_": partial(translate, language),
        "day": lambda moment: _day(moment, zone, language),
        "language": language,
        "head": head,
        "values": values,
        "preheader": "",
        "preheader_padding": Markup(""),
        "light": palette.light(color),
        "dark": palette.dark(color),
    }
    first, _, rest = environment.get_template(f"notices/{kind}.txt").render(context).lstrip("\n").partition("\n")
    subject = " ".join(first.removeprefix(SUBJECT).split())
    source = environment.get_template(f"notices/{kind}.mjml").render(context | {"subject": subject})
    return RenderedNotice(subject, inline.inline(mjml.compile_mjml(source)), plaintext.tidy(rest))


def _day(moment: datetime, zone: str, language: str) -> str:
    local = moment.astimezone(ZoneInfo(zone))
    if language == "ko":
        return f"{local.year}년 {local.month}월 {local.day}일"
    return f"{local.day} {local:%B} {local.year}"
