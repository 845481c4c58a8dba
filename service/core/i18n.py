"""Korean and English. English sentences are the message ids; `translations/ko/` holds the Korean, compiled by `make setup`."""

import gettext
from functools import cache
from pathlib import Path

LANGUAGES = ("ko", "en")
NAMES = {"ko": "한국어", "en": "English"}
TRANSLATIONS = Path(__file__).resolve().parents[1] / "translations"


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The compiled messages of a language; English, or a language that was not compiled, answers with the message id."""
    path = TRANSLATIONS / language / "LC_MESSAGES" / "messages.mo"
    if not path.exists():
        return gettext.NullTranslations()
    with path.open("rb") as file:
        return gettext.GNUTranslations(file)


def translate(language: str, message: str, /, **values: object) -> str:
    """The sentence in this language, filled with `values`."""
    text = catalogue(language).gettext(message) if message else ""
    return text.format(**values) if values else text
