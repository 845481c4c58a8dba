"""Rich text as an editor types it in a plain form: **bold**, *italic*, [words](address). Pure; writing and reading back loses nothing.

Marks toggle, so that they may overlap; a sign without its partner stays what it is. A backslash keeps the next sign from meaning anything.
"""

import re
from dataclasses import dataclass

from service.issues.blocks import Mark, MarkKind, Rich, Text

_ESCAPABLE = "\\*[]()"
_SIGNS: dict[str, MarkKind] = {"**": "bold", "*": "italic"}
_SPACE = re.compile(r"\s")


def write(text: Text | None) -> str:
    """The markup of a text; `read(write(text)) == canonical(text)`."""
    if text is None:
        return ""
    rich = _canonical(text)
    signs = _signs_by_place(rich.marks)
    inside = [False] * len(rich.text)
    for mark in rich.marks:
        if mark.kind == "link":
            inside[mark.start : mark.end] = [True] * (mark.end - mark.start)
    parts = []
    for place, character in enumerate(rich.text):
        parts.append(signs.get(place, ""))
        following = rich.text[place + 1] if place + 1 < len(rich.text) else ""
        parts.append(_escape(character, following, inside[place]))
    parts.append(signs.get(len(rich.text), ""))
    return "".join(parts)


def read(markup: str) -> Text:
    """The text an editor typed, with its marks; line ends become `\\n`."""
    tokens = _tokens(markup.replace("\r\n", "\n").replace("\r", "\n"))
    signs = _paired(tokens)
    characters: list[str] = []
    marks: list[Mark] = []
    open_at: dict[MarkKind, int] = {}
    link: tuple[int, str] | None = None
    for number, token in enumerate(tokens):
        if token.kind == "character" or (token.kind == "sign" and number not in signs):
            characters.extend(token.value)
        elif token.kind == "sign":
            kind = _SIGNS[token.value]
            if kind in open_at:
                _add(marks, kind, open_at.pop(kind), len(characters))
            else:
                open_at[kind] = len(characters)
        elif token.kind == "link":
            link = (len(characters), token.value)
        elif link is not None:
            _add(marks, "link", link[0], len(characters), link[1] or None)
            link = None
    return canonical(Rich("".join(characters), tuple(marks)))


def canonical(text: Text) -> Text:
    """The same text with each letter's look kept: marks that touch are one, links never overlap; without marks a plain string."""
    rich = _canonical(text)
    return rich if rich.marks else rich.text


@dataclass(frozen=True)
class _Token:
    kind: str  # character, sign, link, end
    value: str


def _canonical(text: Text) -> Rich:
    if isinstance(text, str):
        return Rich(text)
    links: list[Mark] = []
    for mark in sorted((mark for mark in text.marks if mark.kind == "link"), key=lambda mark: (mark.start, -mark.end)):
        start = max(mark.start, links[-1].end) if links else mark.start
        if start < mark.end:
            links.append(Mark("link", start, mark.end, mark.url or None))
    marks = [*links, *_merged(text.marks, "bold"), *_merged(text.marks, "italic")]
    return Rich(text.text, tuple(sorted(marks, key=lambda mark: (mark.start, -mark.end, mark.kind))))


def _merged(marks: tuple[Mark, ...], kind: MarkKind) -> list[Mark]:
    merged: list[Mark] = []
    for mark in sorted((mark for mark in marks if mark.kind == kind), key=lambda mark: mark.start):
        if merged and mark.start <= merged[-1].end:
            merged[-1] = Mark(kind, merged[-1].start, max(merged[-1].end, mark.end))
        else:
            merged.append(Mark(kind, mark.start, mark.end))
    return merged


def _signs_by_place(marks: tuple[Mark, ...]) -> dict[int, str]:
    """What is written before the letter at each place: what ends there, then what begins; bold before italic, so that *** reads one way.

    A look that lies within a link stands within its brackets.
    """
    links = [mark for mark in marks if mark.kind == "link"]
    inner_ends, outer, inner_begins = (dict[int, list[str]]() for _ in range(3))
    for mark in marks:
        if mark.kind != "link":
            sign = "**" if mark.kind == "bold" else "*"
            ends_within = any(link.start < mark.start and link.end == mark.end for link in links)
            begins_within = any(link.start == mark.start and link.end > mark.end for link in links)
            (inner_begins if begins_within else outer).setdefault(mark.start, []).append(sign)
            (inner_ends if ends_within else outer).setdefault(mark.end, []).append(sign)
    signs: dict[int, str] = {}
    link_ends = {link.end: f"]({_escape_url(link.url or '')})" for link in links}
    link_begins = {link.start for link in links}
    for place in {*inner_ends, *outer, *inner_begins, *link_ends, *link_begins}:
        before, beside, after = ("".join(sorted(group.get(place, ()), reverse=True)) for group in (inner_ends, outer, inner_begins))
        signs[place] = before + link_ends.get(place, "") + beside + ("[" if place in link_begins else "") + after
    return signs


def _escape(character: str, following: str, is_in_link: bool) -> str:
    means_something = character in "\\*" or (character == "[" and is_in_link) or (character == "]" and following == "(")
    return "\\" + character if means_something else character


def _escape_url(url: str) -> str:
    return re.sub(r"([\\()])", r"\\\1", url)


def _tokens(markup: str) -> list[_Token]:
    tokens: list[_Token] = []
    place, link_end = 0, -1
    while place < len(markup):
        character = markup[place]
        if place == link_end:
            url, place = _url(markup, place + 2)
            tokens.append(_Token("end", url))
            continue
        if character == "\\" and markup[place + 1 : place + 2] and markup[place + 1] in _ESCAPABLE:
            tokens.append(_Token("character", markup[place + 1]))
            place += 2
        elif character == "*":
            sign = "**" if markup.startswith("**", place) else "*"
            tokens.append(_Token("sign", sign))
            place += len(sign)
        elif character == "[" and (end := _end_of_words(markup, place + 1)) is not None:
            link_end = end
            tokens.append(_Token("link", _url(markup, end + 2)[0]))
            place += 1
        else:
            tokens.append(_Token("character", character))
            place += 1
    return tokens


def _end_of_words(markup: str, start: int) -> int | None:
    """Where `](` closes the words of a link that opened before `start`; None where it is no link."""
    place = start
    while place < len(markup):
        if markup[place] == "\\":
            place += 2
        elif markup[place] == "[":
            return None
        elif markup.startswith("](", place) and place > start:
            return place if _url(markup, place + 2)[1] > 0 else None
        else:
            place += 1
    return None


def _url(markup: str, start: int) -> tuple[str, int]:
    """The address from `start` to its closing parenthesis, and the place after it; place 0 where none closes it."""
    url: list[str] = []
    place = start
    while place < len(markup):
        if markup[place] == "\\" and markup[place + 1 : place + 2] in ("\\", "(", ")"):
            url.append(markup[place + 1])
            place += 2
        elif markup[place] == ")":
            return "".join(url), place + 1
        elif _SPACE.match(markup[place]):
            return "", 0
        else:
            url.append(markup[place])
            place += 1
    return "", 0


def _paired(tokens: list[_Token]) -> set[int]:
    """The numbers of the signs that have a partner."""
    paired: set[int] = set()
    for sign in _SIGNS:
        numbers = [number for number, token in enumerate(tokens) if token.kind == "sign" and token.value == sign]
        paired.update(numbers[: len(numbers) // 2 * 2])
    return paired


def _add(marks: list[Mark], kind: MarkKind, start: int, end: int, url: str | None = None) -> None:
    if start < end:
        marks.append(Mark(kind, start, end, url))
