"""The text twin of a letter, made from the same blocks by templates of their own: same words, same links (A31). Pure."""

import re

_GAPS = re.compile(r"\n{3,}")
_SPACES = re.compile(r"[ \t]+\n")


def tidy(text: str) -> str:
    """One empty line between parts, none at the ends of lines or of the text."""
    return _GAPS.sub("\n\n", _SPACES.sub("\n", text)).strip("\n") + "\n"
