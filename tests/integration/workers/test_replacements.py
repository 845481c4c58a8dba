"""A newer text for a slot in its last half hour is compiled beside the approved one, which goes out unless somebody swaps."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from service.core import clock as core_clock
from service.delivery.launching import launch
from service.delivery.models import Launch
from service.issues.models import Issue
from service.rendering.models import CompiledIssue
from service.runtime import Runtime
from service.schedule import replacing
from service.schedule.models import Replacement, Slot
from tests.support import correcting as texts
from tests.support import factories
from workers import issues as worker

pytestmark = pytest.mark.usefixtures("clock")


@pytest.mark.parametrize("is_swapped", [True, False])
def test_at_the_hour_what_is_approved_then_goes_out(runtime: Runtime, clock: time_machine.Traveller, is_swapped: bool) -> None:
    slot_id, replacement_id = _asked(runtime)
    worker.compile_replacement(runtime, replacement_id=replacement_id)
    with runtime.writing() as session:
        if is_swapped:
            replacing.swap(session, slot_id, user_id=None)
    clock.shift(timedelta(minutes=21))

    with runtime.writing() as session:
        launch.launch_due(session, runtime.settings, core_clock.now())

    with runtime.reading() as session:
        sent = session.get_one(CompiledIssue, session.scalars(select(Launch.compiled_id)).one())
        assert ("Good evening." in sent.text) is is_swapped
        assert sent.version == (2 if is_swapped else 1)


def test_one_that_is_not_made_in_time_keeps_nothing_from_its_hour(runtime: Runtime, clock: time_machine.Traveller) -> None:
    _asked(runtime)
    clock.shift(timedelta(minutes=21))

    with runtime.writing() as session:
        assert len(launch.launch_due(session, runtime.settings, core_clock.now())) == 1


def test_one_that_cannot_be_made_says_why_and_the_approved_one_stays(runtime: Runtime) -> None:
    slot_id, replacement_id = _asked(runtime, "A long paragraph that goes on for quite a while. " * 2400)

    worker.compile_replacement(runtime, replacement_id=replacement_id)

    with runtime.reading() as session:
        wanted = session.scalars(select(Replacement)).one()
        assert wanted.compiled_id is None
        assert "too large" in wanted.problems[0]["message"]
        assert session.get_one(Slot, slot_id).compiled_id == 1


def test_one_that_was_dropped_is_not_compiled(runtime: Runtime) -> None:
    slot_id, replacement_id = _asked(runtime)
    with runtime.writing() as session:
        replacing.drop(session, slot_id, user_id=None)

    worker.compile_replacement(runtime, replacement_id=replacement_id)

    with runtime.reading() as session:
        assert session.scalars(select(CompiledIssue.version)).all() == [1]


def _asked(runtime: Runtime, words: str = "Good evening.") -> tuple[int, int]:
    """Ids of a slot twenty minutes ahead and of the replacement that was asked for it."""
    with runtime.writing() as session:
        letter = factories.newsletter(session)
        issue = factories.issue(session, letter)
        approved = factories.compiled_issue(session, issue, factories.revision(session, issue, texts.document()))
        slot = factories.slot(session, letter, approved, fires_at=core_clock.now() + timedelta(minutes=20))
        newer = factories.revision(session, session.get_one(Issue, issue.id), texts.document(words))
        return slot.id, replacing.ask(session, slot.id, newer.id, user_id=None).id
