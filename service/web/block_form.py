"""An issue as one plain form, and the form read back into an issue. Pure; what was not touched comes back exactly as it was.

Names: `blocks` once per part as `id:type`, in order; `b:<id>:<path>` for its fields, lists by number (`b:story-3:facts.0`). Empty rows
of a list fall away, so that the empty last row of each list costs nothing.
"""

import dataclasses
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from service.core.errors import Invalid
from service.issues import markup
from service.issues.blocks import BLOCKS, Block, ContentsItem, DigestItem, Mark, Other, Rich, Text, plain
from service.issues.document import Byline, Document
from service.issues.reading import dates, periods
from service.issues.texts import texts_of

EMPTY_ROWS: dict[tuple[str, str], Any] = {
    ("contents", "items"): ContentsItem(None, ""),
    ("digest", "items"): DigestItem(None, ""),
    ("story", "other"): Other("", ""),
}
WEEKDAYS = tuple("1234567")  # the boxes there are, as ISO numbers
SHORT = 90
ROW_ACTS = ("rowup", "rowdown", "rowdelete")


@dataclass(frozen=True)
class Act:
    """What a button of the form asks for besides saving: `up`, `down`, `delete`, `add` of a block, or one of ROW_ACTS."""

    verb: str = "save"
    block: str = ""
    path: str = ""
    row: int = 0


def act(value: str) -> Act:
    """Read `verb:block`, or `verb:block:path:row`; anything else is a plain save."""
    verb, block, path, row = [*value.split(":"), "", "", "", ""][:4]
    if verb in ROW_ACTS and row.isdecimal():
        return Act(verb, block, path, int(row))
    return Act(verb, block) if verb in ("up", "down", "delete", "add") else Act()


def read(form: Iterable[tuple[str, str]], base: Document, *, row_act: Act | None = None) -> Document:
    """The document that the form says; `base` gives what no field shows. Raises Invalid for a form that is not ours, or came in pieces."""
    try:
        return _read(list(form), base, row_act)
    except (AttributeError, TypeError, ValueError) as broken:  # a field where a group belongs, or a group where a field does
        raise Invalid("The text did not arrive whole.", remedy="Go back and try again.") from broken


def _read(pairs: list[tuple[str, str]], base: Document, row_act: Act | None) -> Document:
    values = _nested(pairs)
    if row_act is not None and row_act.verb in ROW_ACTS:
        _move_row(values, row_act)
    blocks = []
    for block_id, kind in _order(pairs):
        if kind not in BLOCKS:
            raise Invalid("There is no such part: {type}.", type=kind)
        given = values.get(block_id, {})
        blocks.append(_dataclass(BLOCKS[kind], given, base.block(block_id), id=block_id))
    return _head(dict(pairs), dataclasses.replace(base, blocks=tuple(blocks)))


def rows(block: Block, path: str) -> list[Any]:
    """The rows of a list as the form shows them: one empty row more than there are."""
    value: Any = block
    for name in path.split("."):
        value = getattr(value, name)
    return [*value, EMPTY_ROWS.get((block.type, path), "")]


def first_words(block: Block) -> str:
    """What tells a part from the others in a folded list."""
    words = " ".join((getattr(block, "title", "") or all_words(block)).split())
    return words if len(words) <= SHORT else words[: SHORT - 1] + "…"


def all_words(block: Block | None) -> str:
    """The texts of a part, one per line."""
    return "" if block is None else "\n".join(filter(None, (plain(text) for text in texts_of(block))))


