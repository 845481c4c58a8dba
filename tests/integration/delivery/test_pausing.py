"""Pause, resume and cancel while a slow mail server is at work; and whatever is done in whatever order, nobody gets two (E12)."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from service.core import clock as core_clock
from service.core.database import Database
from service.core.errors import Conflict
from service.core.settings import Settings
from service.delivery import evidence
from service.delivery.launching import closing, launch
from service.delivery.ledger import batching
from service.delivery.models import Batch, BatchState, Delivery, Retry
from service.delivery.sending.sender import Sender
from service.delivery.states import DeliveryState
from service.delivery.transports.opening import open_transport
from service.issues.models import IssueState
from service.subscribers.models import Standing, Subscriber, Subscription
from tests.support import correcting, factories, sending
from tests.support.mailbox import Mailbox
from tests.support.post import MemoryTransport, reply

READERS, CONNECTIONS, REPLY_SECONDS, LOOK_SECONDS = 300, 4, 0.1, 1.0
MOST_AFTER = CONNECTIONS * round(LOOK_SECONDS / REPLY_SECONDS + 2)
"""More a mail server that takes REPLY_SECONDS for each mail cannot get between a commit and the look that sees it, however slow we are."""


class SlowMailbox(Mailbox):
    """Takes its time for every mail; tells when the fifth has come."""

    def __init__(self) -> None:
        super().__init__()
        self.has_five = threading.Event()

    def _take(self, session: Any, content: bytes) -> None:
        super()._take(session, content)
        if len(self.messages) >= 5:
            self.has_five.set()
        time.sleep(REPLY_SECONDS)


def _while_sending(database: Database, settings: Settings, act: Callable[[int], int]) -> tuple[int, int, int, SlowMailbox]:
    """Send to everybody, do `act(issue_id)` once five have it; gives the issue, what `act` gave, who had it then, and the mail server."""
    issue_id = sending.start(database, settings, READERS)
    with SlowMailbox() as mailbox:
        transport = open_transport(mailbox.url, connections=CONNECTIONS)
        post_office = Sender(database, transport, factories.SIGNER, settings)
        work = threading.Thread(target=post_office.drain, args=("naver",), kwargs={"seconds": 60.0})
        work.start()
        assert mailbox.has_five.wait(30)
        given = act(issue_id)
        had_it = len(mailbox.messages)
        work.join(60)
        transport.close()
    assert not work.is_alive()
    return issue_id, given, had_it, mailbox


def test_after_a_pause_only_what_was_under_way_arrives_and_the_batch_goes_back(database: Database, settings: Settings) -> None:
    def pause(issue_id: int) -> int:
        with database.writing() as session:
            launch.pause(session, issue_id, user_id=None)
        return 0

    issue_id, _, had_it, mailbox = _while_sending(database, settings, pause)

    found = sending.states(database, issue_id)
    assert found == {"accepted": len(mailbox.messages), "queued": READERS - len(mailbox.messages)}
    assert len(mailbox.messages) <= had_it + MOST_AFTER
    with database.reading() as session:
        batches = session.execute(select(Batch.state, Batch.lease_until, Batch.host, Batch.journal).distinct()).all()
    assert batches == [(BatchState.OPEN, None, None, None)]
    assert list(evidence.folder(settings).iterdir()) == []


def test_resuming_sends_the_rest_and_nobody_twice(database: Database, settings: Settings) -> None:
    def pause(issue_id: int) -> int:
        with database.writing() as session:
            launch.pause(session, issue_id, user_id=None)
        return 0

    issue_id, _, _, mailbox = _while_sending(database, settings, pause)
    had_it = [message.rcpt_to[0] for message in mailbox.messages]
    with database.writing() as session:
        launch.resume(session, issue_id, user_id=None)
        session.execute(update(Batch).values(next_at=core_clock.now()))
    transport = MemoryTransport()

    sending.sender(database, settings, transport).drain("naver")

    assert Counter(had_it + transport.taken) == dict.fromkeys(sending.emails(database), 1)


def test_cancelling_says_how_many_have_it_and_the_rest_is_never_sent(database: Database, settings: Settings) -> None:
    def cancel(issue_id: int) -> int:
        with database.writing() as session:
            return launch.cancel(session, issue_id, user_id=None)

    issue_id, said, had_it, mailbox = _while_sending(database, settings, cancel)
    closing.skip_cancelled(database)
    with database.writing() as session:
        closing.close_finished(session)

    assert said <= len(mailbox.messages) <= had_it + MOST_AFTER
    assert sending.states(database, issue_id) == {"accepted": len(mailbox.messages), "skipped": READERS - len(mailbox.messages)}
    assert sending.issue_state(database, issue_id) is IssueState.CANCELLED


ACTS = ("pause", "pause and resume", "correct", "cancel", "leave", "nothing")


@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 5)), min_size=1, max_size=5),
    busy=st.frozensets(st.integers(0, 5), max_size=3),
)
def test_whatever_is_done_in_whatever_order_accepted_is_never_left(
    database: Database, settings: Settings, steps: list[tuple[str, int]], busy: frozenset[int]
) -> None:
    _emptied(database)
    settings = settings.model_copy(update={"batch_size": 4})
    issue_id = sending.start(database, settings, 6)
    addresses = sending.emails(database)
    transport = MemoryTransport({addresses[number]: reply(451, "busy") for number in busy})
    transport.window = 1
    post_office = sending.sender(database, settings, transport)
    accepted: set[int] = set()

    for act, at in [*steps, ("nothing", 0)]:
        _make_everything_due(database, settings, issue_id)
        offered = len(transport.offered)
        acts = iter([act])

        def before(_address: str, *, limit: int = offered + at, acts: Any = acts) -> None:
            if len(transport.offered) >= limit:
                _do(database, issue_id, next(acts, "nothing"))

        transport.before = before
        post_office.drain("naver")
        _do(database, issue_id, next(acts, "nothing"))
        transport.answers.clear()
        now_accepted = _accepted(database, issue_id)
        assert accepted <= now_accepted
        accepted = now_accepted

    assert max(Counter(transport.taken).values(), default=1) == 1
    assert len(transport.taken) == len(accepted)
    if sending.issue_state(database, issue_id) is IssueState.SENDING:
        _make_everything_due(database, settings, issue_id)
        post_office.drain("naver")
        assert set(sending.states(database, issue_id)) <= {"accepted", "skipped"}


def _do(database: Database, issue_id: int, act: str) -> None:
    """Somebody at the desk does this; what is not possible any more is refused, and changes nothing."""
    try:
        if act == "correct":
            correcting.stop_fix_and_go_on(database, issue_id)
            return
        with database.writing() as session:
            if act.startswith("pause"):
                launch.pause(session, issue_id, user_id=None)
            elif act == "cancel":
                launch.cancel(session, issue_id, user_id=None)
            elif act == "leave":
                last = select(Subscriber.id).order_by(Subscriber.id.desc()).limit(1).scalar_subquery()
                session.execute(update(Subscription).where(Subscription.subscriber_id == last).values(state=Standing.UNSUBSCRIBED))
        if act == "pause and resume":
            with database.writing() as session:
                launch.resume(session, issue_id, user_id=None)
    except Conflict:
        pass


def _make_everything_due(database: Database, settings: Settings, issue_id: int) -> None:
    """Time passes: who is paused goes on, retries are due, batches too."""
    with database.writing() as session:
        if session.get_one(factories.Issue, issue_id).state is IssueState.PAUSED:
            launch.resume(session, issue_id, user_id=None)
        session.execute(update(Retry).values(next_at=core_clock.now()))
        batching.cut_retries(session, settings, core_clock.now())
        session.execute(update(Batch).values(next_at=core_clock.now()))


def _accepted(database: Database, issue_id: int) -> set[int]:
    with database.reading() as session:
        rows = session.scalars(
            select(Delivery.subscriber_id).where(Delivery.issue_id == issue_id, Delivery.state == DeliveryState.ACCEPTED)
        )
        return set(rows)


def _emptied(database: Database) -> None:
    """No readers and no batches of an earlier example."""
    with database.writing() as session:
        for table in (Subscription, Subscriber, Batch, Retry, Delivery):
            session.execute(delete(table))
