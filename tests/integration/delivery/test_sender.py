"""The sender: everyone entitled once, outcomes under the fencing token, nobody who has left meanwhile, and what stands in the way."""

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from service.core import clock as core_clock
from service.core.database import Database
from service.core.settings import Settings
from service.delivery import batching, evidence, launch, reconcile, recording
from service.delivery.models import Attempt, Batch, BatchState, Delivery, Lane, Launch, Retry
from service.delivery.recording import Holding, Settled
from service.delivery.sender import Sender
from service.delivery.states import DeliveryState
from service.issues.models import Issue, IssueState
from service.newsletters.models import Newsletter, OpenMeasurement
from service.subscribers.models import Standing, Subscriber, Subscription, Suppression, SuppressionReason
from tests.support import factories, post
from tests.support.post import MemoryTransport


def start(database: Database, settings: Settings, count: int = 6, *, domains: tuple[str, ...] = ("naver.com",)) -> int:
    """An issue that is sending to `count` readers; returns its id."""
    with database.writing() as session:
        letter = session.scalar(select(Newsletter)) or factories.newsletter(session)
        if count:
            factories.readers(session, letter, count, domains=domains)
        compiled = factories.ready_issue(session, letter)
        launch.start(session, settings, compiled.issue_id, compiled.id)
        return compiled.issue_id


def sender(database: Database, settings: Settings, transport: MemoryTransport) -> Sender:
    return Sender(database, transport, factories.SIGNER, settings)


def states(database: Database, issue_id: int) -> dict[str, int]:
    with database.reading() as session:
        rows = session.execute(select(Delivery.state, func.count()).where(Delivery.issue_id == issue_id).group_by(Delivery.state))
        return {state.value: count for state, count in rows}


def issue_state(database: Database, issue_id: int) -> IssueState:
    with database.reading() as session:
        return session.get_one(Issue, issue_id).state


def emails(database: Database) -> list[str]:
    with database.reading() as session:
        return [email or "" for email in session.scalars(select(Subscriber.email).order_by(Subscriber.id))]


def test_everybody_gets_one_mail_and_the_issue_is_closed(database: Database, settings: Settings) -> None:
    settings = settings.model_copy(update={"batch_size": 4})
    issue_id = start(database, settings, 10)
    transport = MemoryTransport()

    done = sender(database, settings, transport).drain("naver")
    swept = reconcile.sweep(database, settings)

    assert Counter(transport.taken) == dict.fromkeys(emails(database), 1)
    assert (done.batches, done.outcomes["accepted"]) == (3, 10)
    assert states(database, issue_id) == {"accepted": 10}
    assert swept.closed == [issue_id]
    assert issue_state(database, issue_id) is IssueState.SENT
    with database.reading() as session:
        assert session.get_one(Launch, issue_id).counts == {"accepted": 10}
        assert session.scalars(select(Delivery.tries).distinct()).all() == [1]
    assert list(evidence.folder(settings).iterdir()) == []


def test_only_the_lane_is_drained(database: Database, settings: Settings) -> None:
    issue_id = start(database, settings, 4, domains=("naver.com", "gmail.com"))
    transport = MemoryTransport()

    sender(database, settings, transport).drain("google")

    assert {address.partition("@")[2] for address in transport.taken} == {"gmail.com"}
    assert states(database, issue_id) == {"accepted": 2, "queued": 2}


def test_the_mail_carries_the_readers_own_tokens(database: Database, settings: Settings) -> None:
    start(database, settings, 2)
    transport = MemoryTransport()

    sender(database, settings, transport).drain("naver")

    (first, first_mail), (second, second_mail) = transport.mails
    assert f"To: {first}\r\n".encode() in first_mail
    assert second.encode() not in first_mail
    assert first_mail.split(b"Message-ID: ")[1].split(b"\r\n")[0] != second_mail.split(b"Message-ID: ")[1].split(b"\r\n")[0]
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in first_mail


def test_issues_take_turns_in_a_lane(database: Database, settings: Settings) -> None:
    settings = settings.model_copy(update={"batch_size": 1})
    first, second = start(database, settings, 2), start(database, settings, 0)
    turns: list[int] = []
    with database.writing() as session:
        after = 0
        while claim := batching.claim(session, settings, "naver", core_clock.now(), host="h", journal="j", after_issue=after):
            after = claim.issue.issue_id
            turns.append(after)

    assert turns == [first, second, first, second]


