"""A booked text is made ready by a worker and put into its slot; tests go to the editor; slots that lack something are told of."""

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import time, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from service.accounts.models import Role, User
from service.core import clock as now_clock
from service.core.jobs import Job
from service.delivery.models import Delivery, Notice
from service.delivery.telling import test_mail
from service.feedback.models import Event
from service.issues import editing
from service.issues import queries as issues
from service.issues.blocks import Mark, Prose, Rich
from service.issues.document import Byline, Document
from service.newsletters.models import Newsletter
from service.rendering.models import CompiledIssue
from service.runtime import Runtime
from service.schedule import booking, cadence, readiness, skipping
from service.schedule import queries as schedule
from service.schedule.readiness import Readiness
from tests.support import factories
from tests.support.mailbox import Mailbox
from workers import issues as worker

LINK = Rich("Good morning from here.", (Mark("link", 0, 12, "https://example.com/morning"),))
DOCUMENT = Document("A calm week", byline=Byline(author="Edith"), blocks=(Prose("prose-1", LINK),))


@pytest.fixture
def desk(runtime: Runtime, clock: time_machine.Traveller) -> Iterator[Runtime]:
    """A newsletter with its slots, and Edith, who edits."""
    with runtime.database.writing() as session:
        letter = factories.newsletter(session)
        cadence.change(session, letter.id, zone="Asia/Seoul", weekdays=(1, 3, 5), local_time=time(7, 30), user_id=None)
        session.add(
            User(email="edith@example.com", name="Edith", password_hash="x", role=Role.EDITOR, language="ko", created_at=now_clock.now())
        )
    return runtime


def _booked(desk: Runtime, document: Document = DOCUMENT) -> tuple[int, int, int]:
    """Ids of issue, revision and slot."""
    with desk.database.writing() as session:
        letter = session.scalars(select(Newsletter)).one()
        issue = editing.create(session, letter.id, document, user_id=1)
        slot = schedule.empty(session, letter.id)[0].slot
        revision_id = issues.text(session, issue.id).revision.id
        booking.book(session, slot_id=slot.id, issue_id=issue.id, revision_id=revision_id, user_id=1)
        return issue.id, revision_id, slot.id


def test_a_booked_text_is_made_ready_and_put_into_its_slot(desk: Runtime) -> None:
    _, revision_id, slot_id = _booked(desk)

    worker.compile_issue(desk, revision_id=revision_id)
    worker.compile_issue(desk, revision_id=revision_id)

    with desk.database.reading() as session:
        slot = booking.get(session, slot_id)
        assert readiness.of(slot) is Readiness.READY
        assert session.scalar(select(func.count()).select_from(CompiledIssue)) == 1


def test_a_released_text_is_not_compiled(desk: Runtime) -> None:
    issue_id, revision_id, _ = _booked(desk)
    with desk.database.writing() as session:
        booking.release(session, issue_id=issue_id, user_id=1)

    worker.compile_issue(desk, revision_id=revision_id)

    with desk.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(CompiledIssue)) == 0


def test_a_text_too_large_for_mail_stays_not_ready_and_says_why(desk: Runtime) -> None:
    words = "A long paragraph that goes on for quite a while. " * 40
    large = Document("Much", byline=Byline(author="Edith"), blocks=tuple(Prose(f"prose-{number}", words) for number in range(60)))
    _, revision_id, slot_id = _booked(desk, large)

    worker.compile_issue(desk, revision_id=revision_id)

    with desk.database.reading() as session:
        slot = booking.get(session, slot_id)
        assert readiness.of(slot) is Readiness.NOT_READY
        assert "too large" in slot.problems[0]["message"]


