"""Checks of the finished letter: size, reachability of the way out, line lengths. Pure; what they find are Problems."""

import re

from service.core.problems import Problem, Severity
from service.rendering import fields

WARN_OCTETS, BLOCK_OCTETS = 80_000, 100_000  # Gmail cuts a letter at 102,400 (A32)
MAX_STYLE_OCTETS = 16_000  # of style sheets; Gmail drops what is beyond (A34)
MAX_LINE_OCTETS = 998  # RFC 5322 section 2.1.1 (A20)

_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)
_LONGEST_NUMBER = "00000"  # a link's number has at most five digits


def problems_of(html: str, text: str) -> list[Problem]:
    """What is wrong with a letter, measured on the longest one that a reader may get."""
    longest_html, longest_text = worst_case(html), worst_case(text)
    return [
        *_size(len(longest_html.encode())),
        *_way_out(longest_html, text),
        *_lines(longest_html, "HTML"),
        *_lines(longest_text, "text"),
        *_style(html),
    ]


def worst_case(source: str) -> str:
    """The source with every field at its longest."""
    filled = fields.TOKEN.sub(lambda token: "x" * fields.LONGEST.get(token[1], 0), source)
    return fields.CHOICE.sub(lambda choice: choice[2], fields.LINK.sub(_LONGEST_NUMBER, filled))


def _size(octets: int) -> list[Problem]:
    kilobytes = {"size": round(octets / 1000)}
    if octets >= BLOCK_OCTETS:
        message = (
            "The letter is too large: {size} KB. Gmail cuts letters at 102 KB and hides the way out with the rest. Shorten it below 100 KB."
        )
        return [Problem(Severity.ERROR, message, values=kilobytes)]
    if octets >= WARN_OCTETS:
        message = "The letter is large: {size} KB. From 100 KB on it cannot be sent, because Gmail would cut it."
        return [Problem(Severity.WARNING, message, values=kilobytes)]
    return []


def _way_out(html: str, text: str) -> list[Problem]:
    """The unsubscribe link stands in both parts (A7); where the size is right it lies before the cut, too."""
    if "/u/" in html and f"/u/{fields.token(fields.ACTING)}" in text:
        return []
    return [Problem(Severity.ERROR, "The unsubscribe link is missing from the letter.")]


def _lines(source: str, part: str) -> list[Problem]:
    longest = max((len(line.encode()) for line in source.split("\n")), default=0)
    if longest <= MAX_LINE_OCTETS:
        return []
    message = "The {part} part has a line of {length} octets; mail allows 998. A very long address is the usual reason."
    return [Problem(Severity.ERROR, message, values={"part": part, "length": longest})]


def _style(html: str) -> list[Problem]:
    octets = sum(len(style.encode()) for style in _STYLE.findall(html))
    if octets <= MAX_STYLE_OCTETS:
        return []
    return [Problem(Severity.WARNING, "The style sheet has {octets} octets; Gmail drops it beyond 16,000.", values={"octets": octets})]
