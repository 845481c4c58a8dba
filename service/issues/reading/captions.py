"""The lines of a picture: which line is a caption, where its credit begins, and what belongs to one image."""

import re

from service.issues.blocks import Image, Text
from service.issues.credits import split_credit
from service.issues.reading.lines import Line

MAX_CAPTION = 400  # the longest caption of the model letter has 150 characters

_POSITIONS = re.compile(
    r"[(（\[]?\s*(?:(?:맨\s*)?(?:왼쪽|오른쪽|위|아래|앞줄|뒷줄|가운데)\s?(?:위|아래)?\s?부터|from (?:the )?(?:top |bottom )?(?:left|right)|"
    r"clockwise from|(?:left|top) to (?:right|bottom))",
    re.IGNORECASE,
)
_PLAIN_LABEL = re.compile(r"(?:사진|이미지|그림|photo|image|picture|caption|캡션)(?:\s*제공)?\s*[:：=]", re.IGNORECASE)


def is_caption(line: Line) -> bool:
    """Whether a line is surely a picture's: a marked image, a credit at its end, or people named by their positions."""
    if line.hint == "image":
        return True
    if line.hint in ("bullet", "number", "heading") or len(line.text) > MAX_CAPTION:
        return False
    return split_credit(line.text) is not None or bool(_POSITIONS.match(line.text)) or bool(_PLAIN_LABEL.match(line.text))


def has_credit(line: Line) -> bool:
    """Whether a short line ends with a credit."""
    return len(line.text) <= MAX_CAPTION and split_credit(line.text) is not None


def parse_caption(line: Line) -> tuple[Text | None, str | None]:
    """A caption line as (caption, credit), either of which may be missing."""
    found = split_credit(line.text)
    if found is None:
        return line.part(), None
    start, credit = found
    return line.part(0, start) or None, credit


def read_image(lines: list[Line]) -> tuple[Image, int]:
    """The picture at the start of `lines` (an image, its caption line, or both) and how many lines it takes."""
    first = lines[0]
    if first.hint != "image":
        caption, credit = parse_caption(first)
        return Image(caption=caption, credit=credit), 1
    alt = first.text or None
    if len(lines) > 1 and lines[1].hint != "image" and is_caption(lines[1]):
        caption, credit = parse_caption(lines[1])
        return Image(first.image, alt, caption, credit), 2
    return Image(first.image, alt), 1
