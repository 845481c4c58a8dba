"""Changing a document part by part: add, delete and move blocks, and fill the links that lack an address. Pure; ids stay as they are."""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.core.errors import Invalid, NotFound
from service.issues.blocks import BLOCKS, Block, ContentsItem, DigestItem, Mark, More, Rich
from service.issues.document import Document

_NUMBER = re.compile(r"\d+$")


@dataclass(frozen=True)
class MissingLink:
    """A link without an address: `path` leads to it inside its block (`more`, `answer:12`), `words` are what the reader would click."""

    block: str
    path: str
    words: str


def with_blocks(document: Document, blocks: tuple[Block, ...]) -> Document:
    return dataclasses.replace(document, blocks=blocks)


def add(document: Document, block_type: str, *, after: str | None) -> tuple[Document, str]:
    """A new, empty block after the block `after` (None: at the top); gives its id too. Raises Invalid for an unknown type."""
    if block_type not in BLOCKS:
        raise Invalid("There is no such part: {type}.", type=block_type)
    block = _empty(block_type, new_id(document, block_type))
    at = 0 if after is None else _place(document, after) + 1
    return with_blocks(document, (*document.blocks[:at], block, *document.blocks[at:])), block.id


def delete(document: Document, block_id: str) -> Document:
    at = _place(document, block_id)
    return with_blocks(document, document.blocks[:at] + document.blocks[at + 1 :])


def move(document: Document, block_id: str, *, by: int) -> Document:
    """The block `by` places further down (negative: up), at most to either end."""
    at = _place(document, block_id)
    blocks = list(document.blocks)
    block = blocks.pop(at)
    blocks.insert(max(0, min(len(blocks), at + by)), block)
    return with_blocks(document, tuple(blocks))


def replace(document: Document, block: Block) -> Document:
    at = _place(document, block.id)
    return with_blocks(document, (*document.blocks[:at], block, *document.blocks[at + 1 :]))


def new_id(document: Document, block_type: str) -> str:
    """An id no block of the document has, and none ever had while its number was the highest."""
    taken = {block.id for block in document.blocks}
    highest = max((int(found.group()) for each in taken if (found := _NUMBER.search(each))), default=0)
    number = highest + 1
    while f"{block_type}-{number}" in taken:
        number += 1
    return f"{block_type}-{number}"


def missing_links(document: Document) -> list[MissingLink]:
    """Every link without an address, in the order of the text."""
    return [MissingLink(block.id, path, words) for block in document.blocks for path, words in _missing(block, "")]


def fill_links(document: Document, addresses: Mapping[tuple[str, str], str]) -> Document:
    """The document with addresses put in, by (block id, path); an empty address leaves the link as it is."""
    filled = []
    for block in document.blocks:
        wanted = {path: url for (block_id, path), url in addresses.items() if block_id == block.id and url}
        filled.append(_filled(block, "", wanted) if wanted else block)
    return with_blocks(document, tuple(filled))


def _place(document: Document, block_id: str) -> int:
    for number, block in enumerate(document.blocks):
        if block.id == block_id:
            return number
    raise NotFound("This text has no part {id} any more.", id=block_id)


def _empty(block_type: str, block_id: str) -> Block:
    starts: dict[str, dict[str, Any]] = {
        "contents": {"items": (ContentsItem(None, ""),)},
        "list": {"items": ("",)},
        "story": {"facts": ("",), "why": ("",)},
        "insight": {"paragraphs": ("",)},
        "digest": {"items": (DigestItem(None, ""),)},
        "call_to_action": {"lines": ("",)},
    }
    return BLOCKS[block_type](id=block_id, **starts.get(block_type, {}))


def _missing(value: Any, path: str) -> list[tuple[str, str]]:
    """(path, words) of every link without an address inside a block or a part of it."""
    if isinstance(value, More):
        return [] if value.url else [(path, value.text or value.label or "")]
    if isinstance(value, Rich):
        return [(f"{path}:{mark.start}", value.text[mark.start : mark.end]) for mark in value.marks if mark.kind == "link" and not mark.url]
    if isinstance(value, tuple):
        return [found for number, item in enumerate(value) for found in _missing(item, _join(path, str(number)))]
    if dataclasses.is_dataclass(value):
        return [found for part in dataclasses.fields(value) for found in _missing(getattr(value, part.name), _join(path, part.name))]
    return []


def _filled(value: Any, path: str, wanted: Mapping[str, str]) -> Any:
    if isinstance(value, More):
        return dataclasses.replace(value, url=wanted.get(path, value.url))
    if isinstance(value, Rich):
        return dataclasses.replace(value, marks=tuple(_filled_mark(mark, path, wanted) for mark in value.marks))
    if isinstance(value, tuple):
        return tuple(_filled(item, _join(path, str(number)), wanted) for number, item in enumerate(value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changed = {part.name: _filled(getattr(value, part.name), _join(path, part.name), wanted) for part in dataclasses.fields(value)}
        return dataclasses.replace(value, **changed)
    return value


def _filled_mark(mark: Mark, path: str, wanted: Mapping[str, str]) -> Mark:
    is_missing = mark.kind == "link" and not mark.url
    return dataclasses.replace(mark, url=wanted.get(f"{path}:{mark.start}")) if is_missing else mark


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
