"""The emoji that opens a section: one whole cluster with its joiners, skin tones, variation selectors, flags and keycaps."""

import re

_PICTURE = (
    "[\U0001f004\U0001f0cf\U0001f170-\U0001f19a\U0001f201-\U0001f265\U0001f300-\U0001f64f\U0001f680-\U0001f6ff\U0001f700-\U0001f8ff"
    "\U0001f900-\U0001fbff\u2600-\u2775\u2794-\u27bf\u2b05-\u2b55\u2194-\u21aa\u231a-\u23ff\u25fb-\u25fe\u2934\u2935\u3030\u303d\u3297"
    "\u3299\u203c\u2049\u2122\u2139]"
)
_ONE = rf"{_PICTURE}[\ufe0e\ufe0f]?[\U0001f3fb-\U0001f3ff]?[\U000e0020-\U000e007f]*"
_CLUSTER = re.compile(rf"(?:[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_ONE}(?:\u200d(?:{_ONE}|[\u2640\u2642]\ufe0f?))*)")
_SELECTORS = re.compile("[\ufe0e\ufe0f]")

POINTERS = frozenset("👉☞▶►➡➔→")  # they point at a link and never open a section


def split_emoji(text: str) -> tuple[str | None, str]:
    """A line as (the emoji it opens with or None, the rest without leading space)."""
    found = _CLUSTER.match(text)
    if found is None or is_pointer(text):
        return None, text
    return found.group(), text[found.end() :].lstrip(" \u200b\u200d\ufe0f")


def is_pointer(text: str) -> bool:
    """Whether the line opens with a sign that points at a link."""
    return text[:1] in POINTERS


def same_emoji(one: str | None, other: str | None) -> bool:
    """Whether two emoji are the same but for their variation selectors; None is like nothing."""
    return one is not None and other is not None and _SELECTORS.sub("", one) == _SELECTORS.sub("", other)
