"""Four scenarios of the crash harness at the size of a test; `make fault` runs all of them at theirs."""

import random
from pathlib import Path

import pytest

from tests.fault.runs import play
from tests.fault.scenarios import BY_NAME

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("harness")]


@pytest.mark.parametrize(
    ("scenario", "backend", "policy"),
    [
        ("everything", "sqlite", "hold"),
        ("replies_lost", "sqlite", "resend"),
        ("database_stopped", "postgresql", "hold"),
        ("senders_killed", "postgresql", "hold"),
    ],
)
def test_nobody_is_lost_and_nobody_repeated_unmarked(scenario: str, backend: str, policy: str, tmp_path: Path) -> None:
    played = play(BY_NAME[scenario], backend, policy, recipients=500, chaos_seconds=3, chance=random.Random(), folder=tmp_path)

    assert played.faults == {}, played.evidence
    assert (played.line.expected, played.line.lost) == (500, 0)
    assert played.line.distinct + played.line.uncertain > 400  # the rest was refused, by a mail server that misbehaves
