"""Warnings that compare the text with its slot: the byline's time, and the weekdays of the tagline."""

from datetime import UTC, datetime

import pytest

from service.issues.blocks import Tagline
from service.issues.document import Byline, Document
from service.schedule import readiness

SLOT = datetime(2026, 9, 29, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written_at", "warning"),
    [
        ("2026-09-29T10:25:00-07:00", None),
        ("2026-09-28T15:30:00-07:00", None),
        ("2026-09-28T15:20:00-07:00", "The byline's time lies 24 hours before the slot."),
        ("2026-09-19T15:30:00-07:00", "The byline's time lies 10 days before the slot."),
        ("2026-09-29T15:31:00-07:00", "The byline's time lies after the slot."),
        ("2026-09-29", None),
        ("tomorrow", None),
        (None, None),
    ],
)
def test_byline_far_from_its_slot_is_a_warning(written_at: str | None, warning: str | None) -> None:
    document = Document("A calm week", byline=Byline(author="Ada", at=written_at))

    found = readiness.byline_problems(document, SLOT)

    assert [problem.text for problem in found] == ([warning] if warning else [])


def test_a_text_without_byline_has_nothing_to_compare() -> None:
    assert readiness.byline_problems(Document("A calm week"), SLOT) == []


@pytest.mark.parametrize(("promised", "is_wrong"), [((1, 3, 5), False), ((5, 3, 1), False), ((1, 3), True), ((), False)])
def test_tagline_is_compared_with_the_rhythm(promised: tuple[int, ...], is_wrong: bool) -> None:
    document = Document("A calm week", blocks=(Tagline("tagline-1", "Three times a week", promised),))

    found = readiness.tagline_problems(document, (1, 3, 5), "en")

    assert bool(found) is is_wrong
    assert all(problem.block == "tagline-1" for problem in found)
