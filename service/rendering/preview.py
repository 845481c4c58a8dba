"""A letter shown to nobody in particular: neutral values in its fields, its links straight to where they lead, no pixel. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

from service.rendering import fields
from service.rendering.compile import Rendered
from service.tracking.paths import CLICK_PATH

NEUTRAL_TOKEN = "preview"  # reads as no token at all, so that a click on it changes nothing and counts for nobody

# only from where a run of characters begins: a match at each of its characters would cost the square of its length
_MEASURED = rf"(?<![^\s\"'<>()])[^\s\"'<>()]*{CLICK_PATH}{fields.token(fields.MEASURING)}/"
_UNNUMBERED = re.compile(_MEASURED + fields.LINK.pattern)
_NUMBERED = re.compile(_MEASURED + r"(\d+)")
_OF_A_READER = re.compile(rf'<a\s[^>]*href="[^"]*{fields.token("(measuring|acting)")}[^"]*"[^>]*>(.*?)</a\s*>', re.DOTALL)


@dataclass(frozen=True)
class Preview:
    """What a reader would see, without being one."""

    subject: str
    preheader: str
    html: str
    text: str


def preview(rendered: Rendered) -> Preview:
    """The letter with neutral values; nothing in it counts an open or a click."""
    name = fields.neutral_name(rendered.language)
    urls = {str(index): link.url for index, link in enumerate(rendered.links)}
    subject, preheader, text = (
        _filled(source, name, str, _UNNUMBERED, urls) for source in (rendered.subject, rendered.preheader, rendered.text)
    )
    return Preview(subject, preheader, _filled(rendered.html, name, escape, _UNNUMBERED, urls), text)


def browser_html(html: str, *, name: str, destinations: Mapping[int, str]) -> str:
    """A compiled issue's HTML for a browser: no tracking, and no link that would act for the reader whose letter it was.

    `name` stands where the letter names its reader; `destinations` are the issue's links by number.
    """
    urls = {str(number): url for number, url in destinations.items()}
    straight = _NUMBERED.sub(lambda link: escape(urls.get(link[1], "")), html)
    inert = _OF_A_READER.sub(lambda link: link[2] if link[1] == fields.ACTING else "", straight)
    return _filled(inert, name, escape, _NUMBERED, urls)


def _filled(source: str, name: str, dress: Callable[[str], str], click: re.Pattern[str], urls: Mapping[str, str]) -> str:
    straight = click.sub(lambda link: dress(urls.get(link[1], "")), source)
    values = {fields.MEASURING: NEUTRAL_TOKEN, fields.ACTING: NEUTRAL_TOKEN, fields.NAME: name}
    return fields.TOKEN.sub(lambda token: dress(values.get(token[1], "")), fields.CHOICE.sub("", straight))
