"""Paragraphs of plain text in lines that a terminal and an 8bit mail can hold. Pure."""

import unicodedata
from collections.abc import Iterator

MAX_COLUMNS = 76  # a Korean letter takes two
MAX_WORD = 200  # characters of a word without any space, at most 800 octets: mail allows 998 in a line (A20)


def wrap(text: str, *, first: str = "", rest: str = "") -> str:
    """Text in lines of at most MAX_COLUMNS, the first begun with `first`, others with `rest`; its own line ends stay.

    A longer word (an address) keeps a line of its own.
    """
    return "\n".join(_wrapped(line, rest if number else first, rest) for number, line in enumerate(text.split("\n")))


def columns(text: str) -> int:
    """How wide a text stands in a terminal: wide letters count two, combining ones none."""
    return sum(0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _wrapped(text: str, first: str, rest: str) -> str:
    lines, line, used, is_empty = [], first, columns(first), True
    for word in _words(text):
        width = columns(word)
        if not is_empty and used + 1 + width > MAX_COLUMNS:
            lines.append(line)
            line, used, is_empty = rest, columns(rest), True
        line, used = (line + word, used + width) if is_empty else (f"{line} {word}", used + 1 + width)
        is_empty = False
    return "\n".join([*lines, line.rstrip()])


def _words(text: str) -> Iterator[str]:
    """The words, one that no line of mail could hold in pieces."""
    for word in text.split():
        for start in range(0, len(word), MAX_WORD):
            yield word[start : start + MAX_WORD]
