"""The rhythm makes its slots ahead, once each; a change of rhythm leaves what is booked or skipped where it is."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.core import clock as now_clock
from service.core.errors import Invalid
from service.issues.models import IssueState
from service.newsletters.models import Newsletter
from service.schedule import booking, cadence, queries, skipping
from service.schedule.models import Slot, SlotState
from tests.support import factories


@pytest.fixture
def letter(session: Session, clock: time_machine.Traveller) -> Newsletter:
    return factories.newsletter(session)


def _change(session: Session, letter: Newsletter, **values: object) -> cadence.Change:
    given = {"zone": "Asia/Seoul", "weekdays": (1, 3, 5), "local_time": time(7, 30), "user_id": 1} | values
    return cadence.change(session, letter.id, **given)  # type: ignore[arg-type]


def _slots(session: Session) -> list[Slot]:
    return list(session.scalars(select(Slot).order_by(Slot.fires_at)))


def test_a_rhythm_makes_ten_weeks_of_slots_and_making_them_again_adds_none(session: Session, letter: Newsletter) -> None:
    change = _change(session, letter)

    again = cadence.ensure_all(session)

    slots = _slots(session)
    assert (change.made, change.removed, change.unfit, again) == (30, 0, (), 0)
    assert len(slots) == 30
    assert slots[0].local_date == date(2026, 9, 16)  # it is Monday noon: Monday's 07:30 has passed
    assert slots[0].fires_at == datetime(2026, 9, 15, 22, 30, tzinfo=UTC)
    assert {slot.local_date.isoweekday() for slot in slots} == {1, 3, 5}


def test_slots_are_made_farther_ahead_on_demand(session: Session, letter: Newsletter) -> None:
    _change(session, letter)

    cadence.ensure(session, letter.id, until=date(2027, 1, 31))

    assert queries.latest_day(session, letter.id) == date(2027, 1, 29)


def test_a_new_rhythm_moves_only_the_empty_future(session: Session, letter: Newsletter) -> None:
    _change(session, letter)
    booked, skipped, *_ = _slots(session)
    issue = factories.issue(session, letter, IssueState.SCHEDULED)
    booking.change(session, booked.id, state=SlotState.BOOKED, issue_id=issue.id)
    skipping.skip(session, slot_id=skipped.id, reason="Holiday", user_id=1)

    change = _change(session, letter, local_time=time(8, 0), weekdays=(1, 3))

    assert change.removed == 28
    assert [slot.id for slot in change.unfit] == [booked.id, skipped.id]
    slots = _slots(session)
    assert len({slot.local_date for slot in slots}) == len(slots)  # the booked day has no second slot
    assert {slot.local_time for slot in slots if slot.state is SlotState.EMPTY} == {time(8, 0)}


def test_the_same_rhythm_again_fits_what_is_booked(session: Session, letter: Newsletter) -> None:
    _change(session, letter)
    first = _slots(session)[0]
    booking.change(session, first.id, state=SlotState.BOOKED, issue_id=factories.issue(session, letter).id)

    assert _change(session, letter).unfit == ()


def test_a_rhythm_in_the_editors_zone_keeps_the_editors_hour(session: Session, letter: Newsletter) -> None:
    _change(session, letter, zone="America/Los_Angeles", weekdays=(2,), local_time=time(15, 30))

    cadence.ensure(session, letter.id, until=date(2026, 11, 10))
    tuesdays = {slot.local_date: slot.fires_at for slot in _slots(session)}

    assert tuesdays[date(2026, 10, 27)].hour == 22
    assert tuesdays[date(2026, 11, 3)].hour == 23  # the clocks went back
    assert cadence.weekdays_of(session, letter.id) == (3,)  # readers in Seoul find it on Wednesday


@pytest.mark.parametrize("values", [{"weekdays": ()}, {"weekdays": (0, 8)}, {"zone": "Asia/Nowhere"}])
def test_a_rhythm_without_sense_is_refused(session: Session, letter: Newsletter, values: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        _change(session, letter, **values)


def test_new_zone_rules_move_the_instants_and_keep_the_local_times(session: Session, letter: Newsletter) -> None:
    _change(session, letter)
    first = _slots(session)[0]
    session.execute(update(Slot).where(Slot.id == first.id).values(fires_at=first.fires_at + timedelta(hours=1), tzdata="1999a"))

    changed = cadence.refresh(session)

    assert changed == 1
    assert booking.get(session, first.id).fires_at == datetime(2026, 9, 15, 22, 30, tzinfo=UTC)
    assert cadence.refresh(session) == 0


def test_slots_in_need_of_a_notice_are_the_empty_and_unready_ones(session: Session, letter: Newsletter) -> None:
    _change(session, letter)
    slots = _slots(session)
    skipping.skip(session, slot_id=slots[1].id, reason="Holiday", user_id=1)

    soon = queries.needing_notice(session, now_clock.now(), timedelta(days=5))

    assert [each.slot.id for each in soon] == [slots[0].id]