def test_whoever_has_left_before_the_claim_is_skipped(database: Database, settings: Settings) -> None:
    issue_id = start(database, settings, 3)
    with database.writing() as session:
        left, suppressed = session.scalars(select(Subscriber).order_by(Subscriber.id).limit(2))
        session.execute(update(Subscription).where(Subscription.subscriber_id == left.id).values(state=Standing.UNSUBSCRIBED))
        factories.suppression(session, suppressed)
    transport = MemoryTransport()

    sender(database, settings, transport).drain("naver")

    assert transport.offered == emails(database)[2:]
    with database.reading() as session:
        reasons = session.scalars(select(Delivery.reason).where(Delivery.state == DeliveryState.SKIPPED).order_by(Delivery.subscriber_id))
        assert reasons.all() == ["unsubscribed", "suppressed"]
    assert states(database, issue_id) == {"accepted": 1, "skipped": 2}


def test_whoever_leaves_during_the_sending_is_skipped(database: Database, settings: Settings) -> None:
    issue_id = start(database, settings, 6)
    addresses = emails(database)

    def last_one_leaves(address: str) -> None:
        if address == addresses[0]:
            with database.writing() as session:
                person = session.scalars(select(Subscriber).where(Subscriber.email == addresses[-1])).one()
                session.add(Suppression(address_hash=person.address_hash, reason=SuppressionReason.COMPLAINT, at=core_clock.now()))

    transport = MemoryTransport(before=last_one_leaves)
    transport.window = 2

    sender(database, settings, transport).drain("naver")

    assert transport.offered == addresses[:-1]
    assert states(database, issue_id) == {"accepted": 5, "skipped": 1}


def test_pause_stops_before_the_next_window_and_resume_sends_the_rest_once(database: Database, settings: Settings) -> None:
    issue_id = start(database, settings, 6)
    addresses = emails(database)

    def pause(address: str) -> None:
        if address == addresses[1]:
            with database.writing() as session:
                launch.pause(session, issue_id, user_id=None)

    transport = MemoryTransport(before=pause)
    transport.window = 2
    sending = sender(database, settings, transport)

    sending.drain("naver")

    assert states(database, issue_id) == {"accepted": 2, "queued": 4}
    with database.writing() as session:
        launch.resume(session, issue_id, user_id=None)
        session.execute(update(Batch).values(next_at=core_clock.now()))
    sending.drain("naver")
    assert transport.taken == addresses


def test_cancel_keeps_what_was_accepted_and_skips_the_rest(database: Database, settings: Settings) -> None:
    issue_id = start(database, settings, 6)
    addresses = emails(database)

    def cancel(address: str) -> None:
        if address == addresses[1]:
            with database.writing() as session:
                launch.cancel(session, issue_id, user_id=None)

    transport = MemoryTransport(before=cancel)
    transport.window = 2

    sender(database, settings, transport).drain("naver")
    swept = reconcile.sweep(database, settings)

    assert states(database, issue_id) == {"accepted": 2, "skipped": 4}
    assert swept.closed == [issue_id]
    assert issue_state(database, issue_id) is IssueState.CANCELLED


