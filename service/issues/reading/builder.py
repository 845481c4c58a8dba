"""Collects the blocks of a document in order, gives each a stable readable id, and remembers the line it came from."""

from collections import Counter
from typing import Any

from service.issues.blocks import Block

_NAMES = {"prose": "paragraph", "call_to_action": "call-to-action"}
_ONCE = frozenset({"hero", "contents", "insight", "digest", "signoff", "call_to_action", "tagline"})


class BlockBuilder:
    """Blocks in reading order; `lines` maps a block's id, or `id/part`, to the 1-based line where it begins."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.lines: dict[str, int] = {}
        self._counts: Counter[str] = Counter()

    def add(self, kind: type[Block], line: int, **values: Any) -> str:
        """Append a block of this kind and return its id."""
        name = _NAMES.get(kind.type, kind.type)
        self._counts[name] += 1
        number = self._counts[name]
        block_id = name if kind.type in _ONCE and number == 1 else f"{name}-{number}"
        self.blocks.append(kind(id=block_id, **values))
        self.lines[block_id] = line
        return block_id

    def place(self, block_id: str, parts: dict[str, int]) -> None:
        """Remember where parts of a block begin, so that a problem names the very line."""
        self.lines.update({f"{block_id}/{part}": line for part, line in parts.items()})
