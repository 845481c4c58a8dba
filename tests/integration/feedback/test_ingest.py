"""Hits become events once, and only as far as the reader agreed to."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.core import clock
from service.delivery.models import Delivery
from service.feedback import ingest
from service.feedback.hits import Hit
from service.feedback.models import Event, EventKind, Label
from service.newsletters.models import OpenMeasurement
from service.subscribers.models import Subscription
from tests.support import factories


def sent_to_ada(session: Session, measurement: OpenMeasurement, *, agreed: bool = False) -> tuple[int, int]:
    letter = factories.newsletter(session, open_measurement=measurement)
    ada = factories.reader(session, letter, may_track_opens=agreed)
    issue = factories.issue(session, letter)
    session.add(Delivery(issue_id=issue.id, subscriber_id=ada.id, batch_no=1))
    session.flush()
    return issue.id, ada.id


def hit(issue_id: int, subscriber_id: int, number: int = 1, link: int | None = None) -> Hit:
    return Hit(f"{number:032x}", clock.now().timestamp(), issue_id, subscriber_id, link, "192.0.2.0", "Mozilla/5.0 (X11; Linux)")


def events(session: Session) -> list[Event]:
    return list(session.scalars(select(Event).order_by(Event.id)))


def test_replayed_hits_change_nothing(session: Session) -> None:
    issue_id, ada = sent_to_ada(session, OpenMeasurement.NOTICE)
    hits = [hit(issue_id, ada, number, link=number % 3) for number in range(1, 2501)]

    first, second = ingest.ingest(session, ingest.labelled(hits)), ingest.ingest(session, ingest.labelled(hits))

    assert (first, second) == (2500, 0)
    assert len(events(session)) == 2500


def test_open_and_click_are_kept_with_reader_time_and_label(session: Session) -> None:
    issue_id, ada = sent_to_ada(session, OpenMeasurement.NOTICE)

    ingest.ingest(session, ingest.labelled([hit(issue_id, ada, 1), hit(issue_id, ada, 2, link=4)]))

    opened, clicked = events(session)
    assert (opened.kind, opened.subscriber_id, opened.link) == (EventKind.OPENED, ada, None)
    assert (clicked.kind, clicked.subscriber_id, clicked.link, clicked.label) == (EventKind.CLICKED, ada, 4, Label.HUMAN)
    assert abs((clicked.at - datetime.now(UTC)).total_seconds()) < 60


@pytest.mark.parametrize(
    ("measurement", "agreed", "rows"),
    [
        (OpenMeasurement.OFF, True, [(EventKind.CLICKED, False)]),
        (OpenMeasurement.CONSENT, False, [(EventKind.CLICKED, False)]),
        (OpenMeasurement.CONSENT, True, [(EventKind.OPENED, True), (EventKind.CLICKED, True)]),
        (OpenMeasurement.NOTICE, False, [(EventKind.OPENED, True), (EventKind.CLICKED, True)]),
    ],
)
def test_without_consent_an_open_leaves_no_row_and_a_click_no_name(
    session: Session, measurement: OpenMeasurement, agreed: bool, rows: list[tuple[EventKind, bool]]
) -> None:
    issue_id, ada = sent_to_ada(session, measurement, agreed=agreed)

    ingest.ingest(session, ingest.labelled([hit(issue_id, ada, 1), hit(issue_id, ada, 2, link=1)]))

    assert [(event.kind, event.subscriber_id == ada) for event in events(session)] == rows
    assert all(event.user_agent == "" and event.ip == "" for event in events(session) if event.subscriber_id is None)


def test_consent_withdrawn_after_the_send_is_honoured_at_ingest(session: Session) -> None:
    issue_id, ada = sent_to_ada(session, OpenMeasurement.CONSENT, agreed=True)
    session.scalars(select(Subscription)).one().may_track_opens = False
    session.flush()

    ingest.ingest(session, ingest.labelled([hit(issue_id, ada)]))

    assert events(session) == []


def test_hit_of_a_reader_who_was_never_sent_the_issue_is_not_named(session: Session) -> None:
    issue_id, ada = sent_to_ada(session, OpenMeasurement.NOTICE)

    ingest.ingest(session, ingest.labelled([hit(issue_id, ada + 1, link=1), hit(issue_id + 1, ada, 2, link=1)]))

    (event,) = events(session)
    assert event.subscriber_id is None
