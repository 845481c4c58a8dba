"""A lease that is lost is told of, and only that: a batch that its own sender has just recorded was taken over by nobody."""

from collections.abc import Iterator

import pytest

from service.core.database import Database
from service.core.settings import Settings
from service.delivery.ledger import recording
from service.delivery.ledger.recording import Holding
from service.delivery.sending import lease
from service.delivery.sending.claims import Claims
from service.delivery.sending.handover import Handover
from service.delivery.sending.lease import Heartbeat
from service.delivery.sending.letters import Letters
from tests.support import factories, sending


@pytest.fixture
def heartbeat(database: Database, settings: Settings) -> Iterator[Heartbeat]:
    with Heartbeat(database, settings) as heartbeat:  # which beats every five seconds: the tests make it beat when they want
        yield heartbeat


class Log:
    """What the heartbeat told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def warning(self, event: str, **_values: object) -> None:
        self.told.append(event)


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    log = Log()
    monkeypatch.setattr(lease, "log", log)
    return log


def claimed(database: Database, settings: Settings, heartbeat: Heartbeat) -> tuple[Claims, Handover]:
    sending.start(database, settings, 2)
    claims = Claims(database, settings, Letters(settings, factories.SIGNER), heartbeat, "naver", lambda: False)
    work = claims.take()
    assert work is not None
    return claims, work


def beat(heartbeat: Heartbeat, work: Handover) -> None:
    """As if the heartbeat had copied its leases just before."""
    heartbeat._beat({work.lease.key: work.lease})


def test_a_batch_that_is_recorded_during_a_beat_was_taken_over_by_nobody(
    database: Database,
    settings: Settings,
    heartbeat: Heartbeat,
    log: Log,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    claims, work = claimed(database, settings, heartbeat)
    beats: list[bool] = []

    def recorded_and_not_yet_let_go_of() -> None:
        beat(heartbeat, work)
        beats.append(work.lease.is_lost)

    monkeypatch.setattr(work.journal, "remove", recorded_and_not_yet_let_go_of)
    assert claims.give_back(work, None)

    assert beats == [True]
    assert log.told == []


def test_a_lease_that_somebody_else_has_ended_is_lost_and_told_of(
    database: Database, settings: Settings, heartbeat: Heartbeat, log: Log
) -> None:
    _, work = claimed(database, settings, heartbeat)
    with database.writing() as session:
        recording.record(session, settings, Holding.of(work.claim), ())

    beat(heartbeat, work)

    assert not work.lease.is_held
    assert log.told == ["a lease was taken over"]
    work.journal.close()
