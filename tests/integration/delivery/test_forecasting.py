"""A forecast against what the senders then do: the same rates, the same lanes, a clock that goes on by their rests."""

from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.core import clock as core_clock
from service.core.database import Database
from service.core.settings import Settings
from service.delivery.launching import closing
from service.delivery.ledger import audience
from service.delivery.overview import forecasting
from service.delivery.overview.forecast import EVERYONE_ELSE, Short
from service.delivery.pacing import pace
from service.delivery.sending.sender import Sender
from service.newsletters.models import Newsletter
from service.schedule.models import SlotState
from tests.support import factories, sending
from tests.support.post import MemoryTransport

DOMAINS = ("naver.com", "gmail.com", "naver.com", "daum.net", "example.com")  # two in five in one lane


def test_the_forecast_holds_within_a_tenth_and_others_are_not_delayed(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    settings = settings.model_copy(update={"relay_rate": 10.0, "lane_paces": "naver=1/s", "batch_size": 50})
    sending.start(database, settings, 400, domains=DOMAINS)
    begin, last = core_clock.now(), dict[str, datetime]()
    with database.reading() as session:
        letter = session.scalars(select(Newsletter)).one()
        expected = forecasting.of(session, settings, letter.id, begin, audience.count_by_lane(session, letter.id))

    def note(address: str) -> None:
        last["naver" if address.endswith("@naver.com") else EVERYONE_ELSE] = core_clock.now()

    office = Sender(
        database,
        MemoryTransport(before=note),
        factories.SIGNER,
        settings,
        pause=lambda seconds: clock.shift(timedelta(seconds=seconds)),
    )
    office.drain("naver", seconds=600)

    assert {each.lane: each.readers for each in expected.lanes} == {"naver": 160, EVERYONE_ELSE: 240}
    for each in expected.lanes:
        assert each.ends_at is not None
        told, was = (each.ends_at - begin).total_seconds(), (last[each.lane] - begin).total_seconds()
        assert was == pytest.approx(told, rel=0.1)


def test_other_newsletters_booked_the_day_before_count_in_the_quota(session: Session, settings: Settings) -> None:
    settings = settings.model_copy(update={"relay_daily_quota": 10})
    letter, other = factories.newsletter(session), factories.newsletter(session, "other")
    factories.readers(session, letter, 6)
    factories.readers(session, other, 7)
    starts_at = core_clock.now() + timedelta(days=2)
    readers = audience.count_by_lane(session, letter.id)

    alone = forecasting.of(session, settings, letter.id, starts_at, readers)
    compiled = factories.ready_issue(session, other)
    factories.slot(session, other, compiled, fires_at=starts_at - timedelta(hours=2), state=SlotState.BOOKED)
    after_the_other = forecasting.of(session, settings, letter.id, starts_at, readers)

    assert alone.short is None
    assert all(each.ends_at and each.ends_at < starts_at + timedelta(minutes=1) for each in alone.lanes)
    assert all(each.ends_at and each.ends_at > starts_at + timedelta(hours=20) for each in after_the_other.lanes)
    assert after_the_other.waits_for_quota


def test_a_quota_that_never_reaches_is_told(session: Session, settings: Settings) -> None:
    settings = settings.model_copy(update={"relay_daily_quota": 2})
    letter = factories.newsletter(session)
    factories.readers(session, letter, 9)

    found = forecasting.of(session, settings, letter.id, core_clock.now(), audience.count_by_lane(session, letter.id))

    assert found.short is Short.QUOTA
    assert found.left == 5  # two at once, two a day later; then it is too old


def test_what_the_last_launches_did_is_the_measure(database: Database, settings: Settings, clock: time_machine.Traveller) -> None:
    issue_id = sending.start(database, settings, 120, domains=("gmail.com",))
    clock.shift(timedelta(seconds=10))
    sending.sender(database, settings, MemoryTransport()).drain("google")
    with database.writing() as session:
        assert closing.close_finished(session) == [issue_id]
        letter = session.scalars(select(Newsletter)).one()
        found = forecasting.of(session, settings, letter.id, core_clock.now(), {"google": 1_200})

    (everyone,) = found.lanes
    assert everyone.ends_at == core_clock.now() + timedelta(seconds=100)


def test_a_slowed_lane_is_foreseen_with_what_it_will_have_won_back(
    session: Session, settings: Settings, clock: time_machine.Traveller
) -> None:
    settings = settings.model_copy(update={"relay_kind": "direct"})
    until = pace.slow_down(session, settings, "google", core_clock.now())

    assert pace.rates_now(session, settings, until)["google"] == 5.0
    assert pace.rates_now(session, settings, until + timedelta(minutes=30))["google"] == pytest.approx(8.0)
    assert pace.rates_now(session, settings, until + timedelta(days=1))["google"] == 10.0
