"""Everything people read is there in Korean, too; and the audit log has words for every act."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

from babel.messages.catalog import Catalog

from service.cli.translations import merged
from service.core.errors import PressrunError
from service.core.i18n import TRANSLATIONS
from service.core.settings import ROOT
from service.feedback.labels_table import TEXTS
from service.web.admin.audit import ACTS

IN_TEMPLATES = re.compile(r"""\b_\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")
FIELD = re.compile(r"\{(\w*)")
NOT_ON_A_SCREEN = ("service/cli/", "service/core/settings.py")  # the terminal speaks English


@cache
def catalogue() -> Catalog:
    return merged("ko", sorted((TRANSLATIONS / "ko").glob("*.po")))


def sentences_of_templates() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.is_file():
            yield from ((found[1] or found[2], _name(path)) for found in IN_TEMPLATES.finditer(path.read_text()))


def sentences_of_code() -> Iterator[tuple[str, str]]:
    """What is handed to translate() and Problem() literally, and the message and remedy of every refusal."""
    refusals = _names_of(PressrunError)
    for path, call in _calls():
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        given = call.args[1:] if name == "Problem" else call.args if name in ("translate", *refusals) else []
        given = [*given, *(keyword.value for keyword in call.keywords if keyword.arg == "remedy" and name in refusals)]
        yield from ((text.value, _name(path)) for text in given if isinstance(text, ast.Constant) and isinstance(text.value, str))


def test_every_sentence_of_a_template_is_translated() -> None:
    missing = {text: path for text, path in sentences_of_templates() if not catalogue().get(text)}

    assert missing == {}


def test_every_sentence_of_the_code_is_translated() -> None:
    # what does not begin like a sentence is for logs: a fault of the program, which nobody mends on a screen
    missing = {text: path for text, path in sentences_of_code() if text[:1].isupper() and not catalogue().get(text)}

    assert missing == {}


def test_every_reason_of_a_label_has_words_in_korean_too() -> None:
    assert [text for text in TEXTS.values() if not catalogue().get(text)] == []


def test_no_translation_asks_for_a_value_that_is_not_given() -> None:
    asking = [str(message.id) for message in catalogue() if not _fields(str(message.string)) <= _fields(str(message.id))]

    assert asking == []


def test_every_act_of_the_audit_log_has_words() -> None:
    # given the acts that are recorded by name, and the words of the page
    recorded = {
        call.args[1].value
        for _path, call in _calls()
        if getattr(call.func, "attr", "") == "record" and len(call.args) > 1 and isinstance(call.args[1], ast.Constant)
    }

    # then each has its words, in Korean too
    assert recorded - set(ACTS) == set()
    assert [words for words in ACTS.values() if not catalogue().get(words)] == []


@cache
def _calls() -> tuple[tuple[Path, ast.Call], ...]:
    sources = [path for folder in ("service", "workers") for path in sorted((ROOT / folder).rglob("*.py"))]
    spoken = [path for path in sources if not _name(path).startswith(NOT_ON_A_SCREEN)]
    return tuple((path, node) for path in spoken for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))


def _names_of(kind: type) -> set[str]:
    for path, _call in _calls():
        if path.parts[-2] != "versions" and path.name != "env.py":
            import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    waiting, found = [kind], set()
    while waiting:
        each = waiting.pop()
        found.add(each.__name__)
        waiting.extend(each.__subclasses__())
    return found


def _fields(text: str) -> set[str]:
    return set(FIELD.findall(text))


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))
