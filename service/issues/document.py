"""The typed document of an edition, and its JSON form with a schema version. Pure: it never reads a database or a file."""

import dataclasses
import types
import typing
from dataclasses import dataclass
from functools import cache
from typing import Any

from service.core.errors import Invalid
from service.core.problems import Problem
from service.issues.blocks import BLOCKS, Block, Mark, Rich, Text

SCHEMA_VERSION = 1


class InvalidDocument(Invalid):
    """The JSON does not describe a document; the message names the path in it."""


@dataclass(frozen=True)
class Byline:
    """Who wrote it and when, as text: `at` is ISO 8601 with its offset and never schedules anything."""

    author: str | None = None
    at: str | None = None
    zone: str | None = None
    text: str | None = None
    portrait_alt: str | None = None
    portrait: str | None = None


@dataclass(frozen=True)
class Document:
    """One edition: what `pressrun issues read` prints and a Revision stores."""

    title: str
    subject: str | None = None
    preheader: str | None = None
    series: str | None = None
    period: str | None = None
    period_from: str | None = None
    period_to: str | None = None
    byline: Byline | None = None
    blocks: tuple[Block, ...] = ()

    def block(self, block_id: str) -> Block | None:
        return next((block for block in self.blocks if block.id == block_id), None)


def to_json(document: Document, problems: list[Problem] | None = None) -> dict[str, Any]:
    """The stored form; with `problems`, the printed form."""
    data: dict[str, Any] = {"schema": SCHEMA_VERSION, **_plain_value(document)}
    if problems is not None:
        data["problems"] = [problem.as_json() for problem in problems]
    return data


def from_json(data: dict[str, Any]) -> Document:
    """Read the stored form back; raises InvalidDocument with the path of the first value that does not fit."""
    if not isinstance(data, dict):
        raise InvalidDocument("{path}: expected an object.", path="document")
    if data.get("schema", SCHEMA_VERSION) != SCHEMA_VERSION:
        raise InvalidDocument("This document was written by another version of Pressrun (schema {schema}).", schema=data.get("schema"))
    known = {key: value for key, value in data.items() if key not in ("schema", "problems")}
    return typing.cast(Document, _build(Document, known, "document"))


def _plain_value(value: Any) -> Any:
    if isinstance(value, Block):
        return {"type": value.type, **{f.name: _plain_value(getattr(value, f.name)) for f in dataclasses.fields(value)}}
    if isinstance(value, Mark):
        return {k: v for k, v in dataclasses.asdict(value).items() if v is not None}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain_value(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, tuple | list):
        return [_plain_value(item) for item in value]
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return {name: hint for name, hint in typing.get_type_hints(kind).items() if typing.get_origin(hint) is not typing.ClassVar}


def _build(kind: type, data: Any, path: str) -> Any:
    if not isinstance(data, dict):
        raise InvalidDocument("{path}: expected an object.", path=path)
    hints = _hints(kind)
    unknown = set(data) - set(hints) - {"type"}
    if unknown:
        raise InvalidDocument("{path}: unknown field {name}.", path=path, name=sorted(unknown)[0])
    try:
        return kind(**{name: _read(hints[name], value, f"{path}.{name}") for name, value in data.items() if name in hints})
    except TypeError as missing:
        raise InvalidDocument("{path}: {reason}.", path=path, reason=str(missing).split("() ")[-1]) from None


def _read(hint: Any, value: Any, path: str) -> Any:
    origin = typing.get_origin(hint)
    if hint is Text or (origin in (types.UnionType, typing.Union) and Rich in typing.get_args(hint)):
        return _read_text(hint, value, path)
    if origin in (types.UnionType, typing.Union):
        if value is None:
            return None
        (inner,) = (arg for arg in typing.get_args(hint) if arg is not type(None))
        return _read(inner, value, path)
    if origin is tuple:
        if not isinstance(value, list):
            raise InvalidDocument("{path}: expected a list.", path=path)
        inner = typing.get_args(hint)[0]
        return tuple(_read(inner, item, f"{path}[{number}]") for number, item in enumerate(value))
    if origin is typing.Literal:
        if value not in typing.get_args(hint):
            raise InvalidDocument("{path}: {value!r} is not one of {choices}.", path=path, value=value, choices=typing.get_args(hint))
        return value
    if hint is Block:
        block_type = BLOCKS.get(str(value.get("type"))) if isinstance(value, dict) else None
        if block_type is None:
            raise InvalidDocument("{path}: unknown block type.", path=path)
        return _build(block_type, value, path)
    if dataclasses.is_dataclass(hint):
        return _build(typing.cast(type, hint), value, path)
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        raise InvalidDocument("{path}: expected {kind}.", path=path, kind=hint.__name__)
    return value


def _read_text(hint: Any, value: Any, path: str) -> Text | None:
    if value is None and type(None) in typing.get_args(hint):
        return None
    if isinstance(value, str):
        return value
    rich = _build(Rich, value, path)
    for mark in rich.marks:
        if not 0 <= mark.start < mark.end <= len(rich.text):
            raise InvalidDocument("{path}: a mark lies outside its text.", path=path)
    return typing.cast(Text, rich)
