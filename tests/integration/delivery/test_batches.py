"""Batches: claimed by one sender at a time, in turn, and recorded under the fencing token only."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.core import clock as core_clock
from service.core.database import Database
from service.core.settings import Settings
from service.delivery.identity import instance
from service.delivery.launching import launch
from service.delivery.ledger import batching, recording
from service.delivery.ledger.recording import Holding, Settled
from service.delivery.models import Batch, BatchState, Delivery
from service.delivery.states import DeliveryState
from tests.support import factories, post, sending


@pytest.fixture
def joined(database: Database, settings: Settings) -> None:
    """This host sends from this database."""
    instance.may_send(database, settings)


def test_issues_take_turns_in_a_lane(database: Database, settings: Settings) -> None:
    settings = settings.model_copy(update={"batch_size": 1})
    first, second = sending.start(database, settings, 2), sending.start(database, settings, 0)
    turns: list[int] = []
    with database.writing() as session:
        after = 0
        while claim := batching.claim(session, settings, "naver", core_clock.now(), host="h", journal="j", after_issue=after):
            after = claim.issue.issue_id
            turns.append(after)

    assert turns == [first, second, first, second]


def test_two_claimers_never_hold_the_same_batch(database: Database, settings: Settings) -> None:
    settings = settings.model_copy(update={"batch_size": 1})
    sending.start(database, settings, 6)
    held: list[int] = []

    for number in range(8):
        with database.writing() as session:
            claim = batching.claim(session, settings, "naver", core_clock.now(), host="h", journal=str(number))
            held += [claim.no] if claim else []

    assert sorted(held) == [1, 2, 3, 4, 5, 6]


def test_a_stale_token_writes_nothing(joined: None, session: Session, settings: Settings) -> None:
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


def test_recording_twice_is_recording_once(joined: None, session: Session, settings: Settings) -> None:
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
