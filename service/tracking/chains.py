"""Which links a repaired link leads to, over however many repairs. Pure."""

from collections.abc import Mapping


def through(number: int, replaced_by: Mapping[int, int | None]) -> list[int]:
    """The chain from `number` to where it leads today; a circle, which nobody makes, ends where it would close."""
    chain = [number]
    while (following := replaced_by.get(chain[-1])) is not None and following not in chain:
        chain.append(following)
    return chain


def end(number: int, replaced_by: Mapping[int, int | None]) -> int:
    """Where the chain ends."""
    return through(number, replaced_by)[-1]
