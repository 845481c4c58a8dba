"""The launch: who is in the frozen audience, how it is cut into batches, and that it happens once."""

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.core import clock as core_clock
from service.core.database import Database
from service.core.settings import Settings
from service.delivery.launching import launch
from service.delivery.models import Batch, Delivery, Launch
from service.delivery.states import DeliveryState, SkipReason
from service.issues.models import Issue, IssueState
from service.newsletters.models import OpenMeasurement
from service.schedule.models import Slot, SlotState
from service.subscribers.models import Standing
from tests.support import factories


def test_audience_is_the_active_readers_of_this_newsletter(session: Session, settings: Settings) -> None:
    letter, other = factories.newsletter(session), factories.newsletter(session, "other")
    cast = factories.cast(session, letter)
    factories.reader(session, letter, "paul@naver.com", Standing.PAUSED)
    factories.reader(session, other, "olga@naver.com")
    compiled = factories.ready_issue(session, letter)

    started = launch.start(session, settings, compiled.issue_id, compiled.id)

    assert session.scalars(select(Delivery.subscriber_id)).all() == [cast["ada"].id]
    assert (started.recipients, started.batches) == (1, 1)
    assert session.get_one(Issue, compiled.issue_id).state is IssueState.SENDING


def test_advertising_goes_to_those_who_agreed_to_it(session: Session, settings: Settings) -> None:
    letter = factories.newsletter(session)
    ada = factories.reader(session, letter, "ada@naver.com", wants_advertising=True)
    factories.reader(session, letter, "anna@naver.com")
    compiled = factories.compiled_issue(session, factories.issue(session, letter, is_advertising=True))

    launch.start(session, settings, compiled.issue_id, compiled.id)

    assert session.scalars(select(Delivery.subscriber_id)).all() == [ada.id]


@pytest.mark.parametrize(
    ("measurement", "expected"),
    [(OpenMeasurement.OFF, 0), (OpenMeasurement.CONSENT, 1), (OpenMeasurement.NOTICE, 2)],
)
def test_tracked_are_those_whom_the_open_measurement_allows(
    session: Session, settings: Settings, measurement: OpenMeasurement, expected: int
) -> None:
    letter = factories.newsletter(session, open_measurement=measurement)
    factories.reader(session, letter, "ada@naver.com", may_track_opens=True)
    factories.reader(session, letter, "anna@naver.com")
    compiled = factories.ready_issue(session, letter)

    started = launch.start(session, settings, compiled.issue_id, compiled.id)

    assert (started.tracked, started.recipients) == (expected, 2)


def test_batches_never_mix_lanes_and_are_numbered_without_a_gap(session: Session, settings: Settings) -> None:
    letter = factories.newsletter(session)
    factories.readers(session, letter, 103)
    compiled = factories.ready_issue(session, letter)

    started = launch.start(session, settings.model_copy(update={"batch_size": 10}), compiled.issue_id, compiled.id)

    batches = session.scalars(select(Batch).order_by(Batch.no)).all()
    assert [batch.no for batch in batches] == list(range(1, started.batches + 1))
    assert sum(batch.size for batch in batches) == 103
    assert max(batch.size for batch in batches) == 10
    assert Counter(batch.lane for batch in batches) == {"naver": 3, "google": 3, "kakao": 3, "other": 3}
    sizes = dict(session.execute(select(Delivery.batch_no, func.count()).group_by(Delivery.batch_no)).all())
    assert sizes == {batch.no: batch.size for batch in batches}


def test_slow_lanes_get_smaller_batches(session: Session, settings: Settings) -> None:
    letter = factories.newsletter(session)
    factories.readers(session, letter, 20, domains=("naver.com",))
    compiled = factories.ready_issue(session, letter)

    started = launch.start(session, settings.model_copy(update={"relay_kind": "direct"}), compiled.issue_id, compiled.id)

    assert started.batches == 4  # 20 a minute, at most 15 seconds of it


