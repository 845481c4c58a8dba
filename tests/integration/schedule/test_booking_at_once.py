"""Booking at the same moment: of two, one wins, and nobody's newer text is overwritten."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from service.core import clock as now_clock
from service.core.database import Database
from service.core.errors import Conflict
from service.issues.models import Issue, IssueState, Revision
from service.newsletters.models import Newsletter
from service.schedule import booking
from service.schedule.models import Slot
from tests.support import factories

DOCUMENT = {"schema": 1, "title": "A calm week", "blocks": [{"type": "prose", "id": "prose-1", "text": "Good morning."}]}


def _slot(session: Session, letter: Newsletter, days: int = 1) -> Slot:
    return factories.slot(session, letter, fires_at=now_clock.now() + timedelta(days=days))


def _draft(session: Session, letter: Newsletter) -> tuple[Issue, Revision]:
    issue = factories.issue(session, letter, IssueState.DRAFT)
    return issue, factories.revision(session, issue, DOCUMENT)


def _book(session: Session, slot: Slot, issue: Issue, revision: Revision) -> Slot:
    return booking.book(session, slot_id=slot.id, issue_id=issue.id, revision_id=revision.id, user_id=1)


def test_of_two_editors_booking_one_slot_one_wins(database: Database) -> None:
    with database.writing() as session:
        letter = factories.newsletter(session)
        slot, (mine, my_text), (yours, your_text) = _slot(session, letter), _draft(session, letter), _draft(session, letter)
    outcomes: list[str] = []
    start = Barrier(2)

    def book(issue: Issue, revision: Revision) -> None:
        start.wait()
        try:
            with database.writing() as session:
                _book(session, slot, issue, revision)
            outcomes.append("booked")
        except Conflict as conflict:
            outcomes.append(str(conflict))

    threads = [Thread(target=book, args=each) for each in ((mine, my_text), (yours, your_text))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["Another issue has been booked into this slot.", "booked"]
    with database.reading() as session:
        states = sorted(session.scalars(select(Issue.state)))
        assert states == [IssueState.DRAFT, IssueState.SCHEDULED]


def test_one_issue_booked_into_two_slots_at_once_gets_one(database: Database) -> None:
    with database.writing() as session:
        letter = factories.newsletter(session)
        slots, (issue, revision) = [_slot(session, letter, 1), _slot(session, letter, 2)], _draft(session, letter)
    outcomes: list[str] = []
    start = Barrier(2)

    def book(slot: Slot) -> None:
        start.wait()
        try:
            with database.writing() as session:
                _book(session, slot, issue, revision)
            outcomes.append("booked")
        except Conflict:
            outcomes.append("refused")

    threads = [Thread(target=book, args=(slot,)) for slot in slots]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["booked", "refused"]
    with database.reading() as session:
        assert session.scalar(select(func.count()).where(Slot.issue_id == issue.id)) == 1


def test_moving_never_overwrites_a_text_booked_meanwhile(database: Database) -> None:
    if database.engine.dialect.name == "sqlite":
        pytest.skip("SQLite writes one at a time")

    # given a booked text, and a newer one
    with database.writing() as session:
        letter = factories.newsletter(session)
        slot, later, (issue, revision) = _slot(session, letter), _slot(session, letter, days=3), _draft(session, letter)
        _book(session, slot, issue, revision)
        newer = factories.revision(session, issue, DOCUMENT | {"title": "A calmer week"})

    # when somebody books the newer one while somebody else moves the booking
    def book_newer() -> None:
        with database.writing() as other:
            _book(other, slot, issue, newer)

    event.listen(database.engine, "before_cursor_execute", _once_before("UPDATE slots", book_newer))
    with pytest.raises(Conflict), database.writing() as session:
        booking.move(session, issue_id=issue.id, to_slot_id=later.id, user_id=2)

    # then the newer text stays booked
    with database.reading() as session:
        booked = booking.slot_of(session, issue.id)
        assert booked is not None
        assert (booked.id, booked.revision_id) == (slot.id, newer.id)


def _once_before(words: str, act: Callable[[], None]) -> Callable[..., None]:
    done: list[str] = []

    def hook(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith(words) and not done:
            done.append(statement)
            act()

    return hook
