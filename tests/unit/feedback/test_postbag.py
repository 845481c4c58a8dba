"""What comes back, whole mails as the systems of the field make them: kind, reason, hardness, status, recipient and what follows."""

import pytest

from service.feedback.classifying import classify
from tests.support.postbag.building import Sample
from tests.support.postbag.every import samples


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)
def test_a_mail_is_what_a_careful_reader_says(sample: Sample) -> None:
    found = classify(sample.raw)

    told = (found.kind, found.reason, found.is_hard, found.status, found.recipient, found.action)
    assert told == (sample.kind, sample.reason, sample.hard, sample.status, sample.recipient, sample.action)


def test_a_mail_is_the_same_over_the_wire() -> None:
    differing = [one.name for one in samples() if classify(one.raw) != classify(one.raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))]

    assert differing == []


def test_names_of_samples_are_told_apart() -> None:
    names = [sample.name for sample in samples()]

    assert len(names) == len(set(names)) >= 250
