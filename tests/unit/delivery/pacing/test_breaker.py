"""What the last replies of a place amount to (E6, E11)."""

import pytest

from service.delivery.pacing.breaker import Recent, Sign
from service.delivery.transports.protocol import Result
from tests.support import post

GOOD = post.ACCEPTED
NO_USER = post.reply(550, "5.1.1 user unknown", "5.1.1")
FAULT = post.reply(550, "5.7.26 unauthenticated", "5.7.26")
RATE = post.reply(421, "4.7.28 unusual rate", "4.7.28")
DOWN = post.reply(451, "4.3.0 queue file write error", "4.3.0")
LATER = post.reply(450, "later")


def signs(replies: list[Result], *, is_relay: bool = False, is_probe: bool = False, word: str = "") -> list[Sign | None]:
    recent = Recent(word, is_relay=is_relay)
    return [recent.note(reply, is_probe=is_probe) for reply in replies]


@pytest.mark.parametrize("is_relay", [True, False])
def test_three_faults_of_our_own_among_twenty_replies_hold_the_place(is_relay: bool) -> None:
    near = [FAULT, *[GOOD] * 9, FAULT, *[NO_USER] * 8, FAULT]
    far = [FAULT, *[GOOD] * 10, FAULT, *[GOOD] * 8, FAULT]

    assert signs(near, is_relay=is_relay)[-1] is Sign.HOLD
    assert set(signs(far, is_relay=is_relay)) == {None}


def test_one_rate_reply_of_a_mailbox_provider_is_enough_and_three_of_a_mail_server() -> None:
    assert signs([GOOD, RATE]) == [None, Sign.REST]
    assert signs([RATE, GOOD, RATE, RATE], is_relay=True) == [None, None, None, Sign.REST]


def test_half_of_the_last_twenty_open_the_breaker() -> None:
    assert signs([GOOD, DOWN] * 10)[-1] is Sign.OPEN
    assert set(signs([GOOD, GOOD, DOWN] * 20)) == {None}


def test_an_unclear_4xx_speaks_about_a_mail_server_but_not_about_a_lane() -> None:
    assert signs([LATER] * 10, is_relay=True)[-1] is Sign.OPEN
    assert set(signs([LATER] * 20)) == {None}


def test_a_probe_that_fails_is_a_sign_by_itself() -> None:
    assert signs([DOWN], is_probe=True) == [Sign.OPEN]
    assert signs([RATE], is_relay=True, is_probe=True) == [Sign.REST]
    assert signs([GOOD], is_probe=True) == [None]


def test_replies_count_on_from_what_was_kept() -> None:
    first = Recent(is_relay=False)
    for reply in (FAULT, GOOD, FAULT):
        first.note(reply)

    assert signs([FAULT], word=first.word) == [Sign.HOLD]


def test_good_replies_leave_nothing_to_keep() -> None:
    recent = Recent("f", is_relay=False)
    for _ in range(20):
        recent.note(GOOD)

    assert recent.word == ""


def test_after_a_sign_it_counts_from_nothing() -> None:
    assert signs([FAULT] * 6) == [None, None, Sign.HOLD, None, None, Sign.HOLD]
