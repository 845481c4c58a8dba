"""The sender: everyone entitled once, nobody who has left meanwhile, and a clean stop at any time."""

from collections import Counter

from sqlalchemy import select, update

from service.core import clock as core_clock
from service.core.database import Database
from service.core.settings import Settings
from service.delivery import evidence
from service.delivery.launching import launch
from service.delivery.models import Batch, BatchState, Delivery, Lane, Launch
from service.delivery.sending import reconcile
from service.delivery.states import DeliveryState
from service.issues.models import IssueState
from service.newsletters.models import OpenMeasurement
from service.subscribers.models import Standing, Subscriber, Subscription, Suppression, SuppressionReason
from tests.support import factories, sending
from tests.support.post import MemoryTransport


def test_everybody_gets_one_mail_and_the_issue_is_closed(database: Database, settings: Settings) -> None:
    settings = settings.model_copy(update={"batch_size": 4})
    issue_id = sending.start(database, settings, 10)
    transport = MemoryTransport()

    done = sending.sender(database, settings, transport).drain("naver")
    swept = reconcile.sweep(database, settings)

    assert Counter(transport.taken) == dict.fromkeys(sending.emails(database), 1)
    assert (done.batches, done.outcomes["accepted"]) == (3, 10)
    assert sending.states(database, issue_id) == {"accepted": 10}
    assert swept.closed == [issue_id]
    assert sending.issue_state(database, issue_id) is IssueState.SENT
    with database.reading() as session:
        assert session.get_one(Launch, issue_id).counts == {"accepted": 10}
        assert session.scalars(select(Delivery.tries).distinct()).all() == [1]
    assert list(evidence.folder(settings).iterdir()) == []


def test_a_drain_goes_on_with_the_lanes_that_have_work(database: Database, settings: Settings) -> None:
    issue_id = sending.start(database, settings, 4, domains=("naver.com", "gmail.com"))
    transport = MemoryTransport()

    sending.sender(database, settings, transport).drain("google")

    assert [address.partition("@")[2] for address in transport.taken] == ["gmail.com", "gmail.com", "naver.com", "naver.com"]
    assert sending.states(database, issue_id) == {"accepted": 4}


def test_the_mail_carries_the_readers_own_tokens(database: Database, settings: Settings) -> None:
    sending.start(database, settings, 2)
    transport = MemoryTransport()

    sending.sender(database, settings, transport).drain("naver")

    (first, first_mail), (second, second_mail) = transport.mails
    assert f"To: {first}\r\n".encode() in first_mail
    assert second.encode() not in first_mail
    assert first_mail.split(b"Message-ID: ")[1].split(b"\r\n")[0] != second_mail.split(b"Message-ID: ")[1].split(b"\r\n")[0]
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in first_mail


def test_whoever_has_left_before_the_claim_is_skipped(database: Database, settings: Settings) -> None:
    issue_id = sending.start(database, settings, 3)
    with database.writing() as session:
        left, suppressed = session.scalars(select(Subscriber).order_by(Subscriber.id).limit(2))
        session.execute(update(Subscription).where(Subscription.subscriber_id == left.id).values(state=Standing.UNSUBSCRIBED))
        factories.suppression(session, suppressed)
    transport = MemoryTransport()

    sending.sender(database, settings, transport).drain("naver")

    assert transport.offered == sending.emails(database)[2:]
    with database.reading() as session:
        reasons = session.scalars(select(Delivery.reason).where(Delivery.state == DeliveryState.SKIPPED).order_by(Delivery.subscriber_id))
        assert reasons.all() == ["unsubscribed", "suppressed"]
    assert sending.states(database, issue_id) == {"accepted": 1, "skipped": 2}


def test_whoever_leaves_during_the_sending_is_skipped(database: Database, settings: Settings) -> None:
    issue_id = sending.start(database, settings, 6)
    addresses = sending.emails(database)

    def last_one_leaves(address: str) -> None:
        if address == addresses[0]:
            with database.writing() as session:
                person = session.scalars(select(Subscriber).where(Subscriber.email == addresses[-1])).one()
                session.add(Suppression(address_hash=person.address_hash, reason=SuppressionReason.COMPLAINT, at=core_clock.now()))

    transport = MemoryTransport(before=last_one_leaves)
    transport.window = 2

    sending.sender(database, settings, transport).drain("naver")

    assert transport.offered == addresses[:-1]
    assert sending.states(database, issue_id) == {"accepted": 5, "skipped": 1}


def test_pause_stops_before_the_next_window_and_resume_sends_the_rest_once(database: Database, settings: Settings) -> None:
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

    assert sending.states(database, issue_id) == {"accepted": 2, "queued": 4}
    with database.writing() as session:
        launch.resume(session, issue_id, user_id=None)
        session.execute(update(Batch).values(next_at=core_clock.now()))
    post_office.drain("naver")
    assert transport.taken == addresses


def test_cancel_keeps_what_was_accepted_and_skips_the_rest(database: Database, settings: Settings) -> None:
    issue_id = sending.start(database, settings, 6)
    addresses = sending.emails(database)

    def cancel(address: str) -> None:
        if address == addresses[1]:
            with database.writing() as session:
                launch.cancel(session, issue_id, user_id=None)

    transport = MemoryTransport(before=cancel)
    transport.window = 2

    sending.sender(database, settings, transport).drain("naver")
    swept = reconcile.sweep(database, settings)

    assert sending.states(database, issue_id) == {"accepted": 2, "skipped": 4}
    assert swept.closed == [issue_id]
    assert sending.issue_state(database, issue_id) is IssueState.CANCELLED


def test_a_stop_records_what_is_done_and_releases_the_rest(database: Database, settings: Settings) -> None:
    issue_id = sending.start(database, settings, 5)
    transport = MemoryTransport()
    post_office = sending.sender(database, settings, transport)
    third = sending.emails(database)[2]
    transport.before = lambda address: post_office.stop() if address == third else None

    done = post_office.drain("naver")

    assert not done.is_time_up
    assert sending.states(database, issue_id) == {"accepted": 3, "queued": 2}
    with database.reading() as session:
        batch = session.scalars(select(Batch)).one()
        assert (batch.state, batch.lease_until, batch.journal) == (BatchState.OPEN, None, None)
        assert session.scalars(select(Lane)).all() == []


def test_consent_taken_back_before_the_hand_over_leaves_no_pixel_and_no_base(database: Database, settings: Settings) -> None:
    with database.writing() as session:
        letter = factories.newsletter(session, open_measurement=OpenMeasurement.CONSENT)
        ada = factories.reader(session, letter, "ada@naver.com", may_track_opens=True)
        html = "<html><body><p>Hello</p>pr0begin0tracked0PIXELpr0end0tracked0</body></html>"
        compiled = factories.compiled_issue(session, factories.issue(session, letter), html=html)
        assert launch.start(session, settings, compiled.issue_id, compiled.id).tracked == 1
        session.execute(update(Subscription).where(Subscription.subscriber_id == ada.id).values(may_track_opens=False))
    transport = MemoryTransport()

    sending.sender(database, settings, transport).drain("naver")

    assert b"PIXEL" not in transport.mails[0][1]
    with database.reading() as session:
        assert session.get_one(Launch, compiled.issue_id).tracked == 0
