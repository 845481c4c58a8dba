"""What stands in the sender's way: refusals, deferrals, faults of our own, a mail server that is away, a full disk."""

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from service.core import clock as core_clock
from service.core.database import Database
from service.core.errors import Invalid
from service.core.settings import Settings
from service.delivery import evidence, questions
from service.delivery.identity import instance_file
from service.delivery.launching import launch
from service.delivery.ledger import batching
from service.delivery.models import Attempt, Batch, BatchState, Delivery, Lane, Retry
from service.delivery.overview import troubles
from service.delivery.pacing import lanes
from service.delivery.reasons import Reason
from service.delivery.sending import reconcile
from service.delivery.sending.claims import Claims
from service.delivery.sending.lease import Heartbeat
from service.delivery.sending.letters import Letter, Letters
from service.issues.models import IssueState
from service.newsletters.models import Newsletter
from tests.support import copies, factories, post, sending
from tests.support.post import MemoryTransport


def test_an_unreachable_mail_server_leaves_the_rows_queued_and_no_try_counted(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    issue_id = sending.start(database, settings, 3)
    transport = MemoryTransport()
    transport.is_down = True
    post_office = sending.sender(database, settings, transport)

    post_office.drain("naver")

    assert sending.states(database, issue_id) == {"queued": 3}
    with database.reading() as session:
        assert session.scalars(select(Delivery.tries).distinct()).all() == [0]
        trouble = session.scalars(select(Lane)).one()
        assert (trouble.name, trouble.reason, trouble.text) == ("*", "network", "connection refused")
        assert batching.wanted(session, settings, core_clock.now()) == []

    transport.is_down = False
    clock.shift(timedelta(seconds=5))
    post_office.drain("naver")
    assert sending.states(database, issue_id) == {"accepted": 3}
    with database.reading() as session:
        assert session.scalars(select(Lane)).all() == []


def test_a_server_that_stays_away_is_asked_ever_more_rarely_by_one_probe(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    sending.start(database, settings.model_copy(update={"batch_size": 1}), 10)
    transport = MemoryTransport()
    transport.is_down = True
    post_office = sending.sender(database, settings, transport)
    rests = []

    for _ in range(7):
        post_office.drain("naver")
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
    issue_id = sending.start(database, settings, 2)
    bad = sending.emails(database)[0]
    transport = MemoryTransport({bad: post.reply(550, f"5.1.1 <{bad}> user unknown", "5.1.1")})

    sending.sender(database, settings, transport).drain("naver")

    assert sending.states(database, issue_id) == {"accepted": 1, "refused": 1}
    with database.reading() as session:
        attempt = session.scalars(select(Attempt)).one()
    assert (attempt.code, attempt.enhanced, attempt.reason) == (550, "5.1.1", "unknown_user")
    assert bad not in attempt.text


def test_a_deferred_delivery_is_tried_again_when_due_and_accepted_once(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    issue_id = sending.start(database, settings, 2)
    grey = sending.emails(database)[0]
    transport = MemoryTransport({grey: post.reply(451, "4.7.1 greylisted, try again later", "4.7.1")})
    post_office = sending.sender(database, settings, transport)

    post_office.drain("naver")
    early = reconcile.sweep(database, settings)

    assert sending.states(database, issue_id) == {"accepted": 1, "deferred": 1}
    assert early.lanes == []
    transport.answers.clear()
    clock.shift(timedelta(minutes=10))
    assert reconcile.sweep(database, settings).lanes == ["naver"]
    post_office.drain("naver")
    assert Counter(transport.taken) == dict.fromkeys(sending.emails(database), 1)
    assert reconcile.sweep(database, settings).closed == [issue_id]
    with database.reading() as session:
        assert session.scalars(select(Retry)).all() == []
        assert session.scalars(select(func.max(Delivery.tries))).one() == 2


def test_a_delivery_that_is_deferred_past_its_age_is_refused_as_expired(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    issue_id = sending.start(database, settings, 1)
    transport = MemoryTransport(default=post.reply(451, "4.7.1 greylisted, try again later", "4.7.1"))
    post_office = sending.sender(database, settings, transport)

    for _ in range(30):
        reconcile.sweep(database, settings)
        post_office.drain("naver")
        clock.shift(timedelta(hours=2))

    assert sending.states(database, issue_id) == {"refused": 1}
    with database.reading() as session:
        assert session.scalars(select(Delivery.reason)).one() == "expired"
    assert sending.issue_state(database, issue_id) is IssueState.SENT


def test_faults_of_our_own_stop_the_lane_blame_nobody_and_go_out_when_reopened(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    issue_id = sending.start(database, settings, 8)
    transport = MemoryTransport(default=post.reply(550, "5.7.26 unauthenticated mail from our domain", "5.7.26"))
    transport.window = 1
    post_office = sending.sender(database, settings, transport)

    post_office.drain("naver")

    assert sending.states(database, issue_id) == {"deferred": 3, "queued": 5}
    with database.reading() as session:
        trouble = session.scalars(select(Lane)).one()
        assert (trouble.is_held, trouble.reason) == (True, "authentication")
    clock.shift(timedelta(hours=1))
    post_office.drain("naver")
    assert len(transport.offered) == 3

    transport.default = post.ACCEPTED
    with database.writing() as session:
        launch.pause(session, issue_id, user_id=None)
        launch.resume(session, issue_id, user_id=None)
    reconcile.sweep(database, settings)
    post_office.drain("naver")
    assert sending.states(database, issue_id) == {"accepted": 8}


def test_what_waits_for_us_past_its_age_is_skipped_and_not_blamed(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    issue_id = sending.start(database, settings, 1)
    transport = MemoryTransport(default=post.reply(550, "5.7.26 unauthenticated mail from our domain", "5.7.26"))
    sending.sender(database, settings, transport).drain("naver")
    clock.shift(timedelta(hours=25))

    reconcile.sweep(database, settings)

    assert sending.states(database, issue_id) == {"skipped": 1}


def test_a_sender_that_was_mended_stands_in_the_next_batch(database: Database, settings: Settings) -> None:
    settings = settings.model_copy(update={"batch_size": 1})
    sending.start(database, settings, 2)

    def mend(_address: str) -> None:
        with database.writing() as session:
            session.execute(update(Newsletter).values(sender_email="letter@mended.example.com"))

    transport = MemoryTransport(before=mend)

    sending.sender(database, settings, transport).drain("naver")

    assert [b"@mended.example.com" in mail for _, mail in transport.mails] == [False, True]


def test_a_server_that_only_puts_off_is_still_in_trouble(database: Database, settings: Settings, clock: time_machine.Traveller) -> None:
    sending.start(database, settings, 1)
    with database.writing() as session:
        lanes.rest(session, settings, lanes.EVERY, Reason.RATE, "too many messages")
    transport = MemoryTransport(default=post.reply(451, "4.7.1 greylisted, try again later", "4.7.1"))
    clock.shift(timedelta(minutes=16))

    sending.sender(database, settings, transport).drain("naver")

    assert len(transport.offered) == 1
    with database.reading() as session:
        assert [row.name for row in lanes.troubles(session)] == [lanes.EVERY]


def test_a_letter_that_cannot_be_filled_needs_a_decision_and_leaves_nobody_claimed(database: Database, settings: Settings) -> None:
    with database.writing() as session:
        letter = factories.newsletter(session)
        factories.reader(session, letter)
        compiled = factories.compiled_issue(session, factories.issue(session, letter), html="<p>pr0field0salary0</p>")
        launch.start(session, settings, compiled.issue_id, compiled.id)

    sending.sender(database, settings, MemoryTransport()).drain("naver")

    assert sending.issue_state(database, compiled.issue_id) is IssueState.NEEDS_DECISION
    assert sending.states(database, compiled.issue_id) == {"queued": 1}
    with database.reading() as session:
        (asked,) = questions.open_for(session, compiled.issue_id)
    assert (asked.kind, asked.was, asked.values["filled"]) == (questions.Kind.UNFILLABLE, IssueState.SENDING, {"names": "salary"})


def test_a_letter_that_cannot_be_filled_is_asked_about_by_one_sender_and_never_against_somebody_s_act(
    database: Database, settings: Settings
) -> None:
    issue_id = sending.start(database, settings, 2)

    with Heartbeat(database, settings) as heartbeat:
        letters = PausedMeanwhile(database, settings, issue_id)
        taken = Claims(database, settings, letters, heartbeat, "naver", lambda: False).take()

    assert taken is None
    assert sending.issue_state(database, issue_id) is IssueState.PAUSED
    assert copies.kinds(database, issue_id) == []
    with database.reading() as session:
        assert session.scalars(select(Batch.state)).all() == [BatchState.OPEN]


def test_a_batch_that_cannot_be_given_back_is_let_go_for_the_sweep(database: Database, settings: Settings) -> None:
    issue_id = sending.start(database, settings, 2)
    with Heartbeat(database, settings) as heartbeat:
        claims = Claims(database, settings, Letters(settings, factories.SIGNER), heartbeat, "naver", lambda: False)
        work = claims.take()
        assert work is not None
        instance_file.path(settings.var_dir).unlink()
        instance_file.path(settings.var_dir).mkdir()

        with pytest.raises(OSError, match="directory"):
            claims.give_back(work, None)
    reconcile.sweep(database, settings)

    assert sending.states(database, issue_id) == {"queued": 2}
    with database.reading() as session:
        assert session.scalars(select(Batch.state)).all() == [BatchState.OPEN]


class PausedMeanwhile(Letters):
    """Letters that cannot be filled, of an issue that an operator pauses while one is prepared."""

    def __init__(self, database: Database, settings: Settings, issue_id: int) -> None:
        super().__init__(settings, factories.SIGNER)
        self._office = database
        self._issue_id = issue_id

    def letter(self, session: Session, compiled_id: int) -> Letter:
        with self._office.writing() as office:
            launch.pause(office, self._issue_id, user_id=None)
        raise Invalid("The letter has fields that nobody fills: {names}.", names="salary")


def test_a_full_disk_is_found_before_anything_is_claimed(database: Database, settings: Settings) -> None:
    issue_id = sending.start(database, settings, 1)
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    evidence.folder(settings).write_text("a file where the folder should be")

    sending.sender(database, settings, MemoryTransport()).drain("naver")

    assert sending.states(database, issue_id) == {"queued": 1}
    with database.reading() as session:
        assert session.scalars(select(Batch.state)).all() == [BatchState.OPEN]
        (trouble,) = troubles.of(session, issue_id)
        assert "cannot keep its journal" in trouble.message
    evidence.folder(settings).unlink()
    sending.sender(database, settings, MemoryTransport()).drain("naver")
    with database.reading() as session:
        assert troubles.of(session, issue_id) == []
