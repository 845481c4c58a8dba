"""Text of editors is never a template (F7): nothing in it may act as a field, a choice or a control character. Pure.

Strings keep their length, so that the marks of a rich text stay where they are.
"""

import dataclasses
import re
from typing import Any, TypeVar

from service.rendering import fields

_STAND_IN = "\ufdd0"  # a noncharacter, which no text may hold; stands for the first letter of a reserved word
_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
_LEFT_ALONE = frozenset({"id", "url", "image", "portrait", "target", "brand_color", "language"})

Value = TypeVar("Value")


def defused(value: Value) -> Value:
    """The same value with every string in it made harmless; addresses and ids are left alone."""
    result: Any = value
    if isinstance(value, str):
        result = text(value)
    elif isinstance(value, tuple):
        result = tuple(defused(item) for item in value)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        changes = {
            field.name: defused(getattr(value, field.name))
            for field in dataclasses.fields(value)
            if field.name not in _LEFT_ALONE and not field.name.endswith("_url")
        }
        result = dataclasses.replace(value, **changes)
    return result  # type: ignore[no-any-return]


def text(value: str) -> str:
    """One string made harmless."""
    return fields.RESERVED.sub(_STAND_IN, _UNWANTED.sub(" ", value))


def address(url: str) -> str:
    """A foreign address in which no word is reserved."""
    return fields.RESERVED.sub("%70", url)


def restored_html(html: str) -> str:
    """The finished HTML with the stand-ins as character references: a reader sees what the editor wrote."""
    return html.replace(_STAND_IN, "&#112;")


def restored_text(value: str) -> str:
    """The finished plain text; an invisible word joiner keeps the word from being one of ours."""
    return value.replace(_STAND_IN, "p\u2060")
