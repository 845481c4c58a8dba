"""Months of hits: made ahead, filled with what came too early, and gone in time; whatever the month, a hit is kept once."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from service.core.database import Database, changed
from service.feedback import ingest, months, windows
from service.feedback.hits import Hit
from service.feedback.models import Event, EventKind, LabelWindow
from service.newsletters.models import OpenMeasurement
from tests.integration.feedback.test_ingest import sent_to_ada

FAR = datetime(2031, 12, 31, 23, 59, 59, tzinfo=UTC)


def clicked(session: Session, issue_id: int, at: datetime, number: int) -> None:
    session.add(Event(hit_id=f"{number:032x}", issue_id=issue_id, subscriber_id=1, kind=EventKind.CLICKED, link=1, at=at))
    session.flush()


@pytest.mark.parametrize(("count", "month"), [(0, (2031, 12)), (1, (2032, 1)), (-12, (2030, 12)), (14, (2033, 2))])
def test_months_are_counted_over_the_turn_of_the_year(count: int, month: tuple[int, int]) -> None:
    assert months.after(months.of(FAR), count) == datetime(*month, 1, tzinfo=UTC)


def test_this_month_and_the_next_are_made_ahead_once(database: Database) -> None:
    with database.writing() as session:
        made, again = months.make_ahead(session, FAR), months.make_ahead(session, FAR)

        assert made == ([] if database.is_sqlite else ["events_2031_12", "events_2032_01", "events_2032_02"])
        assert again == []
        session.rollback()


def test_what_came_before_its_month_was_made_is_in_it_afterwards(database: Database) -> None:
    with database.writing() as session:
        clicked(session, 1, FAR, 1)
        months.make_ahead(session, FAR)
        ids = list(session.scalars(select(Event.hit_id).where(Event.at >= FAR)))

        assert len(ids) == 1
        if not database.is_sqlite:
            assert session.scalar(text("SELECT count(*) FROM events_2031_12")) == 1
            assert session.scalar(text("SELECT count(*) FROM events_other")) == 0
        session.rollback()


def test_months_whose_time_is_over_go_with_everything_in_them_once_they_are_counted(database: Database) -> None:
    with database.writing() as session:
        months.make_ahead(session, FAR)
        for number, at in enumerate((FAR, FAR + timedelta(seconds=1), FAR - timedelta(days=400)), start=1):
            clicked(session, number, at, number)
            windows.touch(session, [(number, at)])
        end = months.first_kept(FAR + timedelta(days=60), 1)
        too_early = months.drop_before(session, end)
        changed(session, update(LabelWindow).values(is_counted=True))

        in_time = months.drop_before(session, end)

        assert (end, too_early, in_time) == (datetime(2032, 1, 1, tzinfo=UTC), False, True)
        assert list(session.scalars(select(Event.issue_id))) == [2]
        assert list(session.scalars(select(LabelWindow.issue_id))) == [2]
        session.rollback()


def test_replay_in_another_transaction_and_month_changes_nothing(database: Database) -> None:
    with database.writing() as session:
        issue_id, ada = sent_to_ada(session, OpenMeasurement.NOTICE)
    hits = [Hit(f"{number:032x}", (FAR + timedelta(days=20 * number)).timestamp(), issue_id, ada, 1) for number in range(1, 9)]

    counts = []
    for _ in range(2):
        with database.writing() as session:
            counts.append(ingest.ingest(session, ingest.labelled(hits)))

    with database.reading() as session:
        assert (counts, session.scalar(select(func.count()).select_from(Event))) == ([8, 0], 8)


def test_hit_of_a_month_that_is_gone_is_not_counted_again(session: Session) -> None:
    issue_id, ada = sent_to_ada(session, OpenMeasurement.NOTICE)
    hits = ingest.labelled(
        Hit(f"{number:032x}", (FAR + timedelta(days=days)).timestamp(), issue_id, ada, 1) for number, days in ((1, -40), (2, 1))
    )

    by_policy = ingest.ingest(session, hits, oldest=months.of(FAR))
    months.drop_before(session, months.of(FAR))
    is_longer_since = ingest.ingest(session, hits, oldest=months.of(FAR - timedelta(days=400)))

    assert (by_policy, is_longer_since) == (1, 0)
    assert session.scalars(select(LabelWindow.starts_at)).all() == [windows.start_of(FAR + timedelta(days=1))]
    assert months.gone_before(session) == months.of(FAR)
