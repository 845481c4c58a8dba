"""What comes back, told apart: samples of our own after the wordings of the large systems; each file's name says what it is."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.core.settings import ROOT
from service.feedback.classifying import Classified, Kind, classify
from service.feedback.policy import Action
from tests.support.returned_mail import RETURNED, arf, dsn, reply, text_bounce

SAMPLES = sorted((ROOT / "tests/data/returned").glob("*.eml"))
TOUCHES_A_READER = {Action.SUPPRESS, Action.CONFIRM, Action.UNSUBSCRIBE}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_is_what_its_name_says(sample: Path) -> None:
    wanted = sample.name.partition("--")[0]

    found = classify(sample.read_bytes())

    assert (found.kind.value, found.is_hard) == (("bounce", True) if wanted == "hard" else (wanted, False))


def test_a_report_names_recipient_status_and_what_was_returned() -> None:
    found = classify(dsn("5.1.1", "smtp; 550 5.1.1 <dora@reader.test>: User unknown"))

    assert (found.recipient, found.status, found.action) == ("dora@reader.test", "5.1.1", Action.SUPPRESS)
    assert found.message_ids == ("<dabc.7@news.example.test>",)


@pytest.mark.parametrize("action", ["delayed", "relayed", "delivered", "expanded"])
def test_what_did_not_fail_is_no_bounce(action: str) -> None:
    found = classify(dsn("5.1.1", "smtp; 550 user unknown", action=action))

    assert (found.kind, found.reason, found.action) == (Kind.OTHER, action, Action.IGNORE)


def test_one_recipient_of_several_that_is_gone_for_good_decides() -> None:
    second = b"\nFinal-Recipient: rfc822; ben@reader.test\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\n"
    raw = dsn("5.2.2", "smtp; 552 5.2.2 mailbox full").replace(b"mailbox full\n", b"mailbox full\n" + second)

    found = classify(raw)

    assert (found.recipient, found.is_hard) == ("ben@reader.test", True)


def test_an_internationalised_report_is_read() -> None:
    found = classify(
        dsn("5.1.1", "smtp; 550 5.1.1 no such user", recipient="utf-8; \\x{B3C4}ra@reader.test", kind="message/global-delivery-status")
    )

    assert (found.is_hard, found.recipient) == (True, "도ra@reader.test")


def test_words_alone_want_a_second_bounce() -> None:
    found = classify(text_bounce("Sorry, we were unable to deliver your message.\n<dora@reader.test>: no such user"))

    assert (found.is_hard, found.action) == (True, Action.CONFIRM)


def test_the_returned_message_decides_nothing() -> None:
    found = classify(text_bounce("Your message could not be delivered to dora@reader.test. Mailbox full."))

    assert "user unknown" in RETURNED
    assert (found.reason, found.is_hard) == ("full", False)


@pytest.mark.parametrize(
    ("kind", "action"),
    [
        ("abuse", "suppress"),
        ("fraud", "suppress"),
        ("virus", "suppress"),
        ("opt-out", "unsubscribe"),
        ("not-spam", "log"),
        ("auth-failure", "alarm"),
    ],
)
def test_a_complaint_of_each_type_has_its_consequence(kind: str, action: str) -> None:
    found = classify(arf(kind))

    assert (found.kind, found.reason, found.action.value) == (Kind.COMPLAINT, kind, action)
    assert (found.recipient, found.is_hard) == ("dora@reader.test", False)


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: raw.replace(b"message/feedback-report", b"text/plain"),
        lambda raw: raw.replace(b"multipart/report; report-type=feedback-report", b"multipart/mixed"),
        lambda raw: raw.replace(b"--b1--\n", b""),
        lambda raw: raw.partition(b"--b1\nContent-Type: message/rfc822")[0],
        lambda raw: raw.replace(b"\n", b"\r\n"),
    ],
)
def test_a_damaged_complaint_is_still_one(damage: object) -> None:
    found = classify(damage(arf()))  # type: ignore[operator]

    assert (found.kind, found.action) == (Kind.COMPLAINT, Action.SUPPRESS)


def test_a_reply_is_read_without_what_it_quotes() -> None:
    html = '<p>잘 읽었습니다</p><div class="gmail_quote">unsubscribe 수신거부</div>'

    assert classify(reply("고맙습니다\n\n> 수신거부")).kind is Kind.OTHER
    assert classify(reply(html, html=True)).kind is Kind.OTHER
    assert classify(reply("<p>수신거부</p>", html=True)).kind is Kind.UNSUBSCRIBE


def test_the_mailto_of_the_header_brings_its_token() -> None:
    token = "Ab-_" * 9

    found = classify(reply("", subject=f"unsubscribe {token}", more=""))

    assert (found.kind, found.token) == (Kind.UNSUBSCRIBE, token)


@given(st.binary(max_size=2000))
@settings(max_examples=200)
def test_any_bytes_are_classified(raw: bytes) -> None:
    assert isinstance(classify(raw), Classified)


@given(st.binary(max_size=300), st.integers(0, 900))
@settings(max_examples=100)
def test_a_report_with_bytes_thrown_in_is_classified(noise: bytes, at: int) -> None:
    raw = dsn("5.1.1", "smtp; 550 5.1.1 User unknown")

    assert isinstance(classify(raw[:at] + noise + raw[at:]), Classified)


HOSTILE = {
    "deep": b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(20_000)),
    "wide": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 50_000,
    "headers": b"X-A: b\n" * 200_000 + b"\n\nx",
    "words": b"Subject: " + b"=?utf-8?q?a" * 100_000 + b"\n\nx",
    "tags": b"From: mailer-daemon@a.test\nContent-Type: text/html\n\n" + b"<style <!-- <a " * 100_000,
    "zeros": b"\0" * 3_000_000,
    "recipients": b"From: mailer-daemon@a.test\n\n" + b"Final-Recipient: rfc822;a@b.test\nAction: failed\n" * 50_000,
    "charset": b'Content-Type: text/plain; charset="../../x\xff"\n\n\xff\xfe\x00',
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mail_is_classified_in_bounded_work(name: str) -> None:
    assert isinstance(classify(HOSTILE[name]), Classified)


def test_a_huge_mail_is_read_no_further_than_its_report() -> None:
    assert classify(dsn("5.1.1", "smtp; 550 5.1.1 User unknown") + b"x" * 25_000_000).is_hard