def test_second_start_changes_nothing(session: Session, settings: Settings) -> None:
    letter = factories.newsletter(session)
    factories.readers(session, letter, 5)
    compiled = factories.ready_issue(session, letter)
    launch.start(session, settings, compiled.issue_id, compiled.id)
    factories.readers(session, letter, 5)

    again = launch.start(session, settings, compiled.issue_id, compiled.id)

    assert again.recipients == 5
    assert session.scalar(select(func.count()).select_from(Delivery)) == 5


def test_a_version_with_problems_is_not_started(session: Session, settings: Settings) -> None:
    letter = factories.newsletter(session)
    compiled = factories.compiled_issue(session, factories.issue(session, letter), is_ready=False)

    with pytest.raises(launch.NotReady):
        launch.start(session, settings, compiled.issue_id, compiled.id)


def test_a_due_slot_is_launched_once(database: Database, settings: Settings) -> None:
    with database.writing() as session:
        letter = factories.newsletter(session)
        factories.reader(session, letter)
        compiled = factories.ready_issue(session, letter)
        slot = factories.slot(session, letter, compiled)

    started = []
    for _ in range(2):
        with database.writing() as session:
            started += launch.launch_due(session, settings, core_clock.now())

    assert started == [compiled.issue_id]
    with database.reading() as session:
        assert session.get_one(Slot, slot.id).state is SlotState.LAUNCHED
        assert session.scalar(select(func.count()).select_from(Launch)) == 1


@pytest.mark.parametrize(
    ("hours", "issue_state", "slot_state"),
    [
        (1, IssueState.SENDING, SlotState.LAUNCHED),
        (3, IssueState.NEEDS_DECISION, SlotState.BOOKED),
        (13, IssueState.MISSED, SlotState.MISSED),
    ],
)
def test_a_late_slot_is_sent_asked_about_or_missed(
    session: Session, settings: Settings, clock: time_machine.Traveller, hours: int, issue_state: IssueState, slot_state: SlotState
) -> None:
    letter = factories.newsletter(session)
    factories.reader(session, letter)
    compiled = factories.ready_issue(session, letter)
    slot = factories.slot(session, letter, compiled)
    clock.shift(timedelta(hours=hours))

    launch.launch_due(session, settings, core_clock.now())

    assert (session.get_one(Issue, compiled.issue_id).state, slot.state) == (issue_state, slot_state)


@pytest.mark.parametrize(("minutes", "state"), [(1, IssueState.SCHEDULED), (11, IssueState.NEEDS_DECISION)])
def test_a_booked_text_that_is_not_compiled_yet_is_waited_for_then_needs_a_decision(
    session: Session, settings: Settings, clock: time_machine.Traveller, minutes: int, state: IssueState
) -> None:
    letter = factories.newsletter(session)
    compiled = factories.ready_issue(session, letter)
    newer = factories.revision(session, session.get_one(Issue, compiled.issue_id))
    factories.slot(session, letter, compiled, revision_id=newer.id)
    clock.shift(timedelta(minutes=minutes))

    started = launch.launch_due(session, settings, core_clock.now())

    assert started == []
    assert session.get_one(Issue, compiled.issue_id).state is state


def test_cancel_skips_everybody_who_was_not_sent_to(session: Session, settings: Settings) -> None:
    letter = factories.newsletter(session)
    factories.readers(session, letter, 5)
    compiled = factories.ready_issue(session, letter)
    launch.start(session, settings, compiled.issue_id, compiled.id)

    accepted = launch.cancel(session, compiled.issue_id, user_id=None)

    assert accepted == 0
    rows = session.execute(select(Delivery.state, Delivery.reason).distinct()).all()
    assert rows == [(DeliveryState.SKIPPED, SkipReason.CANCELLED)]


def test_a_slot_that_cannot_be_started_keeps_no_other_from_its_hour(session: Session, settings: Settings) -> None:
    letter, other = factories.newsletter(session), factories.newsletter(session, "other")
    broken = factories.compiled_issue(session, factories.issue(session, letter), is_ready=False)
    factories.slot(session, letter, broken)
    compiled = factories.ready_issue(session, other)
    factories.slot(session, other, compiled)

    started = launch.launch_due(session, settings, core_clock.now())

    assert started == [compiled.issue_id]
    assert session.get_one(Issue, broken.issue_id).state is IssueState.SCHEDULED
