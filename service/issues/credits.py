"""Credits of pictures: the last parenthesis that opens with 출처, 사진, Source or Photo, kept as written."""

import re

_OPENS = re.compile(
    r"[(（\[]\s*(?:출처|사진(?=\s|[:：=/)）\]]|제공|출처)|sources?\b|photos?\b|photo(?:graph|graphy|grapher)\b)", re.IGNORECASE
)
_EMPTY = re.compile(
    r"[(（\[]\s*(?:출처|사진(?:\s*제공)?|sources?|photos?)\s*[:：=]?\s*(?:[)）\]]|(?:편집|edit(?:ed|ing|or)?(?:\s+by)?)\s*[:：=])",
    re.IGNORECASE,
)


def split_credit(text: str) -> tuple[int, str] | None:
    """Where the credit that ends the line begins, and the credit as written; None when the line does not end with one."""
    for found in reversed(list(_OPENS.finditer(text))):
        end = _closing(text, found.start())
        if end is not None and not text[end:].strip(" .。"):
            return found.start(), text[found.start() :].strip()
    return None


def is_empty_credit(credit: str) -> bool:
    """Whether a credit names no source, as in (출처 : ) or (출처 : 편집: …)."""
    return bool(_EMPTY.match(credit))


def _closing(text: str, start: int) -> int | None:
    """Where the parenthesis that opens at `start` is closed, or None."""
    depth = 0
    for at in range(start, len(text)):
        if text[at] in "(（[":
            depth += 1
        elif text[at] in ")）]":
            depth -= 1
            if depth == 0:
                return at + 1
    return None
