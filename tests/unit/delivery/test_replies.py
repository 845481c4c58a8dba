"""What mail servers say, and what it means: rows A12, A14, A16, D1 to D6 and E6 of the requirements."""

import pytest

from service.delivery.reasons import Reason
from service.delivery.replies import Outcome, Phase, classify, enhanced_code, judge

REPLIES = [
    # hard: the address (D1)
    (
        "550 5.1.1 <dora@example.test>: Recipient address rejected: User unknown in local recipient table",
        Outcome.REFUSED,
        Reason.UNKNOWN_USER,
    ),
    ("550 5.1.1 The email account that you tried to reach does not exist. NoSuchUser", Outcome.REFUSED, Reason.UNKNOWN_USER),
    ("550 No such user here", Outcome.REFUSED, Reason.UNKNOWN_USER),
    ("550 5.5.0 Requested action not taken: mailbox unavailable", Outcome.REFUSED, Reason.UNKNOWN_USER),
    ("550 5.4.1 Recipient address rejected: Access denied", Outcome.REFUSED, Reason.UNKNOWN_USER),
    ("550 5.1.2 Bad destination mailbox domain", Outcome.REFUSED, Reason.UNKNOWN_HOST),
    ("550 5.4.4 Unable to route: host not found", Outcome.REFUSED, Reason.UNKNOWN_HOST),
    ("501 5.1.3 Bad recipient address syntax", Outcome.REFUSED, Reason.BAD_ADDRESS),
    ("551 5.1.6 User has moved; please forward", Outcome.REFUSED, Reason.MOVED),
    ("556 5.1.10 Recipient address has null MX", Outcome.REFUSED, Reason.NO_MAIL),
    # soft
    ("550 5.2.1 The email account that you tried to reach is disabled", Outcome.REFUSED, Reason.DISABLED),
    ("552 5.2.2 The recipient's inbox is out of storage space", Outcome.REFUSED, Reason.FULL),
    ("452 4.2.2 Mailbox full", Outcome.DEFERRED, Reason.FULL),
    ("552 Quota exceeded", Outcome.REFUSED, Reason.FULL),
    ("552 5.3.4 Message size exceeds fixed limit", Outcome.REFUSED, Reason.SIZE),
    ("552 5.2.2 message too large for this mailbox", Outcome.REFUSED, Reason.SIZE),
    ("554 5.6.0 Message content rejected", Outcome.REFUSED, Reason.CONTENT),
    ("550 5.7.1 virus found", Outcome.REFUSED, Reason.CONTENT),
    # our own fault: waits for us, never blames (A12, A14, D4)
    ("550 5.7.26 This mail is unauthenticated", Outcome.DEFERRED, Reason.AUTHENTICATION),
    ("421 4.7.27 SPF did not pass", Outcome.DEFERRED, Reason.AUTHENTICATION),
    ("550 5.7.30 DKIM", Outcome.DEFERRED, Reason.AUTHENTICATION),
    ("550 5.7.40 DMARC record", Outcome.DEFERRED, Reason.AUTHENTICATION),
    ("550 5.7.32 alignment", Outcome.DEFERRED, Reason.AUTHENTICATION),
    (
        "550 5.7.515 Access denied, sending domain example.test does not meet the required authentication level",
        Outcome.DEFERRED,
        Reason.AUTHENTICATION,
    ),
    ("550 5.1.1 blocked using zen.spamhaus.org", Outcome.DEFERRED, Reason.REPUTATION),
    ("550 5.7.606 Access denied, banned sending IP", Outcome.DEFERRED, Reason.REPUTATION),
    ("421 4.3.2 Your IP 192.0.2.1 is filtered", Outcome.DEFERRED, Reason.REPUTATION),
    ("554 5.7.1 Message looks like spam", Outcome.DEFERRED, Reason.POLICY),
    ("554 5.7.1 <ada@example.test>: Relay access denied", Outcome.DEFERRED, Reason.RELAY),
    ("530 5.7.0 Must issue a STARTTLS command first", Outcome.DEFERRED, Reason.POLICY),
    ("503 5.5.1 Bad sequence of commands", Outcome.DEFERRED, Reason.PROTOCOL),
    # pace
    ("421 4.7.28 Our system has detected an unusual rate of mail", Outcome.DEFERRED, Reason.RATE),
    ("421 4.3.1 You send too many messages", Outcome.DEFERRED, Reason.RATE),
    ("550 5.7.1 too many messages within 24 hours", Outcome.DEFERRED, Reason.RATE),
    ("452 4.5.3 Too many recipients", Outcome.DEFERRED, Reason.RATE),
    # passing
    ("450 4.7.1 Please wait", Outcome.DEFERRED, Reason.GREYLIST),
    ("451 4.2.0 Greylisted, come back later", Outcome.DEFERRED, Reason.GREYLIST),
    ("451 4.3.0 Temporary lookup failure", Outcome.DEFERRED, Reason.SYSTEM),
    ("452 4.3.1 Insufficient system storage", Outcome.DEFERRED, Reason.SYSTEM),
    ("421 4.4.2 Connection timed out", Outcome.DEFERRED, Reason.NETWORK),
    ("421 Service not available", Outcome.DEFERRED, Reason.NETWORK),
    ("450 later", Outcome.DEFERRED, Reason.UNKNOWN),
    ("550 no", Outcome.REFUSED, Reason.UNKNOWN),
]


