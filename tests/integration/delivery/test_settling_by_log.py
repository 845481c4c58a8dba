"""The relay's log settles: read on by itself through rotation and truncation, or handed in as a file; silence alone settles nothing."""

import gzip
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select

from service.core import clock as core_clock
from service.core.database import Database
from service.core.settings import Settings
from service.delivery.models import Delivery, Doubt, Known, Proof
from service.delivery.uncertain import settling_by_log
from service.delivery.uncertain.settling_by_log import NoMailLog
from tests.support import factories, relay_log, sending
from tests.support.doubts import in_doubt

pytestmark = pytest.mark.usefixtures("clock")


def write(path: Path, *lines: str, end: str = "\n") -> None:
    with path.open("a") as file:
        file.write("\n".join(lines) + end)


def follow(database: Database, settings: Settings, log: Path) -> int:
    return settling_by_log.follow(database, factories.SIGNER, log, settings.var_dir)


def way(issue_id: int, reader: int, queue_id: str) -> list[str]:
    return relay_log.lines_of((issue_id, reader), queue_id, at=core_clock.now())


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "mail.log"
    write(path, relay_log.line("master", "daemon started"))
    return path


def test_lines_of_before_the_doubt_are_found_though_nobody_had_read_them(
    database: Database, settings: Settings, clock: time_machine.Traveller, log: Path
) -> None:
    assert follow(database, settings, log) == 0
    clock.shift(timedelta(hours=1))
    issue_id, (one, *_) = in_doubt(database, settings)
    write(log, *way(issue_id, one, "4Q7F1"), *way(issue_id, 999, "4Q7F2"))

    assert [follow(database, settings, log) for _ in range(2)] == [1, 0]

    assert sending.states(database, issue_id) == {"accepted": 2, "uncertain": 2}
    with database.reading() as session:
        doubt = session.scalars(select(Doubt).where(Doubt.subscriber_id == one)).one()
    assert (doubt.proof, doubt.words) == (Proof.RELAY_LOG, "sent: 250 2.0.0 Ok")


def test_what_comes_later_is_read_on_even_where_a_line_was_half_written(database: Database, settings: Settings, log: Path) -> None:
    issue_id, (one, *_) = in_doubt(database, settings)
    named, queued, *_ = way(issue_id, one, "4Q7F1")[1:]
    write(log, named, queued[:40], end="")
    assert follow(database, settings, log) == 0
    with database.reading() as session:
        assert session.scalars(select(Doubt.known).where(Doubt.subscriber_id == one)).one() is Known.SEEN

    write(log, queued[40:])

    assert follow(database, settings, log) == 1


def test_a_rotated_log_is_read_to_its_end_before_the_new_one(
    database: Database, settings: Settings, clock: time_machine.Traveller, log: Path
) -> None:
    issue_id, (one, two, three) = in_doubt(database, settings)
    follow(database, settings, log)
    first, second, third = (way(issue_id, reader, f"4Q7F{reader}") for reader in (one, two, three))
    write(log, *first[:3])
    log.rename(log.with_name("mail.log.1"))
    write(log.with_name("mail.log.1"), *second)
    write(log, *first[3:], *third)

    assert follow(database, settings, log) == 3


def test_a_log_that_was_cut_short_is_read_from_its_beginning(database: Database, settings: Settings, log: Path) -> None:
    issue_id, (one, *_) = in_doubt(database, settings)
    write(log, *[relay_log.line("smtpd", "connect from localhost")] * 50)
    follow(database, settings, log)
    log.write_text("")
    write(log, *way(issue_id, one, "4Q7F1"))

    assert follow(database, settings, log) == 1


def test_a_lost_position_costs_another_reading_and_nothing_else(database: Database, settings: Settings, log: Path) -> None:
    issue_id, (one, two, _) = in_doubt(database, settings)
    write(log, *way(issue_id, one, "4Q7F1"))
    assert follow(database, settings, log) == 1
    (settings.var_dir / "relay_log.json").write_text("{torn")
    write(log, *way(issue_id, two, "4Q7F2"))

    assert follow(database, settings, log) == 1


def test_silence_is_a_hint_and_settles_nothing(
    database: Database, settings: Settings, clock: time_machine.Traveller, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow(database, settings, log)
    clock.shift(timedelta(hours=1))
    issue_id, _ = in_doubt(database, settings)
    follow(database, settings, log)
    clock.shift(timedelta(minutes=6))
    sending.touch(log)

    assert follow(database, settings, log) == 0

    assert sending.states(database, issue_id) == {"accepted": 1, "uncertain": 3}
    with database.reading() as session:
        assert set(session.scalars(select(Doubt.known))) == {Known.ABSENT}


def test_a_log_that_is_not_there_is_no_failure(database: Database, settings: Settings, tmp_path: Path) -> None:
    in_doubt(database, settings)

    assert follow(database, settings, tmp_path / "no.log") == 0


def test_a_file_that_is_handed_in_settles_and_says_what_it_does_not_know(
    database: Database, settings: Settings, clock: time_machine.Traveller, tmp_path: Path
) -> None:
    issue_id, (one, two, _) = in_doubt(database, settings)
    text = "\n".join([*way(issue_id, one, "4Q7F1"), way(issue_id, two, "4Q7F2")[1], ""])
    path = tmp_path / "mail.log.gz"
    path.write_bytes(gzip.compress(text.encode()))

    report = settling_by_log.settle_file(database, factories.SIGNER, issue_id, path)

    assert (report.looked_for, report.accepted, report.unfinished, report.absent, report.not_covered) == (3, 1, 1, 1, 1)
    assert sending.states(database, issue_id) == {"accepted": 2, "uncertain": 2}


def test_only_an_operators_word_makes_absence_count_and_only_where_the_log_covers_the_time(
    database: Database, settings: Settings, clock: time_machine.Traveller, tmp_path: Path
) -> None:
    before = relay_log.line("master", "daemon started", at=core_clock.now() - timedelta(hours=1))
    issue_id, (one, two, three) = in_doubt(database, settings)
    after = relay_log.line("anvil", "statistics", at=core_clock.now() + timedelta(minutes=1))
    short, whole = tmp_path / "short.log", tmp_path / "whole.log"
    write(short, *way(issue_id, one, "4Q7F1"), after)
    write(whole, before, *way(issue_id, one, "4Q7F1"), after)

    first = settling_by_log.settle_file(database, factories.SIGNER, issue_id, short, is_complete=True)
    careful = settling_by_log.settle_file(database, factories.SIGNER, issue_id, whole)
    told = settling_by_log.settle_file(database, factories.SIGNER, issue_id, whole, is_complete=True)

    assert (first.accepted, first.absent, first.not_covered, first.sent_again) == (1, 2, 2, 0)
    assert (careful.absent, careful.not_covered, careful.sent_again) == (2, 0, 0)
    assert told.sent_again == 2
    assert sending.states(database, issue_id) == {"accepted": 2, "deferred": 2}
    with database.reading() as session:
        assert set(session.scalars(select(Delivery.subscriber_id).where(Delivery.maybe_duplicate))) == {two, three}


def test_another_file_is_refused_in_words(database: Database, settings: Settings, tmp_path: Path) -> None:
    issue_id, _ = in_doubt(database, settings)
    path = tmp_path / "notes.txt"
    path.write_text("dear diary\n")

    with pytest.raises(NoMailLog, match="no mail log"):
        settling_by_log.settle_file(database, factories.SIGNER, issue_id, path)
