"""Where two texts of an issue differ, field by field: words, marks, addresses, pictures and settings alike. Pure."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from service.issues import markup
from service.issues.blocks import Block, Rich
from service.issues.document import Document
from service.web import block_form

ORDER = "order"
PICTURES = ("image", "portrait")


@dataclass(frozen=True)
class Difference:
    """One field that is not the same. `kind` is the type of its part ("" in the head), `field` its name, `row` counts from 1 in a list."""

    kind: str
    part: str
    field: str
    group: str
    row: int | None
    theirs: str
    mine: str

    @property
    def is_picture(self) -> bool:
        return self.field in PICTURES


def between(theirs: Document, mine: Document) -> list[Difference]:
    """Every difference: the head, then the parts in my order, those that only they have, and last the order itself."""
    found = _compared("", "", _head(theirs), _head(mine))
    parts = [*mine.blocks, *(block for block in theirs.blocks if mine.block(block.id) is None)]
    for part in parts:
        other, own = theirs.block(part.id), mine.block(part.id)
        found += _compared(part.type, block_form.first_words(part), _fields(other), _fields(own))
    common = {block.id for block in theirs.blocks} & {block.id for block in mine.blocks}
    orders = [[block for block in document.blocks if block.id in common] for document in (theirs, mine)]
    if [block.id for block in orders[0]] != [block.id for block in orders[1]]:
        found.append(Difference("", "", ORDER, "", None, *("\n".join(map(block_form.first_words, blocks)) for blocks in orders)))
    return found


def _compared(kind: str, part: str, theirs: dict[str, str], mine: dict[str, str]) -> list[Difference]:
    return [
        Difference(kind, part, *_place(path), theirs.get(path, ""), mine.get(path, ""))
        for path in dict.fromkeys([*mine, *theirs])
        if theirs.get(path, "") != mine.get(path, "")
    ]


def _place(path: str) -> tuple[str, str, int | None]:
    """(field, group, row) of a path such as `facts.2`, `items.0.lead` or `figure.alt`."""
    names = path.split(".")
    row = next((int(name) + 1 for name in names if name.isdecimal()), None)
    words = [name for name in names if not name.isdecimal()]
    return words[-1], words[0] if len(words) > 1 else "", row


def _head(document: Document) -> dict[str, str]:
    return _fields(dataclasses.replace(document, blocks=()))


def _fields(value: Block | Document | None) -> dict[str, str]:
    """Every filled field by its path, as the form would show it."""
    found: dict[str, str] = {}
    if value is not None:
        for field in dataclasses.fields(value):
            if field.name != "id":
                _collect(getattr(value, field.name), field.name, found)
    return found


def _collect(value: Any, path: str, found: dict[str, str]) -> None:
    if isinstance(value, Rich):
        found[path] = markup.write(value)
    elif isinstance(value, tuple) and value and all(isinstance(each, int) for each in value):
        found[path] = ", ".join(map(str, value))
    elif isinstance(value, tuple):
        for number, each in enumerate(value):
            _collect(each, f"{path}.{number}", found)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            _collect(getattr(value, field.name), f"{path}.{field.name}", found)
    elif value is True:
        found[path] = "✓"
    elif value not in (None, "", False):
        found[path] = str(value)
