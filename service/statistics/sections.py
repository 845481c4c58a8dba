"""The editorial sections of a letter, in its order: which blocks belong together, and under which heading. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.issues.blocks import CallToAction, Digest, Heading, Hero, Insight, Story, plain
from service.issues.document import Document

ELSEWHERE = ""  # the key of links in no block of the text: letterhead, footer, blocks of an earlier version
LONGEST = 80


@dataclass(frozen=True)
class Section:
    """`key` is the id of its first block; `heading` is empty for what stands before the first heading."""

    key: str
    heading: str
    blocks: tuple[str, ...]


def of(document: Document) -> list[Section]:
    """A story, an insight, a digest, a heading and an invitation each begin a section; what follows without one belongs to it."""
    found: list[tuple[str, str, list[str]]] = []
    for block in document.blocks:
        heading = _heading(block)
        if heading or not found:
            found.append((block.id, heading or "", []))
        found[-1][2].append(block.id)
    return [Section(key, heading, tuple(blocks)) for key, heading, blocks in found]


def by_block(sections: list[Section]) -> Mapping[str, str]:
    """The key of the section that each block is in."""
    return {block: section.key for section in sections for block in section.blocks}


def _heading(block: object) -> str | None:
    if isinstance(block, Story | Insight | Digest):
        return " ".join(filter(None, (block.emoji, block.title)))[:LONGEST]
    if isinstance(block, Heading):
        return plain(block.text)[:LONGEST]
    if isinstance(block, CallToAction) and block.lines:
        return block.lines[0][:LONGEST]
    return "" if isinstance(block, Hero) else None