def _order(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The parts in their new order; `order`, filled by dragging, comes first."""
    parts = [(block_id, kind) for name, value in pairs if name == "blocks" for block_id, _, kind in [value.rpartition(":")]]
    dragged = next((value.split(",") for name, value in pairs if name == "order" and value), [])
    places = {block_id: place for place, block_id in enumerate(dragged)}
    return sorted(parts, key=lambda part: places.get(part[0], len(places))) if dragged else parts


def _nested(pairs: Iterable[tuple[str, str]]) -> dict[str, dict[str, Any]]:
    """By block: fields by name; lists and groups as dictionaries by name or number; a name that comes again gathers a list."""
    values: dict[str, dict[str, Any]] = {}
    for name, value in pairs:
        if not name.startswith("b:"):
            continue
        _, block_id, path = name.split(":", 2)
        *groups, last = path.split(".")
        place = values.setdefault(block_id, {})
        for group in groups:
            place = place.setdefault(group, {})
        place[last] = [*place[last], value] if isinstance(place.get(last), list) else ([place[last], value] if last in place else value)
    return values


def _move_row(values: dict[str, dict[str, Any]], act: Act) -> None:
    given: Any = values.get(act.block, {})
    for name in act.path.split("."):
        given = given.get(name, {}) if isinstance(given, dict) else {}
    numbers = sorted((number for number in given if number.isdecimal()), key=int)
    if str(act.row) not in numbers:
        return
    contents = [given[number] for number in numbers]
    place = numbers.index(str(act.row))
    content = contents.pop(place)
    if act.verb != "rowdelete":
        contents.insert(max(0, place + (-1 if act.verb == "rowup" else 1)), content)
    given.clear()
    given.update({str(number): content for number, content in enumerate(contents)})


def _dataclass(kind: type, given: Mapping[str, Any], base: Any, **fixed: Any) -> Any:
    """A dataclass from the fields that the form has; those it lacks stay as in `base`."""
    hints = _hints(kind)
    values = dict(fixed)
    for field in dataclasses.fields(kind):
        if field.name in fixed:
            continue
        if field.name in given:
            values[field.name] = _value(hints[field.name], given[field.name], getattr(base, field.name, None))
        elif base is not None:
            values[field.name] = getattr(base, field.name)
    return kind(**values)


def _value(hint: Any, given: Any, base: Any) -> Any:
    options = typing.get_args(hint) if typing.get_origin(hint) in (types.UnionType, typing.Union) else (hint,)
    is_optional = type(None) in options
    if Rich in options:
        return _text(_one(given), is_optional=is_optional)
    kind = next(option for option in options if option is not type(None))
    if typing.get_origin(kind) is tuple:
        return _rows(typing.get_args(kind)[0], given)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        made = _dataclass(kind, given if isinstance(given, dict) else {}, base)
        return None if is_optional and _is_empty(made) else made
    if kind is bool:
        return _one(given) == "1"
    if kind is int:
        return int(_one(given)) if _one(given).isdecimal() else 0
    words = _lines(_one(given))
    return None if is_optional and not words.strip() else words


def _rows(kind: Any, given: Any) -> tuple[Any, ...]:
    if kind is int:  # boxes that may be ticked
        boxes = given if isinstance(given, list) else [given]
        return tuple(sorted({int(box) for box in boxes if box in WEEKDAYS}))
    if not isinstance(given, dict):
        return ()
    numbers = sorted((number for number in given if number.isdecimal()), key=int)
    made = (_value(kind, given[number], None) for number in numbers)
    return tuple(row for row in made if not _is_empty(row))


def _is_empty(value: Any) -> bool:
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, Rich):
        return not value.text.strip()
    if dataclasses.is_dataclass(value):
        # an `after` or a mark of doubt alone says nothing
        return all(_is_empty(getattr(value, field.name)) for field in dataclasses.fields(value) if field.name not in ("after", "guessed"))
    return not value


def _text(given: str, *, is_optional: bool) -> Text | None:
    text = _without_unsafe(markup.read(given))
    return None if is_optional and _is_empty(text) else text


def _without_unsafe(text: Text) -> Text:
    """A typed address with white space around it loses it."""
    if isinstance(text, str):
        return text
    marks = tuple(Mark(mark.kind, mark.start, mark.end, (mark.url or "").strip() or None) for mark in text.marks)
    return Rich(text.text, marks)


def _one(given: Any) -> str:
    if isinstance(given, list):
        return str(given[-1])
    return given if isinstance(given, str) else ""


def _lines(value: str) -> str:
    return value.replace("\r\n", "\n").replace("\r", "\n")


def _head(form: Mapping[str, str], document: Document) -> Document:
    def given(name: str) -> str | None:
        return _lines(form.get(f"h:{name}", "")).strip() or None

    values: dict[str, Any] = {name: given(name) for name in ("subject", "preheader", "series") if f"h:{name}" in form}
    if "h:title" in form:
        values["title"] = given("title") or ""
        if values["title"] != document.title and values.get("subject") == document.title:
            values["subject"] = None  # it was the headline, and stays so
    if "h:period" in form and given("period") != document.period:
        days = periods.parse_period(given("period") or "")
        values["period"] = given("period")
        values["period_from"], values["period_to"] = (days[0].isoformat(), days[1].isoformat()) if days else (None, None)
    if "h:byline.author" in form:
        values["byline"] = _byline(given, document.byline or Byline())
    return dataclasses.replace(document, **values)


def _byline(given: typing.Callable[[str], str | None], base: Byline) -> Byline | None:
    author, text = given("byline.author"), given("byline.text")
    changed = dataclasses.replace(base, author=author, portrait_alt=given("byline.portrait_alt"), portrait=given("byline.portrait"))
    if text == (base.text or None):
        if author != base.author and base.author and author and text:
            text = text.replace(base.author, author, 1)
        changed = dataclasses.replace(changed, text=text)
    else:
        moment = dates.find_moment(text or "")
        changed = dataclasses.replace(changed, text=text, at=moment.at if moment else None, zone=moment.zone if moment else None)
    return None if changed == Byline() else changed


def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)
