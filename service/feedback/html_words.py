"""The words of an HTML text, for reading by rules, never for showing. Pure, and linear in the length of what is given."""

import html
import re

_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/h\d|/li|/title|p)\b[^<>]{0,400}>", re.IGNORECASE)
_TAG = re.compile(r"<[/!]?[a-zA-Z][^<>]{0,4000}>")
_UNSHOWN = (("<!--", "-->"), ("<style", "</style"), ("<script", "</script"))


def without_tags(source: str) -> str:
    """The text between the tags, with a line for each paragraph, row and cell that begins one."""
    for opening, closing in _UNSHOWN:
        source = _without(source, opening, closing)
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", re.sub(r"</t([dh])", r" </t\1", source)))).replace("\xa0", " ")


def _without(source: str, opening: str, closing: str) -> str:
    """`source` without what stands from each `opening` to the next `closing`; an open end reaches to the end."""
    lower, kept, at = source.lower(), [], 0
    if len(lower) != len(source):  # a letter that grows when lowered: positions would lie
        return source
    while (start := lower.find(opening, at)) >= 0:
        kept.append(source[at:start])
        end = lower.find(closing, start)
        if end < 0:
            return "".join(kept)
        at = end + len(closing)
    kept.append(source[at:])
    return "".join(kept)