def test_a_test_mail_is_marked_goes_to_the_editor_and_counts_for_nobody(desk: Runtime) -> None:
    _, revision_id, _ = _booked(desk)
    folder = desk.settings.var_dir / "mails"
    desk.settings = desk.settings.model_copy(update={"smtp_url": f"file://{folder}"})

    worker.send_test_mail(desk, revision_id=revision_id, user_id=1)

    (mail,) = [path for path in folder.rglob("*") if path.is_file() and path.suffix == ".eml"]
    raw = mail.read_bytes()
    assert b"Subject: [TEST] A calm week" in raw
    assert b"To: edith@example.com" in raw
    assert b"List-Unsubscribe" not in raw
    assert b"/c/" not in raw
    assert b"/o/" not in raw
    with desk.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Delivery)) == 0
        assert session.scalar(select(func.count()).select_from(Event)) == 0


@pytest.mark.parametrize(("answer", "is_tried_again"), [("550 5.1.1 no such user", False), ("451 4.3.0 busy", True)])
def test_a_test_mail_is_tried_again_unless_it_was_refused_for_good(desk: Runtime, answer: str, is_tried_again: bool) -> None:
    _, revision_id, _ = _booked(desk)
    with Mailbox() as mailbox:
        mailbox.when("rcpt", answer)
        desk.settings = desk.settings.model_copy(update={"smtp_url": mailbox.url})

        with pytest.raises(test_mail.NotTaken) if is_tried_again else nullcontext():
            worker.send_test_mail(desk, revision_id=revision_id, user_id=1)

        assert mailbox.messages == []


def test_an_empty_slot_is_told_of_a_day_and_three_hours_ahead_once_each(desk: Runtime, clock: time_machine.Traveller) -> None:
    clock.shift(timedelta(hours=20))  # 23.5 hours to the slot are left

    for hours in (0, 1, 20, 1):
        clock.shift(timedelta(hours=hours))
        worker.watch_slots(desk)

    with desk.database.reading() as session:
        told = list(session.scalars(select(Notice).order_by(Notice.id)))
    assert [notice.kind for notice in told] == ["slot_warning", "slot_warning"]
    assert "수요일 07:30 (서울)" in told[0].values["slot_text"]
    assert "화요일 15:30 (캘리포니아)" in told[0].values["slot_text"]


def test_skipped_and_ready_slots_are_not_told_of(desk: Runtime, clock: time_machine.Traveller) -> None:
    _, revision_id, _ = _booked(desk)
    worker.compile_issue(desk, revision_id=revision_id)
    with desk.database.writing() as session:
        letter = session.scalars(select(Newsletter)).one()
        for listed in schedule.empty(session, letter.id, limit=3):
            skipping.skip(session, slot_id=listed.slot.id, reason="Holiday", user_id=1)
    clock.shift(timedelta(hours=24))

    worker.watch_slots(desk)

    with desk.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Notice)) == 0


def test_a_booked_slot_that_is_not_ready_is_told_of_with_the_reason(desk: Runtime, clock: time_machine.Traveller) -> None:
    _, revision_id, _ = _booked(desk)
    with desk.database.writing() as session:
        row = {"severity": "error", "block": None, "message": "The letter is too large.", "values": {}}
        booking.could_not_be_made_ready(session, revision_id=revision_id, problems=[row])
    clock.shift(timedelta(hours=24))

    worker.watch_slots(desk)

    with desk.database.reading() as session:
        (notice,) = session.scalars(select(Notice))
    assert (notice.kind, notice.values["title"]) == ("not_ready", "A calm week")
    assert notice.values["reason"] == "The letter is too large."


def test_slots_are_made_ahead_by_the_clock(desk: Runtime, clock: time_machine.Traveller) -> None:
    clock.shift(timedelta(weeks=3))

    worker.make_slots_ahead(desk)

    with desk.database.reading() as session:
        letter = session.scalars(select(Newsletter)).one()
        latest = schedule.latest_day(session, letter.id)
        assert latest is not None
        assert latest > now_clock.now().date() + timedelta(weeks=9)


def test_booking_asks_for_the_job_that_the_worker_knows(desk: Runtime) -> None:
    _, revision_id, _ = _booked(desk)

    with desk.database.reading() as session:
        (asked,) = session.scalars(select(Job).where(Job.name == "compile_issue"))
    assert asked.ids == {"revision_id": revision_id}
