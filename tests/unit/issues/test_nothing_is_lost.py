"""No line is lost: whatever a text holds stands somewhere in the document that was read from it."""

import json
import re
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from service.issues.blocks import plain
from service.issues.document import from_json, to_json
from service.issues.reading import pasted
from service.issues.texts import document_texts
from tests.unit.issues.letters import LETTERS, disturbed, kernel, kernels

SAMPLES = Path(__file__).resolve().parents[3] / "service" / "cli" / "samples"
WHOLE = st.sampled_from(["issue.ko.txt", "issue.en.txt"]).flatmap(lambda name: disturbed((SAMPLES / name).read_text(encoding="utf-8")))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(source=LETTERS | WHOLE)
@example("제목\n\nQ. 물음\n\n• 마린윙스, 글라이더 시험 마쳐마린윙스는 발표했다.")
@example("1.\n2.\n👉\n•")
def test_every_line_of_a_letter_stands_in_its_document(source: str) -> None:
    result = reading_or_none(source)

    if result is None:
        return

    shown = kernel("\n".join(plain(text) for text in document_texts(result.document)))
    missing = [line for line in kernels(source) if line not in shown]
    assert missing == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(source=LETTERS)
def test_every_address_of_a_letter_stands_in_its_document(source: str) -> None:
    result = reading_or_none(source)

    if result is None:
        return

    stored = json.dumps(to_json(result.document), ensure_ascii=False)
    assert all(address in stored for address in re.findall(r"https?://[^\s]+\w", source))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(source=LETTERS)
def test_a_document_survives_storing(source: str) -> None:
    result = reading_or_none(source)

    if result is None:
        return

    stored = json.loads(json.dumps(to_json(result.document), ensure_ascii=False))
    assert from_json(stored) == result.document


@settings(max_examples=100, deadline=None)
@given(source=st.text(max_size=400))
def test_any_characters_at_all_are_read_or_refused(source: str) -> None:
    result = reading_or_none(source)

    if result is None:
        return

    ids = [block.id for block in result.document.blocks]
    assert len(ids) == len(set(ids))
    assert all(problem.text for problem in result.problems)


def reading_or_none(source: str) -> pasted.Reading | None:
    """The reading; None where the text shows nothing."""
    try:
        return pasted.read(source)
    except pasted.decoding.UnreadableText:
        return None
