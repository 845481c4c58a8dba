"""Mails as files: the same protocol as SMTP."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.delivery.replies import Outcome
from service.delivery.transports.dots import stuffed, unstuffed
from service.delivery.transports.file import FileTransport
from service.delivery.transports.protocol import Envelope, HandoverRefused, Result

CONTENT = b"Message-ID: <d1.7@news.test>\r\nSubject: x\r\n\r\n.dot\r\n"


def letter(number: int = 1) -> Envelope:
    return Envelope(number, "b@x.test", "ada@example.test", lambda capabilities: CONTENT if capabilities.eight_bit else b"")


def test_a_mail_becomes_a_file_named_by_its_message_id(tmp_path: Path) -> None:
    handed: list[int] = []
    results: dict[int, Result] = {}

    trouble = FileTransport(tmp_path / "mails").send(iter([letter()]), on_handover=handed.append, on_result=results.__setitem__)

    assert trouble is None
    assert handed == [1]
    assert results[1].outcome is Outcome.ACCEPTED
    assert [(path.name, path.read_bytes()) for path in (tmp_path / "mails").iterdir()] == [("d1.7@news.test.eml", CONTENT)]


def test_a_second_copy_is_seen(tmp_path: Path) -> None:
    FileTransport(tmp_path).send(iter([letter(1), letter(2)]), on_handover=print, on_result=print)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["d1.7@news.test.2.eml", "d1.7@news.test.eml"]


def test_without_evidence_no_file(tmp_path: Path) -> None:
    def refuse(number: int) -> None:
        raise HandoverRefused

    results: dict[int, Result] = {}
    with pytest.raises(HandoverRefused):
        FileTransport(tmp_path).send(iter([letter(1), letter(2)]), on_handover=refuse, on_result=results.__setitem__)

    assert list(tmp_path.iterdir()) == []
    assert [result.outcome for result in results.values()] == [Outcome.UNSENT] * 2


def test_a_folder_that_cannot_be_written_leaves_everything_queued(tmp_path: Path) -> None:
    (tmp_path / "mails").write_text("a file stands in the way")
    results: dict[int, Result] = {}

    trouble = FileTransport(tmp_path / "mails").send(iter([letter(1), letter(2)]), on_handover=print, on_result=results.__setitem__)

    assert trouble is not None
    assert {result.outcome for result in results.values()} == {Outcome.UNSENT}


@given(st.lists(st.sampled_from([b".", b"..", b"a", b"", b".a"])))
def test_stuffing_is_undone_by_unstuffing(lines: list[bytes]) -> None:
    message = b"".join(line + b"\r\n" for line in lines) or b"\r\n"

    wire = stuffed(message)

    assert unstuffed(wire) == message
    assert b"\r\n.\r\n" not in b"\r\n" + wire
