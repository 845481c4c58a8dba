"""Header lines and transactional mails (A20 to A23, A28)."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.errors import Invalid
from service.rendering import message
from service.rendering.message import Notice, build_notice

PRINTABLE = st.text(
    st.one_of(st.sampled_from('가나다 👩‍👩‍👧"\\=?_(),.<>aé'), st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])),
    min_size=1,
    max_size=200,
)
NOTICE = Notice(
    sender_name="월요 소식",
    sender_email="news@example.test",
    recipient="ben@example.test",
    subject="구독을 확인해 주세요",
    html="<p>안녕하세요 👩‍👩‍👧</p>",
    text="안녕하세요\n.점\n" + "긴 줄 " * 400,
    message_id="<n1@news.example.test>",
    sent_at=datetime(2026, 9, 14, 3, 0, tzinfo=UTC),
    reply_to="editors@example.test",
)


@given(PRINTABLE)
def test_a_subject_comes_back_as_it_was(subject: str) -> None:
    line = message.text_header("Subject", subject)

    found = message_from_bytes(line.encode() + b"\r\n", policy=policy.default)["Subject"]
    assert found == subject
    assert_folded(line)


@given(PRINTABLE.filter(lambda name: name.strip() != ""))
def test_a_sender_name_comes_back_as_it_was(name: str) -> None:
    line = f"From: {message.mailbox(name, 'news@example.test', 6)}\r\n"

    phrase, address = parseaddr(line.replace("\r\n ", " ").removeprefix("From: "))
    assert (str(make_header(decode_header(phrase))), address) == (" ".join(name.split()), "news@example.test")
    assert_folded(line)


def assert_folded(line: str) -> None:
    """Each encoded word is at most 75 characters and decodes alone; lines that hold one are at most 76 (A21)."""
    assert line.isascii()
    for each in line.removesuffix("\r\n").split("\r\n"):
        assert len(each) <= 78
        assert "=?" not in each or len(each) <= 76
    for word in re.findall(r"=\?utf-8\?b\?[^? ]*\?=", line):
        assert len(word) <= 75
        ((data, charset),) = decode_header(word)
        assert charset == "utf-8"
        assert isinstance(data, bytes)
        data.decode()


def test_an_ascii_subject_stays_readable() -> None:
    subject = "A plain subject that is long enough to be folded at a space because it does not fit on one line"

    line = message.text_header("Subject", subject)

    assert "=?" not in line
    assert line.replace("\r\n", "") == f"Subject: {subject}"


@pytest.mark.parametrize("code", [0, 1, 9, 10, 11, 13, 31, 127, 0x85, 0x2028, 0x2029])
def test_control_characters_are_refused_by_name(code: int) -> None:
    with pytest.raises(Invalid) as refusal:
        message.reject_control_characters(f"a{chr(code)}b", "the subject")

    assert f"U+{code:04X}" in str(refusal.value)
    assert "the subject" in str(refusal.value)


@pytest.mark.parametrize("value", ["가", "x" * 1000, "a\nb"])
def test_a_canonical_header_is_short_ascii_or_refused(value: str) -> None:
    with pytest.raises(Invalid):
        message.header("Feedback-ID", value)


def test_a_notice_is_a_whole_mail() -> None:
    raw = build_notice(NOTICE)

    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert not mail.defects
    assert mail["Auto-Submitted"] == "auto-generated"
    assert (mail["Subject"], mail["To"], mail["Message-ID"]) == (NOTICE.subject, NOTICE.recipient, NOTICE.message_id)
    assert (mail["Reply-To"], mail["Date"].datetime) == (NOTICE.reply_to, NOTICE.sent_at)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n") == NOTICE.text + "\n"
    assert html.get_content().replace("\r\n", "\n") == NOTICE.html + "\n"
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 78


@pytest.mark.parametrize("place", ["sender_name", "sender_email", "recipient", "subject", "message_id", "reply_to"])
def test_a_notice_takes_no_line_break_in_a_header(place: str) -> None:
    with pytest.raises(Invalid):
        build_notice(replace(NOTICE, **{place: "a\r\nBcc: eve@x.test"}))  # type: ignore[arg-type]


def test_a_notice_without_names_has_bare_addresses() -> None:
    raw = build_notice(replace(NOTICE, sender_name="", reply_to=""))

    assert raw.startswith(b"From: news@example.test\r\nTo: ben@example.test\r\n")
    assert b"Reply-To" not in raw
