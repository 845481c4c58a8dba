"""What every form of the desk shares: English labels that templates translate, and messages. The token is checked in security.py."""

from collections.abc import Callable, Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, StringField, ValidationError
from wtforms.validators import StopValidation

from service.web.templating import translate


class Form(FlaskForm):  # type: ignore[misc]
    """A form; see security.py for the token."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        csrf = False
        locales = False


class ChoiceField(StringField):  # type: ignore[misc]
    """One of `choices`, which templates show as a list or as radio buttons: (value, English text[, explanation]).

    Which values are allowed is the room's to say.
    """

    def __init__(self, label: str, *, choices: Sequence[tuple[Any, ...]], default: str = "", **values: Any) -> None:
        super().__init__(label, default=default, **values)
        self.choices = list(choices)


def required(message: str = "Fill this in.") -> Callable[[Any, Field], None]:
    """Something must be written."""

    def check(_form: Any, field: Field) -> None:
        if not field.data or (isinstance(field.data, str) and not field.data.strip()):
            field.errors = []
            raise StopValidation(translate(message))

    check.field_flags = {"required": True}  # type: ignore[attr-defined]
    return check


def longest(characters: int) -> Callable[[Any, Field], None]:
    """At most so many characters, on one line of printable text."""

    def check(_form: Any, field: Field) -> None:
        text = field.data or ""
        if len(text) > characters:
            raise ValidationError(translate("At most {number} characters.", number=characters))
        if not text.isprintable():  # a line break in a name or an address would end up in a mail's header (A23)
            raise ValidationError(translate("Write it on one line, without control characters."))

    check.field_flags = {"maxlength": characters}  # type: ignore[attr-defined]
    return check


def printable(text: str) -> str:
    """The text without control characters: what a database refuses (NUL) or a header must not hold."""
    return "".join(character for character in text if character.isprintable())
