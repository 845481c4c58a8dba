"""Stop, fix, continue: the rest of a stopped issue receives the corrected version, nobody receives both, and the ledger knows (E12)."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.core import clock as core_clock
from service.core.audit import AuditEntry
from service.core.database import Database
from service.core.errors import Invalid
from service.core.settings import Settings
from service.delivery import evidence
from service.delivery.launching import correcting, launch
from service.delivery.ledger import batching
from service.delivery.models import Batch, Correction, Delivery, Launch
from service.delivery.overview import versions
from service.delivery.sending import reconcile
from service.delivery.states import DeliveryState
from service.issues.models import IssueState
from service.newsletters.models import Newsletter
from service.schedule import booking
from tests.support import correcting as corrected
from tests.support import factories, sending
from tests.support.post import MemoryTransport, reply


def test_the_rest_receives_the_corrected_version_and_nobody_both(database: Database, settings: Settings) -> None:
    issue_id = sending.start(database, settings, 6)
    addresses = sending.emails(database)

    def pause(address: str) -> None:
        if address == addresses[1]:
            with database.writing() as session:
                launch.pause(session, issue_id, user_id=None)

    transport = MemoryTransport(before=pause)
    transport.window = 2
    post_office = sending.sender(database, settings, transport)
    post_office.drain("naver")

    with database.writing() as session:
        correction = corrected.asked(session, issue_id)
    with database.writing() as session:
        corrected.compiled(session, session.get_one(Correction, correction.id))
        launch.resume(session, issue_id, user_id=None)
        session.execute(update(Batch).values(next_at=core_clock.now()))
    post_office.drain("naver")

    assert transport.taken == addresses
    assert [b"Good evening." in mail for _, mail in transport.mails] == [False, False, True, True, True, True]
    with database.reading() as session:
        first, second = versions.of(session, issue_id)
    assert (first.number, first.accepted, first.is_current, first.note) == (1, 2, False, "")
    assert (second.number, second.accepted, second.is_current, second.note) == (2, 4, True, "The time of day was wrong")


def test_a_batch_in_hand_through_the_whole_correction_goes_back_with_its_old_version(database: Database, settings: Settings) -> None:
    issue_id = sending.start(database, settings, 6)
    addresses = sending.emails(database)

    def correct(address: str) -> None:
        if address == addresses[1]:  # between two looks at standing
            corrected.stop_fix_and_go_on(database, issue_id)

    transport = MemoryTransport(before=correct)
    transport.window = 2
    post_office = sending.sender(database, settings, transport)
    post_office.drain("naver")
    assert sending.states(database, issue_id) == {"accepted": 2, "queued": 4}

    with database.writing() as session:
        session.execute(update(Batch).values(next_at=core_clock.now()))
    post_office.drain("naver")

    assert Counter(transport.taken) == dict.fromkeys(addresses, 1)
    assert sum(b"Good evening." in mail for _, mail in transport.mails) == 4


def test_who_was_put_off_before_receives_the_corrected_version(database: Database, settings: Settings) -> None:
    issue_id = sending.start(database, settings, 2)
    addresses = sending.emails(database)
    transport = MemoryTransport({addresses[0]: reply(451, "busy")})
    post_office = sending.sender(database, settings, transport)
    post_office.drain("naver")
    second = corrected.stop_fix_and_go_on(database, issue_id)

    transport.answers.clear()
    with database.writing() as session:
        batching.cut_retries(session, settings, core_clock.now() + timedelta(hours=3))
        session.execute(update(Batch).values(next_at=core_clock.now()))
    post_office.drain("naver")

    with database.reading() as session:
        rows = session.execute(select(Delivery.compiled_id, Delivery.state).order_by(Delivery.subscriber_id)).all()
    assert rows[0] == (second, DeliveryState.ACCEPTED)
    assert rows[1].compiled_id != second


def test_a_lost_journal_is_recorded_with_the_version_of_its_claim(database: Database, settings: Settings) -> None:
    settings = settings.model_copy(update={"heartbeat_seconds": 0.1})
    issue_id = sending.start(database, settings, 2)
    with database.writing() as session:
        claim = batching.claim(session, settings, "naver", core_clock.now(), host=evidence.host_name(settings), journal="gone")
        assert claim is not None
    corrected.stop_fix_and_go_on(database, issue_id)
    with database.writing() as session:
        session.execute(update(Batch).values(lease_until=core_clock.now() - timedelta(minutes=1)))

    reconcile.sweep(database, settings)

    with database.reading() as session:
        rows = session.execute(select(Delivery.state, Delivery.compiled_id).distinct()).all()
        assert rows == [(DeliveryState.UNCERTAIN, claim.compiled_id)]
        assert session.get_one(Launch, issue_id).compiled_id != claim.compiled_id


def test_an_issue_does_not_go_on_while_its_correction_is_open(session: Session, settings: Settings) -> None:
    issue_id = _stopped(session, settings)
    corrected.asked(session, issue_id)

    with pytest.raises(correcting.CorrectionOpen):
        launch.resume(session, issue_id, user_id=None)


def test_a_dropped_correction_lets_the_issue_go_on_as_it_was(session: Session, settings: Settings) -> None:
    issue_id = _stopped(session, settings)
    before = session.get_one(Launch, issue_id).compiled_id
    correction = corrected.asked(session, issue_id)

    correcting.drop(session, issue_id, user_id=None)
    session.expire_all()
    launch.resume(session, issue_id, user_id=None)

    assert correcting.wanted(session, correction.id) is None
    assert not correcting.made_ready(session, correction.id, 99)
    assert session.get_one(Launch, issue_id).compiled_id == before


def test_a_second_correction_takes_the_place_of_the_first_that_is_still_being_made(session: Session, settings: Settings) -> None:
    issue_id = _stopped(session, settings)
    first = corrected.asked(session, issue_id, "Good noon.")
    second = corrected.asked(session, issue_id, "Good night.")
    session.expire_all()

    assert correcting.wanted(session, first.id) is None
    assert correcting.open_of(session, issue_id) == second


def test_a_version_made_after_the_issue_was_cancelled_changes_nothing(session: Session, settings: Settings) -> None:
    issue_id = _stopped(session, settings)
    before = session.get_one(Launch, issue_id).compiled_id
    correction = corrected.asked(session, issue_id)
    launch.cancel(session, issue_id, user_id=None)

    corrected.compiled(session, correction)

    assert session.get_one(Launch, issue_id).compiled_id == before


def test_a_correction_that_changes_nothing_says_so(session: Session, settings: Settings) -> None:
    issue_id = _stopped(session, settings)
    correction = corrected.asked(session, issue_id)

    correcting.made_ready(session, correction.id, session.get_one(Launch, issue_id).compiled_id)

    session.expire_all()
    assert correction.problems[0]["message"] == correcting.NOTHING_NEW.message
    assert correction.used_from is None


def test_what_is_being_sent_cannot_be_corrected(session: Session, settings: Settings) -> None:
    letter = factories.newsletter(session)
    compiled = factories.ready_issue(session, letter)
    launch.start(session, settings, compiled.issue_id, compiled.id)

    with pytest.raises(correcting.NotStopped):
        corrected.asked(session, compiled.issue_id)


def test_a_correction_says_what_was_wrong_and_the_log_keeps_it(session: Session, settings: Settings) -> None:
    issue_id = _stopped(session, settings)

    with pytest.raises(Invalid, match="Say what was wrong"):
        corrected.asked(session, issue_id, note="   ")
    corrected.compiled(session, corrected.asked(session, issue_id, note="A wrong figure"))

    told = session.scalars(select(AuditEntry).where(AuditEntry.act == "issue.corrected")).one()
    assert told.details == {"note": "A wrong figure", "version": 2}


def test_a_correction_that_forbids_sending_is_refused_with_its_reasons(session: Session, settings: Settings) -> None:
    issue_id = _stopped(session, settings)
    session.execute(update(Newsletter).values(legal_name=""))
    session.expire_all()

    with pytest.raises(correcting.NotSendable) as refusal:
        corrected.asked(session, issue_id)

    assert [problem.values["setting"] for problem in refusal.value.problems] == ["legal_name"]


def test_what_was_begun_is_not_booked_again(session: Session, settings: Settings) -> None:
    letter = factories.newsletter(session)
    compiled = factories.ready_issue(session, letter)
    factories.slot(session, letter, compiled)
    launch.launch_due(session, settings, core_clock.now())
    session.execute(update(factories.Issue).values(state=IssueState.NEEDS_DECISION))
    session.expire_all()
    free = factories.slot(session, letter, fires_at=core_clock.now() + timedelta(days=1))

    with pytest.raises(booking.Conflict, match="has begun"):
        booking.book(session, slot_id=free.id, issue_id=compiled.issue_id, revision_id=compiled.revision_id, user_id=None)


def _stopped(session: Session, settings: Settings) -> int:
    letter = factories.newsletter(session)
    factories.readers(session, letter, 3)
    compiled = factories.ready_issue(session, letter)
    launch.start(session, settings, compiled.issue_id, compiled.id)
    launch.pause(session, compiled.issue_id, user_id=None)
    return compiled.issue_id
