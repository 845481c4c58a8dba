"""Uncertain deliveries: settled by evidence, by a decision, by the newsletter's policy; never twice, and never sent again unasked."""

from datetime import timedelta
from itertools import pairwise

import pytest
import time_machine
from sqlalchemy import select, update

from service.core import clock
from service.core.audit import AuditEntry
from service.core.database import Database
from service.core.settings import Settings
from service.delivery.ledger import doubts, tallies
from service.delivery.models import Batch, BatchState, Delivery, Doubt, Launch, Proof
from service.delivery.overview import queries
from service.delivery.reasons import Reason
from service.delivery.sending import reconcile
from service.delivery.states import DeliveryState
from service.delivery.uncertain import settling, settling_choices
from service.delivery.uncertain.settling import Finding
from service.delivery.uncertain.settling_choices import Choice, NotSentAgain
from service.issues.models import IssueState
from service.newsletters.models import Newsletter, UncertainPolicy
from tests.support import sending
from tests.support.doubts import LOST, in_doubt
from tests.support.post import MemoryTransport

HOLD = timedelta(minutes=180)


def policy(database: Database, **values: object) -> None:
    with database.writing() as session:
        session.execute(update(Newsletter).values(**values))


def choose(database: Database, issue_id: int, choice: Choice, who: list[int] | None = None) -> int:
    with database.writing() as session:
        return settling_choices.choose(session, issue_id, choice, who=who, user_id=7)


def drained(database: Database, settings: Settings) -> list[str]:
    """Whom a sender reaches now."""
    reconcile.sweep(database, settings)
    transport = MemoryTransport()
    sending.sender(database, settings, transport).drain("naver")
    return transport.taken


