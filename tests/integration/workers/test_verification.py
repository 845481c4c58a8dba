"""Half an hour before its hour a ready slot is looked at again: faults reach its badge and the desk before the readers."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import delete, select, update

from service.accounts.models import Role, User
from service.core import clock as core_clock
from service.delivery.launching import launch
from service.delivery.models import Launch, Notice
from service.issues.models import Issue, IssueState
from service.newsletters.models import Newsletter
from service.rendering import fields
from service.rendering.models import CompiledIssue
from service.runtime import Runtime
from service.schedule import holding, readiness
from service.schedule.models import Slot, SlotState
from service.schedule.readiness import Readiness
from service.subscribers.models import Subscription
from service.tracking.linktable import LinkTable
from service.tracking.models import Link
from service.tracking.paths import Destination
from tests.support import factories
from tests.support.mailbox import Mailbox
from workers import delivery as sending_worker
from workers import issues as worker

HTML = f'<html><body><a href="https://edge.example.com/c/{fields.token(fields.MEASURING)}/1">First</a></body></html>'


@pytest.fixture
def desk(runtime: Runtime, clock: time_machine.Traveller) -> Iterator[Runtime]:
    """A ready issue with one link, twenty minutes before its slot; two readers; Edith; a mail server that answers."""
    with runtime.database.writing() as session:
        letter = factories.newsletter(session)
        factories.readers(session, letter, 2)
        issue = factories.issue(session, letter)
        session.add(Link(issue_id=issue.id, number=1, url="https://example.com/first"))
        session.flush()
        compiled = factories.compiled_issue(session, issue, html=HTML)
        factories.slot(session, letter, compiled, fires_at=core_clock.now() + timedelta(minutes=20))
        session.add(
            User(email="edith@example.com", name="Edith", password_hash="x", role=Role.EDITOR, language="en", created_at=core_clock.now())
        )
    with Mailbox() as mailbox:
        runtime.settings = runtime.settings.model_copy(update={"smtp_url": mailbox.url})
        yield runtime


def test_a_slot_without_fault_is_looked_at_once_and_its_links_are_known(desk: Runtime, clock: time_machine.Traveller) -> None:
    worker.verify_slots(desk)
    first = _slot(desk)
    clock.shift(timedelta(minutes=5))
    worker.verify_slots(desk)

    assert (readiness.of(first), first.faults, first.readers, first.verified_id) == (Readiness.READY, [], 2, first.compiled_id)
    assert _slot(desk).verified_at == first.verified_at
    found = LinkTable(desk.redis, desk.settings.var_dir / "links").destination(first.issue_id or 0, "1")
    assert found == Destination(1, "https://example.com/first")
    assert _told(desk) == []


def test_a_slot_further_away_is_left_alone(desk: Runtime, clock: time_machine.Traveller) -> None:
    clock.shift(timedelta(minutes=-11))

    worker.verify_slots(desk)

    assert _slot(desk).verified_at is None


def test_a_held_slot_is_looked_at_again_before_its_new_hour(desk: Runtime, clock: time_machine.Traveller) -> None:
    worker.verify_slots(desk)
    with desk.database.writing() as session:
        holding.hold(session, _slot(desk).id, 60, user_id=None)
    clock.shift(timedelta(minutes=55))

    worker.verify_slots(desk)

    assert _slot(desk).verified_at == core_clock.now()


def test_a_mail_server_that_is_away_is_told_once_and_forgotten_when_it_is_back(desk: Runtime, clock: time_machine.Traveller) -> None:
    usable = desk.settings
    desk.settings = usable.model_copy(update={"smtp_url": "smtp://127.0.0.1:1"})

    for _ in range(3):
        worker.verify_slots(desk)
        clock.shift(timedelta(minutes=3))

    assert readiness.of(_slot(desk)) is Readiness.FAULTY
    (notice,) = _told(desk)
    assert (notice.kind, notice.email) == ("not_ready", "edith@example.com")
    assert "The mail server is not ready" in notice.values["reason"]
    desk.settings = usable
    worker.verify_slots(desk)
    assert readiness.of(_slot(desk)) is Readiness.READY


def test_a_mail_server_that_is_away_does_not_keep_an_issue_from_its_hour(desk: Runtime, clock: time_machine.Traveller) -> None:
    desk.settings = desk.settings.model_copy(update={"smtp_url": "smtp://127.0.0.1:1"})
    worker.verify_slots(desk)
    clock.shift(timedelta(minutes=21))

    with desk.database.writing() as session:
        started = launch.launch_due(session, desk.settings, core_clock.now())

    assert len(started) == 1


@pytest.mark.parametrize("what", [{"html": HTML.replace("First", "Other")}, {"subject": "Another subject"}, {"text": "Other words\n"}])
def test_what_is_not_what_was_approved_is_told_and_not_sent(desk: Runtime, clock: time_machine.Traveller, what: dict[str, str]) -> None:
    with desk.database.writing() as session:
        session.execute(update(CompiledIssue).values(**what))
    worker.verify_slots(desk)
    assert _slot(desk).faults[0]["message"] == "The stored letter is not the one that was approved."
    clock.shift(timedelta(minutes=21))

    with desk.database.writing() as session:
        started = launch.launch_due(session, desk.settings, core_clock.now())

    with desk.database.reading() as session:
        slot, issue = session.scalars(select(Slot)).one(), session.scalars(select(Issue)).one()
        assert (started, issue.state, slot.state) == ([], IssueState.NEEDS_DECISION, SlotState.BOOKED)
        assert session.scalars(select(Launch)).all() == []
    sending_worker.tell_desk_not_launched(desk, slot_id=slot.id)
    assert "not the one that was approved" in _told(desk)[-1].values["reason"]


def test_a_link_that_leads_elsewhere_than_approved_is_found_at_the_hour_too(desk: Runtime, clock: time_machine.Traveller) -> None:
    with desk.database.writing() as session:
        session.execute(update(Link).values(url="https://example.com/elsewhere"))
    clock.shift(timedelta(minutes=21))

    with desk.database.writing() as session:
        assert launch.launch_due(session, desk.settings, core_clock.now()) == []


def test_every_fault_of_the_database_has_its_sentence(desk: Runtime) -> None:
    with desk.database.writing() as session:
        session.execute(delete(Link))
        session.execute(delete(Subscription))
        session.execute(update(Newsletter).values(sender_name=""))

    worker.verify_slots(desk)

    slot = _slot(desk)
    assert [row["message"] for row in slot.faults] == [
        "The stored letter is not the one that was approved.",
        "The sender's name is missing in the newsletter's settings.",
        "Some links of the letter lead nowhere: their addresses are not stored.",
        "Nobody would receive it: no active reader is entitled to it.",
    ]
    assert slot.readers == 0


def test_a_sender_that_is_gone_at_the_hour_is_asked_about(desk: Runtime, clock: time_machine.Traveller) -> None:
    with desk.database.writing() as session:
        session.execute(update(Newsletter).values(sender_email=""))
    clock.shift(timedelta(minutes=21))

    with desk.database.writing() as session:
        assert launch.launch_due(session, desk.settings, core_clock.now()) == []
        assert session.scalars(select(Issue.state)).one() is IssueState.NEEDS_DECISION


def _slot(desk: Runtime) -> Slot:
    with desk.database.reading() as session:
        return session.scalars(select(Slot)).one()


def _told(desk: Runtime) -> list[Notice]:
    with desk.database.reading() as session:
        return list(session.scalars(select(Notice).order_by(Notice.id)))
