"""Pictures as a letter shows them: a full address and a size. Which file stands behind a reference, the caller knows."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class ImageFile:
    """A picture that a mail program can load; width, height in pixels, size in bytes; 0 where unknown."""

    url: str
    width: int = 0
    height: int = 0
    size: int = 0


ImageUrl = Callable[[str], ImageFile | None]
"""From the reference in a document (`asset:<sha256>`) to its file; None where there is none."""


@dataclass(frozen=True)
class Picture:
    """A picture fitted to a place in the letter; `src` is a word of Addresses."""

    src: str
    width: int
    height: int | None
    alt: str


def fit(file: ImageFile, width: int) -> tuple[int, int | None]:
    """The size at which a picture stands in a place of `width` pixels: never larger than it is; height None where unknown."""
    if not file.width or not file.height:
        return width, None
    shown = min(width, file.width)
    return shown, max(1, round(file.height * shown / file.width))


def none(_reference: str) -> ImageFile | None:
    """For texts without a database: no picture is at hand."""
    return None
