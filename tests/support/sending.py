"""An issue on its way: started, sent by a sender of ours over a memory transport, looked at afterwards."""

import os
from pathlib import Path

from sqlalchemy import func, select, update

from service.core import clock
from service.core.database import Database
from service.core.settings import Settings
from service.delivery.identity import instance
from service.delivery.launching import deciding, launch
from service.delivery.models import Delivery
from service.delivery.sending.sender import Sender
from service.delivery.states import DeliveryState
from service.issues.models import Issue, IssueState
from service.newsletters.models import Newsletter
from service.subscribers.models import Standing, Subscriber, Subscription
from tests.support import factories
from tests.support.post import MemoryTransport


def start(database: Database, settings: Settings, count: int = 6, *, domains: tuple[str, ...] = ("naver.com",)) -> int:
    """An issue that is sending to `count` readers, from a host that has joined; returns its id."""
    instance.may_send(database, settings)
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


def cancel(database: Database, issue_id: int) -> None:
    with database.writing() as session:
        launch.cancel(session, issue_id, user_id=None)


def unsubscribe(database: Database, subscriber_id: int) -> None:
    """A reader leaves every newsletter."""
    with database.writing() as session:
        session.execute(update(Subscription).where(Subscription.subscriber_id == subscriber_id).values(state=Standing.UNSUBSCRIBED))


def touch(path: Path) -> None:
    """Somebody has just written to this file, by the clock of the test."""
    at = clock.now().timestamp()
    os.utime(path, (at, at))


def drain(database: Database, settings: Settings, lane: str = "naver") -> list[str]:
    """A sender works the lane off; whom it reached."""
    transport = MemoryTransport()
    sender(database, settings, transport).drain(lane)
    return transport.taken


def tamper(database: Database, issue_id: int) -> None:
    """Somebody changes a row of the ledger by hand."""
    with database.writing() as session:
        first = select(func.min(Delivery.subscriber_id)).where(Delivery.issue_id == issue_id).scalar_subquery()
        session.execute(
            update(Delivery)
            .where(Delivery.issue_id == issue_id, Delivery.subscriber_id == first)
            .values(state=DeliveryState.REFUSED)
            .execution_options(synchronize_session=False)
        )


def go_on(database: Database, settings: Settings, issue_id: int) -> IssueState:
    """An operator's decision to send it after all; returns what follows."""
    with database.writing() as session:
        return deciding.go_on(session, settings, issue_id, user_id=None)
