"""The journal: what it says after any death of its writer, and what it refuses to claim when it is torn."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.delivery import evidence
from service.delivery.evidence import BLOCK, NOTE, Journal, JournalHeld, Subject
from service.delivery.reasons import Reason
from service.delivery.replies import Outcome, Phase
from service.delivery.transports.protocol import Result

SUBJECT = Subject(issue_id=7, no=3, token=2, compiled_id=11)
TAKEN = Result(Outcome.ACCEPTED, Reason.NONE, Phase.FINAL, 250, "2.0.0", "queued as 4F")
UNSENT = Result(Outcome.UNSENT, Reason.STOPPED, Phase.MAIL)


def journal(folder: Path, notes: int = 8) -> Journal:
    made = Journal.create(folder, "here", notes)
    made.begin(SUBJECT)
    return made


def test_a_reply_settles_a_hand_over_and_without_one_it_stays_open(tmp_path: Path) -> None:
    writer = journal(tmp_path)
    for subscriber_id in (1, 2):
        writer.handing_over(subscriber_id)
    writer.settled(1, TAKEN)

    found = writer.read()

    assert found.subject == SUBJECT
    assert found.settled == {1: TAKEN}
    assert found.open == {2}
    assert found.is_whole


def test_a_second_hand_over_opens_it_again(tmp_path: Path) -> None:
    writer = journal(tmp_path)
    writer.handing_over(1)
    writer.settled(1, UNSENT)
    writer.handing_over(1)

    found = writer.read()

    assert found.settled == {}
    assert found.open == {1}


def test_a_journal_before_its_claim_says_that_nothing_left(tmp_path: Path) -> None:
    found = Journal.create(tmp_path, "here", 8).read()

    assert found.is_whole
    assert (found.subject, found.settled, found.open) == (None, {}, frozenset())


def test_it_grows_beyond_its_first_room(tmp_path: Path) -> None:
    writer = journal(tmp_path, notes=1)

    for subscriber_id in range(200):
        writer.handing_over(subscriber_id)

    assert writer.read().open == set(range(200))


def test_long_words_and_foreign_letters_are_cut_not_fatal(tmp_path: Path) -> None:
    writer = journal(tmp_path)

    writer.settled(2**62, Result(Outcome.DEFERRED, Reason.GREYLIST, Phase.RCPT, 451, "4.7.1", "나중에 다시 시도하십시오 " * 9))

    (found,) = writer.read().settled.values()
    assert (found.outcome, found.reason, found.code) == (Outcome.DEFERRED, Reason.GREYLIST, 451)
    assert found.text.startswith("나중에")


@given(cut=st.integers(0, 8 * NOTE.size - 1), octet=st.integers(1, 255))
def test_one_wrong_octet_never_makes_anyone_look_unsent_or_settled(cut: int, octet: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    writer = journal(tmp_path_factory.mktemp("torn"))
    for subscriber_id in range(4):
        writer.handing_over(subscriber_id)
        writer.settled(subscriber_id, TAKEN)
    data = bytearray(writer.path.read_bytes())
    writer.remove()
    data[2 * BLOCK + cut] ^= octet

    found = evidence.read(bytes(data))

    known = set(found.settled) | found.open
    assert not found.is_whole or known == set(range(4))
    assert all(result == TAKEN for result in found.settled.values())


@pytest.mark.parametrize("data", [b"", b"\0" * 4096, b"x" * 4096, b"\0" * BLOCK + b"x" * 4096])
def test_what_is_no_journal_is_torn(data: bytes) -> None:
    found = evidence.read(data)

    assert not found.is_whole
    assert (found.settled, found.open) == ({}, frozenset())


def test_a_journal_from_before_a_restart_of_the_machine_is_not_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = journal(tmp_path)
    writer.settled(1, TAKEN)

    monkeypatch.setattr(evidence, "boot_id", lambda: "another start")

    found = writer.read()
    assert not found.is_whole
    assert found.settled == {1: TAKEN}


def test_a_living_writer_keeps_the_journal(tmp_path: Path) -> None:
    writer = journal(tmp_path)

    with pytest.raises(JournalHeld):
        Journal.take(writer.path)

    writer.close()
    assert Journal.take(writer.path).read().subject == SUBJECT


def test_a_killed_writer_leaves_lock_and_notes_behind(tmp_path: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from service.delivery.evidence import Journal, Subject\n"
        f"journal = Journal.create(Path({str(tmp_path)!r}), 'here', 8); journal.begin(Subject(7, 3, 2, 11)); journal.handing_over(5)\n"
        "os.kill(os.getpid(), 9)"
    )

    subprocess.run([sys.executable, "-c", program], check=False)

    (path,) = tmp_path.iterdir()
    found = Journal.take(path).read()
    assert found.is_whole
    assert found.open == {5}


def test_a_writer_that_died_over_a_note_had_handed_nothing_over_by_it(tmp_path: Path) -> None:
    writer = journal(tmp_path)
    writer.handing_over(1)
    writer.handing_over(2)
    data = bytearray(writer.path.read_bytes())
    start = 2 * BLOCK + NOTE.size

    data[start : start + 4] = bytes(4)  # the checksum, which is written last

    found = evidence.read(bytes(data))
    assert found.is_whole
    assert found.open == {1}


def test_a_note_without_a_checksum_between_others_is_torn(tmp_path: Path) -> None:
    writer = journal(tmp_path)
    writer.handing_over(1)
    writer.handing_over(2)
    data = bytearray(writer.path.read_bytes())

    data[2 * BLOCK : 2 * BLOCK + 4] = bytes(4)

    assert not evidence.read(bytes(data)).is_whole


def test_a_note_for_which_the_disk_has_no_room_stops_the_hand_over(tmp_path: Path) -> None:
    writer = journal(tmp_path, notes=1)
    writer.handing_over(1)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    resource.setrlimit(resource.RLIMIT_FSIZE, (writer.path.stat().st_size, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            writer.handing_over(2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert writer.read().open == {1}


def test_a_closed_journal_takes_no_note(tmp_path: Path) -> None:
    writer = journal(tmp_path)
    writer.close()

    with pytest.raises(OSError, match="closed"):
        writer.handing_over(1)