def test_a_lost_reply_is_a_doubt_with_its_cause_and_the_time_of_its_try(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    issue_id, who = in_doubt(database, settings)

    with database.reading() as session:
        waiting = doubts.open_ones(session, issue_id)
        first = session.scalars(select(Doubt)).first()

    assert [one.subscriber_id for one in waiting] == who
    assert {(one.cause, one.lane, one.is_left) for one in waiting} == {("the connection ended", "naver", False)}
    assert all("***@naver.com" in one.address for one in waiting)
    assert first is not None
    assert first.handed_after < first.since


def test_evidence_settles_once_and_the_first_word_counts(database: Database, settings: Settings) -> None:
    issue_id, (one, two, _) = in_doubt(database, settings)
    findings = [
        Finding(issue_id, one, DeliveryState.ACCEPTED, Proof.RELAY_LOG, words="250 queued for ada@naver.com"),
        Finding(issue_id, two, DeliveryState.REFUSED, Proof.PROVIDER, Reason.UNKNOWN_USER, "550 5.1.1"),
    ]

    with database.writing() as session:
        counts = [settling.by_evidence(session, findings) for _ in range(3)]
        late = settling.by_evidence(session, [Finding(issue_id, one, DeliveryState.REFUSED, Proof.PROVIDER, Reason.FULL)])

    assert (counts, late) == ([2, 0, 0], 0)
    assert sending.states(database, issue_id) == {"accepted": 2, "refused": 1, "uncertain": 1}
    with database.reading() as session:
        told = doubts.of_reader(session, issue_id, one)[0]
        assert (told.outcome, told.proof, told.words) == (DeliveryState.ACCEPTED, Proof.RELAY_LOG, "250 queued for ad***@naver.com")
        assert session.get_one(Delivery, (issue_id, two)).reason == "unknown_user"
        assert doubts.pending(session, issue_id) == 1
        assert queries.progress(session, issue_id).by_state["uncertain"] == 1


def test_a_mail_that_was_taken_once_was_taken_whatever_else_is_said(database: Database, settings: Settings) -> None:
    issue_id, (one, *_) = in_doubt(database, settings)
    taken = Finding(issue_id, one, DeliveryState.ACCEPTED, Proof.RELAY_LOG)
    refused = Finding(issue_id, one, DeliveryState.REFUSED, Proof.RELAY_LOG, Reason.FULL)

    with database.writing() as session:
        settling.by_evidence(session, [refused, taken])
        assert session.get_one(Delivery, (issue_id, one), populate_existing=True).state is DeliveryState.ACCEPTED


def test_what_was_certainly_not_taken_goes_again_and_is_no_second_copy(database: Database, settings: Settings) -> None:
    issue_id, (one, *_) = in_doubt(database, settings)

    with database.writing() as session:
        settling.by_evidence(session, [Finding(issue_id, one, DeliveryState.DEFERRED, Proof.JOURNAL)])

    assert drained(database, settings) == [sending.emails(database)[1]]
    with database.reading() as session:
        assert not session.get_one(Delivery, (issue_id, one)).maybe_duplicate


def test_they_have_it_is_counted_as_taken_by_decision(database: Database, settings: Settings) -> None:
    issue_id, (one, *_) = in_doubt(database, settings)

    counts = [choose(database, issue_id, Choice.TOOK_IT, [one]) for _ in range(2)]

    assert counts == [1, 0]
    assert sending.states(database, issue_id) == {"accepted": 2, "uncertain": 2}
    with database.reading() as session:
        doubt = doubts.of_reader(session, issue_id, one)[0]
        entries = session.scalars(select(AuditEntry.details).where(AuditEntry.act == "delivery.decided")).all()
    assert (doubt.proof, doubt.user_id) == (Proof.OPERATOR, 7)
    assert entries == [{"choice": "took-it", "readers": 1}]


def test_send_again_goes_out_once_with_its_mark(database: Database, settings: Settings) -> None:
    issue_id, (one, two, _) = in_doubt(database, settings)

    assert [choose(database, issue_id, Choice.SEND_AGAIN, [one, two]) for _ in range(2)] == [2, 0]

    assert drained(database, settings) == sending.emails(database)[1:3]
    assert drained(database, settings) == []
    assert sending.states(database, issue_id) == {"accepted": 3, "uncertain": 1}
    with database.reading() as session:
        marked = session.scalars(select(Delivery.subscriber_id).where(Delivery.maybe_duplicate).order_by(Delivery.subscriber_id)).all()
    assert marked == [one, two]


def test_left_ones_close_the_issue_and_are_not_sent_again(database: Database, settings: Settings) -> None:
    issue_id, who = in_doubt(database, settings)
    assert reconcile.sweep(database, settings).closed == []

    assert choose(database, issue_id, Choice.LEAVE) == 3

    assert reconcile.sweep(database, settings).closed == [issue_id]
    assert sending.issue_state(database, issue_id) is IssueState.SENT
    assert sending.states(database, issue_id) == {"accepted": 1, "uncertain": 3}
    with pytest.raises(NotSentAgain):
        choose(database, issue_id, Choice.SEND_AGAIN, who)


def test_the_deadline_leaves_them_and_late_evidence_still_corrects_the_counts(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    issue_id, (one, two, three) = in_doubt(database, settings)
    clock.shift(HOLD - timedelta(seconds=1))
    assert reconcile.sweep(database, settings).closed == []
    clock.shift(timedelta(seconds=1))
    assert reconcile.sweep(database, settings).closed == [issue_id]
    assert drained(database, settings) == []

    with database.writing() as session:
        late = Finding(issue_id, two, DeliveryState.DEFERRED, Proof.RELAY_LOG, Reason.FULL)
        assert settling.responded(session, {(issue_id, one), (issue_id, 999), (77, 1)}) == 1
        assert settling.by_evidence(session, [late]) == 1

    # nothing of a closed issue goes out again: what was put off for good is refused
    with database.reading() as session:
        launch = session.get_one(Launch, issue_id)
        assert launch.counts == {"accepted": 2, "refused": 1, "uncertain": 1}
        assert queries.progress(session, issue_id).by_state["accepted"] == 2
        assert session.scalars(select(AuditEntry.details).where(AuditEntry.act == "delivery.left_uncertain")).all() == [{"readers": 3}]
    assert sending.states(database, issue_id) == {"accepted": 2, "refused": 1, "uncertain": 1}
    assert drained(database, settings) == []
    assert choose(database, issue_id, Choice.TOOK_IT, [three]) == 1


def test_the_deadline_is_the_newsletters_own(database: Database, settings: Settings, clock: time_machine.Traveller) -> None:
    issue_id, _ = in_doubt(database, settings)
    policy(database, hold_minutes=10)
    clock.shift(timedelta(minutes=11))

    assert reconcile.sweep(database, settings).closed == [issue_id]


def test_resend_waits_then_sends_once_more_and_holds_what_is_lost_again(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    issue_id, who = in_doubt(database, settings)
    policy(database, uncertain_policy=UncertainPolicy.RESEND, resend_minutes=30)
    clock.shift(timedelta(minutes=29))
    assert drained(database, settings) == []

    clock.shift(timedelta(minutes=1))
    reconcile.sweep(database, settings)
    again = MemoryTransport({sending.emails(database)[1]: LOST})
    sending.sender(database, settings, again).drain("naver")
    clock.shift(timedelta(hours=2))

    assert again.taken == sending.emails(database)[2:]
    assert drained(database, settings) == []
    assert sending.states(database, issue_id) == {"accepted": 3, "uncertain": 1}
    with database.reading() as session:
        assert session.scalars(select(Delivery.subscriber_id).where(Delivery.maybe_duplicate).order_by(Delivery.subscriber_id)).all() == who
        assert [doubt.proof for doubt in doubts.of_reader(session, issue_id, who[0])] == [Proof.POLICY, None]


def test_a_cancelled_issue_waits_for_nobody(database: Database, settings: Settings) -> None:
    issue_id, _ = in_doubt(database, settings)
    sending.cancel(database, issue_id)

    assert reconcile.sweep(database, settings).closed == [issue_id]
    assert sending.states(database, issue_id) == {"accepted": 1, "uncertain": 3}


def test_a_reader_who_left_meanwhile_is_not_sent_to_again(database: Database, settings: Settings) -> None:
    issue_id, (one, *_) = in_doubt(database, settings)
    choose(database, issue_id, Choice.SEND_AGAIN, [one])
    sending.unsubscribe(database, one)

    assert drained(database, settings) == []
    assert sending.states(database, issue_id) == {"accepted": 1, "skipped": 1, "uncertain": 2}


def test_kept_counts_are_those_of_the_ledger(database: Database, settings: Settings, clock: time_machine.Traveller) -> None:
    issue_id, (one, two, _) = in_doubt(database, settings)
    steps = [
        lambda: choose(database, issue_id, Choice.SEND_AGAIN, [one]),
        lambda: reconcile.sweep(database, settings),
        lambda: drained(database, settings),
        lambda: choose(database, issue_id, Choice.TOOK_IT, [two]),
        lambda: sending.cancel(database, issue_id),
        lambda: reconcile.sweep(database, settings),
    ]

    for step in steps:
        step()
        with database.reading() as session:
            kept = queries.progress(session, issue_id).by_state
        assert {state: count for state, count in kept.items() if count} == sending.states(database, issue_id)

    with database.reading() as session:
        points = tallies.accepted_over_time(session, issue_id)
    assert points[-1].accepted == 3


def test_the_rising_line_has_a_point_for_each_stretch_of_time_also_where_nothing_was_taken(database: Database, settings: Settings) -> None:
    issue_id = sending.start(database, settings, 4)
    begun = clock.now().replace(microsecond=0)
    with database.writing() as session:
        recorded = {"state": BatchState.DONE, "tally": {"accepted": 2}}
        first = session.scalars(select(Batch).where(Batch.issue_id == issue_id)).first()
        assert first is not None
        session.execute(update(Batch).where(Batch.no == first.no).values(recorded_at=begun, **recorded))
        later = {"issue_id": issue_id, "no": 99, "lane": "naver", "size": 2, "next_at": begun, "recorded_at": begun + timedelta(seconds=20)}
        session.add(Batch(**later, **recorded))

    with database.reading() as session:
        points = tallies.accepted_over_time(session, issue_id)

    gaps = {(after.at - before.at).total_seconds() for before, after in pairwise(points)}
    assert max(gaps) <= 1
    assert [points[0].accepted, points[10].accepted, points[-1].accepted] == [0, 2, 4]
