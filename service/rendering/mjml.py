"""MJML to HTML. Pure and deterministic: the same source gives the same bytes."""

import re

import mjml

_LEFT_OVER = re.compile(r"</?mj-[a-z-]*")
_MJML_BREAKING = "word-break:break-word"
# Korean breaks between words; a word longer than the line still breaks (A35)
_OUR_BREAKING = "word-break:keep-all;overflow-wrap:break-word;word-wrap:break-word"


class BrokenTemplate(Exception):
    """A template of ours does not compile: a bug, never an editor's mistake."""


def compile_mjml(source: str) -> str:
    """The HTML of an MJML document that is already composed (includes would lose the container's width).

    Raises BrokenTemplate for a syntax error and for an element that MJML does not know, which it would pass through.
    """
    try:
        html: str = mjml.mjml2html(source, fonts={})  # an empty table: no web fonts are linked
    except ValueError as mistake:
        raise BrokenTemplate(str(mistake)) from mistake
    left_over = _LEFT_OVER.search(html)
    if left_over:
        raise BrokenTemplate(f"{left_over.group()} is not a component of MJML")
    return html.replace(_MJML_BREAKING, _OUR_BREAKING)
