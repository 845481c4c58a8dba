"""A sender process killed or stopped while it hands over to a slow sink: nobody is lost or gets two, only what was open is uncertain."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select, update

from service.core.database import Database
from service.core.settings import ROOT, Settings
from service.delivery.models import Batch, Delivery
from service.delivery.sending import reconcile
from service.delivery.states import DeliveryState
from service.subscribers.models import Subscriber
from tests.support import sending
from tests.support.mailbox import Mailbox
from tests.support.processes import wait_until

pytestmark = pytest.mark.fault

READERS, CONNECTIONS, KILLS = 200, 4, 4
LANES = ("naver.com", "gmail.com")


class SlowMailbox(Mailbox):
    """Takes its time between recording a message and saying so: where a lost reply hurts."""

    def _answer(self, session, at, address, usual):  # type: ignore[no-untyped-def]
        if at == "dot":
            time.sleep(random.uniform(0, 0.02))
        return super()._answer(session, at, address, usual)

    def copies(self) -> Counter[str]:
        """How many mails each address got."""
        return Counter(message.rcpt_to[0] for message in list(self.messages))


@pytest.fixture
def quick(settings: Settings) -> Settings:
    """Short leases and small batches, so that a test sees many of both."""
    return settings.model_copy(
        update={"batch_size": 30, "smtp_connections": CONNECTIONS, "lease_seconds": 2.0, "heartbeat_seconds": 0.5, "retry_scale": 0.01}
    )


def start_sender(database: Database, quick: Settings, mailbox: Mailbox, log: Path) -> subprocess.Popen[bytes]:
    """A sender in a process of its own."""
    chosen = {
        "database_url": database.engine.url.render_as_string(hide_password=False),
        "smtp_url": mailbox.url,
        **{name: getattr(quick, name) for name in ("var_dir", "batch_size", "smtp_connections", "lease_seconds", "heartbeat_seconds")},
        "retry_scale": quick.retry_scale,
    }
    environment = {**os.environ, **{f"PRESSRUN_{name.upper()}": str(value) for name, value in chosen.items()}}
    command = [sys.executable, "-m", "tests.support.send_until_killed"]
    with log.open("ab") as output:
        return subprocess.Popen(command, env=environment, cwd=ROOT, stdout=output, stderr=output)


def finish(database: Database, quick: Settings, mailbox: Mailbox, log: Path) -> None:
    """Sweep and send until nothing is left to do."""
    for _ in range(10):
        swept = reconcile.sweep(database, quick)
        if not swept.lanes:
            return
        assert start_sender(database, quick, mailbox, log).wait(60) == 0, log.read_text()


def rows(database: Database) -> dict[str, DeliveryState]:
    """The state of every reader's delivery, by address."""
    with database.reading() as session:
        found = session.execute(select(Subscriber.email, Delivery.state).join(Delivery, Delivery.subscriber_id == Subscriber.id))
        return {email or "": state for email, state in found}


def assert_nobody_is_lost_or_repeated(states: dict[str, DeliveryState], copies: Counter[str], *, most_uncertain: int) -> None:
    uncertain = {email for email, state in states.items() if state is DeliveryState.UNCERTAIN}
    assert set(states.values()) <= {DeliveryState.ACCEPTED, DeliveryState.UNCERTAIN}
    assert len(states) == READERS
    assert [email for email, count in copies.items() if count > 1] == []
    assert [email for email in states if email not in copies and email not in uncertain] == []
    assert len(uncertain) <= most_uncertain


def test_killed_again_and_again_nobody_is_lost_and_nobody_gets_two(database: Database, quick: Settings, tmp_path: Path) -> None:
    issue_id = sending.start(database, quick, READERS, domains=LANES)
    log = tmp_path / "log"
    with SlowMailbox() as mailbox:
        for _ in range(KILLS):
            before = len(mailbox.messages)
            process = start_sender(database, quick, mailbox, log)
            wait_until(lambda before=before: len(mailbox.messages) > before + random.randrange(1, 25), 30, "mails arrive")  # type: ignore[misc]
            process.kill()
            process.wait(10)
            reconcile.sweep(database, quick)

        finish(database, quick, mailbox, log)

        assert_nobody_is_lost_or_repeated(rows(database), mailbox.copies(), most_uncertain=KILLS * CONNECTIONS)
    assert sum(sending.states(database, issue_id).values()) == READERS


def test_stopped_beyond_its_lease_a_sender_is_ended_and_sends_nothing_more(database: Database, quick: Settings, tmp_path: Path) -> None:
    sending.start(database, quick, READERS, domains=LANES)
    log = tmp_path / "log"
    with SlowMailbox() as mailbox:
        process = start_sender(database, quick, mailbox, log)
        wait_until(lambda: len(mailbox.messages) > 20, 30, "mails arrive")
        process.send_signal(signal.SIGSTOP)
        # longer than SQLite waits for a lock: the stopped process may hold the one for writing
        wait_until(lambda: reconcile.sweep(database, quick).taken_over, 60, "its batch is taken over")

        assert process.wait(10) == -signal.SIGKILL
        finish(database, quick, mailbox, log)

        assert_nobody_is_lost_or_repeated(rows(database), mailbox.copies(), most_uncertain=CONNECTIONS)


def test_asked_to_stop_it_finishes_what_is_open_and_leaves_nobody_uncertain(database: Database, quick: Settings, tmp_path: Path) -> None:
    sending.start(database, quick, READERS, domains=LANES)
    log = tmp_path / "log"
    with SlowMailbox() as mailbox:
        process = start_sender(database, quick, mailbox, log)
        wait_until(lambda: len(mailbox.messages) > 20, 30, "mails arrive")
        process.terminate()

        assert process.wait(10) == -signal.SIGTERM
        states = rows(database)
        assert {email for email, state in states.items() if state is DeliveryState.ACCEPTED} == set(mailbox.copies())
        with database.writing() as session:
            session.execute(update(Batch).values(next_at=Batch.recorded_at).where(Batch.recorded_at.is_not(None)))
        finish(database, quick, mailbox, log)

        assert_nobody_is_lost_or_repeated(rows(database), mailbox.copies(), most_uncertain=0)