@pytest.mark.parametrize(("line", "outcome", "reason"), REPLIES)
def test_reply_to_rcpt_means(line: str, outcome: Outcome, reason: Reason) -> None:
    code, text = int(line[:3]), line[4:]

    verdict = judge(Phase.RCPT, code, enhanced_code(text), text)

    assert (verdict.outcome, verdict.reason) == (outcome, reason)


def test_only_the_address_itself_is_hard() -> None:
    hard = {judge(Phase.RCPT, int(line[:3]), enhanced_code(line[4:]), line[4:]) for line, *_ in REPLIES}

    reasons = {verdict.reason for verdict in hard if verdict.is_hard}

    assert reasons == {Reason.UNKNOWN_USER, Reason.UNKNOWN_HOST, Reason.BAD_ADDRESS, Reason.MOVED, Reason.NO_MAIL}


def test_a_refused_sender_waits_for_us() -> None:
    verdict = judge(Phase.MAIL, 550, None, "no such user")

    assert verdict.waits_for_us
    assert not verdict.is_hard


def test_a_size_refused_at_mail_is_about_the_message() -> None:
    verdict = judge(Phase.MAIL, 552, "5.3.4", "5.3.4 Message size exceeds fixed limit")

    assert (verdict.outcome, verdict.reason) == (Outcome.REFUSED, Reason.SIZE)


@pytest.mark.parametrize(("phase", "code"), [(Phase.GREETING, 421), (Phase.GREETING, 554), (Phase.HELLO, 550), (Phase.AUTH, 535)])
def test_before_mail_nothing_is_said_about_a_message(phase: Phase, code: int) -> None:
    assert judge(phase, code, None, "no").outcome is Outcome.UNSENT


@pytest.mark.parametrize("code", [250, 251, 252])
def test_two_hundreds_are_accepted(code: int) -> None:
    assert judge(Phase.FINAL, code, None, "taken").outcome is Outcome.ACCEPTED


@pytest.mark.parametrize(
    ("text", "code"), [("5.1.1 no", "5.1.1"), ("4.07.028 rate", "4.7.28"), ("no", None), ("5.1 no", None), ("2.0.0", "2.0.0")]
)
def test_enhanced_code_is_read_from_the_text(text: str, code: str | None) -> None:
    assert enhanced_code(text) == code


def test_a_notice_without_a_code_is_classified_by_its_words() -> None:
    assert classify(None, None, "Dieses Konto: user unknown") is Reason.UNKNOWN_USER
    assert classify(None, "5.0.0", "존재하지 않는 계정입니다") is Reason.UNKNOWN_USER
    assert classify(None, None, "휴면 계정입니다") is Reason.DISABLED
