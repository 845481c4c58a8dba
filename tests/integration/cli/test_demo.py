"""What the demo goes on with after a run that was broken off, and what it leaves to the people at the desk."""

import json

import pytest

from service.cli.samples import showing, verifying
from service.cli.samples.verifying import Verdict
from service.issues.models import IssueState
from service.runtime import Runtime
from tests.support import factories


@pytest.mark.parametrize(
    ("state", "is_extra", "goes_on"),
    [
        (IssueState.SENDING, False, True),
        (IssueState.SCHEDULED, True, True),  # "send now" had been pressed
        (IssueState.SCHEDULED, False, False),  # booked for its hour
        (IssueState.PAUSED, False, False),
        (IssueState.NEEDS_DECISION, False, False),
    ],
)
def test_only_what_was_on_its_way_is_gone_on_with(runtime: Runtime, state: IssueState, is_extra: bool, goes_on: bool) -> None:
    with runtime.writing() as session:
        letter = factories.newsletter(session)
        compiled = factories.ready_issue(session, letter, state)
        if state is IssueState.SCHEDULED:
            factories.slot(session, letter, compiled, is_extra=is_extra)

    found = showing._interrupted(runtime, letter.id)

    assert (found is not None) is goes_on
    assert not showing._was_any_started(runtime, letter.id)


def test_readers_are_counted_and_not_remembered(runtime: Runtime) -> None:
    with runtime.writing() as session:
        letter = factories.newsletter(session)
        factories.cast(session, letter)

    with runtime.reading() as session:
        assert verifying.standing(session, letter.id) == (4, 1)


@pytest.mark.parametrize(("accepted", "code"), [(2, 0), (1, 1)])
def test_figures_are_printed_right_or_wrong(capsys: pytest.CaptureFixture[str], accepted: int, code: int) -> None:
    verdict = Verdict(recipients=2, accepted=accepted, duplicates=0, skipped=1, strangers=0)

    assert showing._report(verdict, 1.5) == code
    assert json.loads(capsys.readouterr().out) == {"recipients": 2, "accepted": accepted, "duplicates": 0, "skipped": 1, "seconds": 1.5}
