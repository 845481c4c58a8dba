"""Compiles the translations: every wing's `.po` of a language becomes one `messages.mo`. Run by `make setup`."""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from service.core.errors import Conflict
from service.core.i18n import TRANSLATIONS


class TwoTranslations(Conflict):
    """Two wings translate one sentence differently."""


def compile_all(folder: Path = TRANSLATIONS) -> None:
    """Write `LC_MESSAGES/messages.mo` for each language. Raises TwoTranslations."""
    for language in sorted(path for path in folder.glob("*") if path.is_dir()):
        sources = sorted(language.glob("*.po"))
        if sources:
            target = language / "LC_MESSAGES" / "messages.mo"
            target.parent.mkdir(exist_ok=True)
            with target.open("wb") as file:
                write_mo(file, merged(language.name, sources))


def merged(language: str, sources: list[Path]) -> Catalog:
    """One catalogue of all these files; fuzzy and empty translations are left out."""
    catalogue, origins = Catalog(locale=language), dict[object, str]()
    for source in sources:
        with source.open("rb") as file:
            messages = read_po(file, locale=language)
        for message in messages:
            if not message.id or not message.string or message.fuzzy:
                continue
            known = catalogue.get(message.id, message.context)
            if known is not None and known.string != message.string:
                raise TwoTranslations(
                    "{first} and {second} translate “{text}” differently.",
                    remedy="Keep the sentence in one of them.",
                    first=origins[message.id],
                    second=source.name,
                    text=message.id,
                )
            catalogue.add(message.id, message.string, context=message.context)
            origins[message.id] = source.name
    return catalogue


if __name__ == "__main__":
    compile_all()
