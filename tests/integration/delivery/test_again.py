"""Send again to these: who may be, goes out before all others; everybody is answered for; nobody who has it gets it twice (A12, E6)."""

import threading
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.core import audit
from service.core import clock as core_clock
from service.core.database import Database
from service.core.errors import Invalid
from service.core.settings import Settings
from service.delivery.launching import again, closing, launch
from service.delivery.launching.again import Group, Verdict
from service.delivery.ledger import tallies
from service.delivery.models import Delivery, Launch
from service.delivery.replies import Outcome, Phase
from service.delivery.sending import reconcile
from service.delivery.states import DeliveryState, SkipReason
from service.delivery.transports.protocol import Result
from service.issues.models import IssueState
from service.subscribers.models import Standing, Subscriber, Subscription
from tests.support import factories, post, sending
from tests.support.post import MemoryTransport

NO_USER = post.reply(550, "5.1.1 user unknown", "5.1.1")
GREYLISTED = post.reply(451, "4.7.1 greylisted", "4.7.1")
LOST = Result(Outcome.UNCERTAIN, NO_USER.reason, Phase.FINAL, text="the reply was lost")


def states_of(database: Database, issue_id: int) -> dict[str, tuple[str, bool]]:
    with database.reading() as session:
        rows = session.execute(
            select(Subscriber.email, Delivery.state, Delivery.maybe_duplicate)
            .join(Delivery, Delivery.subscriber_id == Subscriber.id)
            .where(Delivery.issue_id == issue_id)
        )
        return {email or "": (state.value, mark) for email, state, mark in rows}


def ask(session: Session, settings: Settings, issue_id: int, lines: Iterable[str], *, may_repeat: bool = False) -> dict[str, Verdict]:
    answers = again.to_addresses(session, settings, issue_id, lines, user_id=None, may_repeat=may_repeat)
    return {answer.written: answer.verdict for answer in answers}


def test_each_address_is_answered_and_only_who_may_goes_out(database: Database, settings: Settings) -> None:
    issue_id = sending.start(database, settings, 6)
    refused, deferred, uncertain, left, taken, _ = sending.emails(database)
    transport = MemoryTransport({refused: NO_USER, deferred: GREYLISTED, uncertain: LOST, left: NO_USER})
    office = sending.sender(database, settings, transport)
    office.drain("naver")
    with database.writing() as session:
        leaver = session.scalar(select(Subscriber.id).where(Subscriber.email == left))
        session.execute(update(Subscription).where(Subscription.subscriber_id == leaver).values(state=Standing.UNSUBSCRIBED))
        factories.subscriber(session, "ben@example.com")

        lines = [f" {refused} ", deferred, uncertain, left, taken, "ben@example.com", "nobody@example.com", "not an address", "", refused]
        found = ask(session, settings, issue_id, lines)

    assert found == {
        refused: Verdict.QUEUED,
        deferred: Verdict.QUEUED,
        uncertain: Verdict.UNCERTAIN,
        left: Verdict.BARRED,
        taken: Verdict.HAS_IT,
        "ben@example.com": Verdict.NOT_IN_AUDIENCE,
        "nobody@example.com": Verdict.UNKNOWN,
        "not an address": Verdict.NOT_AN_ADDRESS,
    }
    transport.answers.clear()
    office.drain("naver")
    assert Counter(transport.taken)[refused] == Counter(transport.taken)[deferred] == Counter(transport.taken)[taken] == 1
    assert states_of(database, issue_id)[uncertain] == ("uncertain", False)
    with database.reading() as session:
        entry = session.scalars(select(audit.AuditEntry).where(audit.AuditEntry.act == "delivery.sent_again")).one()
    assert entry.details == {"readers": 2, "repeated": 0}


def test_they_go_out_before_all_others(database: Database, settings: Settings) -> None:
    settings = settings.model_copy(update={"batch_size": 2})
    issue_id = sending.start(database, settings, 6)
    first, second, *_ = sending.emails(database)
    transport = MemoryTransport({first: NO_USER, second: NO_USER})
    with database.writing() as session:  # only the first batch leaves
        launch.pause(session, issue_id, user_id=None)
    with database.writing() as session:
        session.execute(update(Delivery).where(Delivery.batch_no == 1).values(state=DeliveryState.REFUSED))

        assert ask(session, settings, issue_id, [first, second]) == {first: Verdict.QUEUED, second: Verdict.QUEUED}
        launch.resume(session, issue_id, user_id=None)
    transport.answers.clear()
    sending.sender(database, settings, transport).drain("naver")

    assert transport.taken[:2] == [first, second]
    assert sending.states(database, issue_id) == {"accepted": 6}