def test_an_unreachable_mail_server_leaves_the_rows_queued_and_no_try_counted(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    issue_id = start(database, settings, 3)
    transport = MemoryTransport()
    transport.is_down = True
    sending = sender(database, settings, transport)

    sending.drain("naver")

    assert states(database, issue_id) == {"queued": 3}
    with database.reading() as session:
        assert session.scalars(select(Delivery.tries).distinct()).all() == [0]
        trouble = session.scalars(select(Lane)).one()
        assert (trouble.name, trouble.reason, trouble.text) == ("*", "network", "connection refused")
        assert batching.waiting_lanes(session, core_clock.now()) == []

    transport.is_down = False
    clock.shift(timedelta(seconds=5))
    sending.drain("naver")
    assert states(database, issue_id) == {"accepted": 3}
    with database.reading() as session:
        assert session.scalars(select(Lane)).all() == []


def test_a_server_that_stays_away_is_asked_ever_more_rarely_by_one_probe(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    start(database, settings.model_copy(update={"batch_size": 1}), 10)
    transport = MemoryTransport()
    transport.is_down = True
    sending = sender(database, settings, transport)
    rests = []

    for _ in range(7):
        sending.drain("naver")
        with database.reading() as session:
            until = session.scalars(select(Lane.paused_until)).one()
        assert until is not None
        rests.append((until - core_clock.now()).total_seconds())
        clock.move_to(until)

    assert rests == [1, 1, 1, 1, 30, 60, 120]
    with database.writing() as session:
        probe = batching.claim(session, settings, "naver", core_clock.now(), host="h", journal="j")
        other = batching.claim(session, settings, "naver", core_clock.now(), host="h", journal="k")
    assert probe is not None
    assert other is None


def test_a_refused_address_is_final_and_its_words_are_kept_masked(database: Database, settings: Settings) -> None:
    issue_id = start(database, settings, 2)
    bad = emails(database)[0]
    transport = MemoryTransport({bad: post.reply(550, f"5.1.1 <{bad}> user unknown", "5.1.1")})

    sender(database, settings, transport).drain("naver")

    assert states(database, issue_id) == {"accepted": 1, "refused": 1}
    with database.reading() as session:
        attempt = session.scalars(select(Attempt)).one()
    assert (attempt.code, attempt.enhanced, attempt.reason) == (550, "5.1.1", "unknown_user")
    assert bad not in attempt.text


def test_a_deferred_delivery_is_tried_again_when_due_and_accepted_once(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    issue_id = start(database, settings, 2)
    grey = emails(database)[0]
    transport = MemoryTransport({grey: post.reply(451, "4.7.1 greylisted, try again later", "4.7.1")})
    sending = sender(database, settings, transport)

    sending.drain("naver")
    early = reconcile.sweep(database, settings)

    assert states(database, issue_id) == {"accepted": 1, "deferred": 1}
    assert early.lanes == []
    transport.answers.clear()
    clock.shift(timedelta(minutes=10))
    assert reconcile.sweep(database, settings).lanes == ["naver"]
    sending.drain("naver")
    assert Counter(transport.taken) == dict.fromkeys(emails(database), 1)
    assert reconcile.sweep(database, settings).closed == [issue_id]
    with database.reading() as session:
        assert session.scalars(select(Retry)).all() == []
        assert session.scalars(select(func.max(Delivery.tries))).one() == 2


def test_a_delivery_that_is_deferred_past_its_age_is_refused_as_expired(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    issue_id = start(database, settings, 1)
    transport = MemoryTransport(default=post.reply(451, "4.7.1 greylisted, try again later", "4.7.1"))
    sending = sender(database, settings, transport)

    for _ in range(30):
        reconcile.sweep(database, settings)
        sending.drain("naver")
        clock.shift(timedelta(hours=2))

    assert states(database, issue_id) == {"refused": 1}
    with database.reading() as session:
        assert session.scalars(select(Delivery.reason)).one() == "expired"
    assert issue_state(database, issue_id) is IssueState.SENT


def test_faults_of_our_own_stop_the_lane_blame_nobody_and_go_out_when_reopened(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    issue_id = start(database, settings, 8)
    transport = MemoryTransport(default=post.reply(550, "5.7.26 unauthenticated mail from our domain", "5.7.26"))
    transport.window = 1
    sending = sender(database, settings, transport)

    sending.drain("naver")

    assert states(database, issue_id) == {"deferred": 3, "queued": 5}
    with database.reading() as session:
        trouble = session.scalars(select(Lane)).one()
        assert (trouble.is_held, trouble.reason) == (True, "authentication")
    clock.shift(timedelta(hours=1))
    sending.drain("naver")
    assert len(transport.offered) == 3

    transport.default = post.ACCEPTED
    with database.writing() as session:
        launch.pause(session, issue_id, user_id=None)
        launch.resume(session, issue_id, user_id=None)
    reconcile.sweep(database, settings)
    sending.drain("naver")
    assert states(database, issue_id) == {"accepted": 8}


def test_what_waits_for_us_past_its_age_is_skipped_and_not_blamed(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    issue_id = start(database, settings, 1)
    transport = MemoryTransport(default=post.reply(550, "5.7.26 unauthenticated mail from our domain", "5.7.26"))
    sender(database, settings, transport).drain("naver")
    clock.shift(timedelta(hours=25))

    reconcile.sweep(database, settings)

    assert states(database, issue_id) == {"skipped": 1}


def test_a_stop_records_what_is_done_and_releases_the_rest(database: Database, settings: Settings) -> None:
    issue_id = start(database, settings, 5)
    transport = MemoryTransport()
    sending = sender(database, settings, transport)
    third = emails(database)[2]
    transport.before = lambda address: sending.stop() if address == third else None

    done = sending.drain("naver")

    assert not done.is_time_up
    assert states(database, issue_id) == {"accepted": 3, "queued": 2}
    with database.reading() as session:
        batch = session.scalars(select(Batch)).one()
        assert (batch.state, batch.lease_until, batch.journal) == (BatchState.OPEN, None, None)
        assert session.scalars(select(Lane)).all() == []


def test_two_claimers_never_hold_the_same_batch(database: Database, settings: Settings) -> None:
    settings = settings.model_copy(update={"batch_size": 1})
    start(database, settings, 6)
    held: list[int] = []

    for number in range(8):
        with database.writing() as session:
            claim = batching.claim(session, settings, "naver", core_clock.now(), host="h", journal=str(number))
            held += [claim.no] if claim else []

    assert sorted(held) == [1, 2, 3, 4, 5, 6]


def test_a_stale_token_writes_nothing(session: Session, settings: Settings) -> None:
    letter = factories.newsletter(session)
    (reader,) = factories.readers(session, letter, 1, domains=("naver.com",))
    compiled = factories.ready_issue(session, letter)
    launch.start(session, settings, compiled.issue_id, compiled.id)
    claim = batching.claim(session, settings, "naver", core_clock.now(), host="h", journal="j")
    assert claim is not None
    stale = Holding(compiled.issue_id, claim.no, claim.token - 1, "naver", compiled.id, claim.give_up_at)

    is_recorded = recording.record(session, settings, stale, [Settled(reader, 0, post.ACCEPTED)])

    assert not is_recorded
    assert session.scalars(select(Delivery.state)).all() == [DeliveryState.QUEUED]
    assert session.scalars(select(Batch.state)).all() == [BatchState.CLAIMED]


def test_recording_twice_is_recording_once(session: Session, settings: Settings) -> None:
    letter = factories.newsletter(session)
    (reader,) = factories.readers(session, letter, 1, domains=("naver.com",))
    compiled = factories.ready_issue(session, letter)
    launch.start(session, settings, compiled.issue_id, compiled.id)
    claim = batching.claim(session, settings, "naver", core_clock.now(), host="h", journal="j")
    assert claim is not None
    holding = Holding(compiled.issue_id, claim.no, claim.token, "naver", compiled.id, claim.give_up_at)

    answers = [recording.record(session, settings, holding, [Settled(reader, 0, post.ACCEPTED)]) for _ in range(2)]

    assert answers == [True, False]
    assert session.scalars(select(Delivery.tries)).all() == [1]


def test_consent_taken_back_before_the_hand_over_leaves_no_pixel_and_no_base(database: Database, settings: Settings) -> None:
    with database.writing() as session:
        letter = factories.newsletter(session, open_measurement=OpenMeasurement.CONSENT)
        ada = factories.reader(session, letter, "ada@naver.com", may_track_opens=True)
        html = "<html><body><p>Hello</p>pr0begin0tracked0PIXELpr0end0tracked0</body></html>"
        compiled = factories.compiled_issue(session, factories.issue(session, letter), html=html)
        assert launch.start(session, settings, compiled.issue_id, compiled.id).tracked == 1
        session.execute(update(Subscription).where(Subscription.subscriber_id == ada.id).values(may_track_opens=False))
    transport = MemoryTransport()

    sender(database, settings, transport).drain("naver")

    assert b"PIXEL" not in transport.mails[0][1]
    with database.reading() as session:
        assert session.get_one(Launch, compiled.issue_id).tracked == 0


def test_a_letter_that_cannot_be_filled_needs_a_decision_and_leaves_nobody_claimed(database: Database, settings: Settings) -> None:
    with database.writing() as session:
        letter = factories.newsletter(session)
        factories.reader(session, letter)
        compiled = factories.compiled_issue(session, factories.issue(session, letter), html="<p>pr0field0salary0</p>")
        launch.start(session, settings, compiled.issue_id, compiled.id)

    sender(database, settings, MemoryTransport()).drain("naver")

    assert issue_state(database, compiled.issue_id) is IssueState.NEEDS_DECISION
    assert states(database, compiled.issue_id) == {"queued": 1}


def test_a_full_disk_is_found_before_anything_is_claimed(database: Database, settings: Settings) -> None:
    issue_id = start(database, settings, 1)
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    evidence.folder(settings).write_text("a file where the folder should be")

    with pytest.raises(OSError, match="journals"):
        sender(database, settings, MemoryTransport()).drain("naver")

    assert states(database, issue_id) == {"queued": 1}
    with database.reading() as session:
        assert session.scalars(select(Batch.state)).all() == [BatchState.OPEN]