def test_what_may_have_arrived_is_repeated_only_when_asked_for_and_marked(database: Database, settings: Settings) -> None:
    issue_id = sending.start(database, settings, 2)
    uncertain, _ = sending.emails(database)
    transport = MemoryTransport({uncertain: LOST})
    office = sending.sender(database, settings, transport)
    office.drain("naver")

    with database.writing() as session:
        assert ask(session, settings, issue_id, [uncertain]) == {uncertain: Verdict.UNCERTAIN}
        assert ask(session, settings, issue_id, [uncertain], may_repeat=True) == {uncertain: Verdict.REPEATED}
        assert ask(session, settings, issue_id, [uncertain], may_repeat=True) == {uncertain: Verdict.WAITING}
    transport.answers.clear()
    office.drain("naver")

    assert states_of(database, issue_id)[uncertain] == ("accepted", True)


def test_a_sent_issue_is_sending_again_until_they_are_through(
    database: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    issue_id = sending.start(database, settings, 3)
    refused, *_ = sending.emails(database)
    transport = MemoryTransport({refused: NO_USER})
    office = sending.sender(database, settings, transport)
    office.drain("naver")
    reconcile.sweep(database, settings)
    assert sending.issue_state(database, issue_id) is IssueState.SENT
    clock.shift(timedelta(days=3))

    with database.writing() as session:
        assert ask(session, settings, issue_id, sending.emails(database))[refused] is Verdict.QUEUED
    assert sending.issue_state(database, issue_id) is IssueState.SENDING
    transport.answers.clear()
    reconcile.sweep(database, settings)
    office.drain("naver")
    reconcile.sweep(database, settings)

    assert sending.issue_state(database, issue_id) is IssueState.SENT
    assert Counter(transport.taken) == dict.fromkeys(sending.emails(database), 1)
    with database.reading() as session:
        row = session.get_one(Launch, issue_id)
    assert (row.counts, row.finished_at) == ({"accepted": 3}, core_clock.now())


def test_nothing_changes_where_nobody_may_be_sent_to(database: Database, settings: Settings) -> None:
    issue_id = sending.start(database, settings, 2)
    sending.sender(database, settings, MemoryTransport()).drain("naver")
    reconcile.sweep(database, settings)

    with database.writing() as session:
        assert set(ask(session, settings, issue_id, sending.emails(database)).values()) == {Verdict.HAS_IT}

    assert sending.issue_state(database, issue_id) is IssueState.SENT


@pytest.mark.parametrize("group", list(Group))
def test_a_group_is_named_at_once(database: Database, settings: Settings, group: Group) -> None:
    issue_id = sending.start(database, settings, 4)
    with database.writing() as session:
        state = {
            Group.DEFERRED: (DeliveryState.DEFERRED, None),
            Group.REFUSED: (DeliveryState.REFUSED, "unknown_user"),
            Group.TOO_OLD: (DeliveryState.SKIPPED, SkipReason.TOO_OLD.value),
            Group.UNCERTAIN: (DeliveryState.UNCERTAIN, None),
        }[group]
        some = session.scalars(select(Delivery.subscriber_id).limit(2)).all()
        session.execute(update(Delivery).where(Delivery.subscriber_id.in_(some)).values(state=state[0], reason=state[1]))
        tallies.recount(session, issue_id, [1])

        counts = again.counts(session, issue_id)
        answers = again.to_group(session, settings, issue_id, group, user_id=None, may_repeat=True)

    assert counts == {each: 2 if each is group else 0 for each in Group}
    assert {answer.subscriber_id for answer in answers} == set(some)
    sending.sender(database, settings, MemoryTransport()).drain("naver")
    assert sending.states(database, issue_id) == {"accepted": 4}


def test_a_cancelled_issue_is_not_sent_again_and_an_empty_list_is_refused(database: Database, settings: Settings) -> None:
    issue_id = sending.start(database, settings, 2)
    with database.writing() as session:
        with pytest.raises(Invalid, match="no address"):
            ask(session, settings, issue_id, ["", "  "])
        launch.cancel(session, issue_id, user_id=None)
        with pytest.raises(again.NothingMore):
            ask(session, settings, issue_id, sending.emails(database))


def test_an_issue_that_is_just_being_closed_is_opened_again(database: Database, settings: Settings) -> None:
    issue_id = sending.start(database, settings, 2)
    refused, _ = sending.emails(database)
    sending.sender(database, settings, MemoryTransport({refused: NO_USER})).drain("naver")

    def name_one() -> None:
        with database.writing() as session:
            ask(session, settings, issue_id, [refused])

    operator = threading.Thread(target=name_one)
    with database.writing() as session:
        closing.close_finished(session)
        operator.start()
        operator.join(0.5)  # it waits for the closing: for its row on PostgreSQL, for the write lock on SQLite
    operator.join()

    assert sending.issue_state(database, issue_id) is IssueState.SENDING
    assert sending.drain(database, settings) == [refused]
    with database.reading() as session:
        assert session.get_one(Launch, issue_id).finished_at is None
