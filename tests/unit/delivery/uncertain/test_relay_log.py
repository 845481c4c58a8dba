"""What the lines of a Postfix log say about deliveries of ours, and what they do not."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.delivery.reasons import Reason
from service.delivery.replies import Outcome
from service.delivery.uncertain.relay_log import Said, Trail, instant
from service.tracking import tokens
from tests.support.factories import SIGNER
from tests.support.relay_log import NOW, ada, ben, line, lines_of, named, queued, rejected, status


def said(*lines: str, after: datetime = NOW - timedelta(hours=1)) -> dict[tuple[int, int], Said]:
    trail = Trail(SIGNER, {ada: after, ben: after}, NOW)
    trail.feed(text.encode() for text in lines)
    return trail.said()


def test_a_mail_is_followed_from_its_message_id_to_its_end() -> None:
    found = said(named("4Q7F1", ada), queued("4Q7F1"), status("4Q7F1", "sent", "2.0.0", "250 2.0.0 Ok: queued as 7"))

    assert found == {ada: Said(Outcome.ACCEPTED, words="sent: 250 2.0.0 Ok: queued as 7")}


@pytest.mark.parametrize("is_classic", [True, False])
def test_both_kinds_of_time_stamps_are_read(is_classic: bool) -> None:
    assert said(*lines_of(ada, "4Q7F1", is_classic=is_classic))[ada].outcome is Outcome.ACCEPTED


def test_what_is_in_the_relays_queue_has_been_taken_though_nobody_has_it_yet() -> None:
    waiting = said(named("4Q7F1", ada), queued("4Q7F1"), status("4Q7F1", "deferred", "4.4.1", "connection timed out"))

    assert waiting[ada] == Said(Outcome.ACCEPTED, words="deferred: connection timed out")
    assert said(named("4Q7F1", ada), queued("4Q7F1"))[ada].outcome is Outcome.ACCEPTED


def test_a_message_id_alone_is_no_end_for_the_final_dot_may_never_have_come() -> None:
    assert said(named("4Q7F1", ada)) == {ada: Said(None)}


def test_a_bounce_is_a_refusal_with_its_reason() -> None:
    found = said(named("4Q7F1", ada), queued("4Q7F1"), status("4Q7F1", "bounced", "5.1.1", "host mx said: 550 5.1.1 user unknown"))

    assert found[ada].outcome is Outcome.REFUSED
    assert found[ada].reason is Reason.UNKNOWN_USER


def test_a_mail_taken_once_was_taken_whatever_another_try_met() -> None:
    first = (named("4Q7F1", ada), queued("4Q7F1"), status("4Q7F1", "bounced", "5.1.1", "no such user"))
    second = (named("4Q7F2", ada), queued("4Q7F2"), status("4Q7F2", "sent", "2.0.0", "250 Ok"))

    assert said(*first, *second)[ada].outcome is Outcome.ACCEPTED
    assert said(*second, *first)[ada].outcome is Outcome.ACCEPTED


def test_a_reject_before_the_queue_is_known_by_the_envelope_sender() -> None:
    gone = said(rejected(ada, "550 5.1.1 <ada@naver.com>: Recipient address rejected: User unknown"))
    later = said(rejected(ben, "451 4.3.0 <ben@gmail.com>: Temporary lookup failure"))

    assert (gone[ada].outcome, gone[ada].reason) == (Outcome.REFUSED, Reason.UNKNOWN_USER)
    assert later[ben].outcome is Outcome.DEFERRED


def test_a_reject_for_a_fault_of_our_own_blames_no_address() -> None:
    found = said(rejected(ada, "554 5.7.1 <desk@news.example.com>: Relay access denied"))

    assert found[ada].outcome is Outcome.DEFERRED


def test_a_reject_of_an_earlier_try_says_nothing_about_this_one() -> None:
    assert said(rejected(ada, "451 4.7.1 greylisted"), after=NOW + timedelta(minutes=1)) == {}


def test_other_mails_and_a_queue_id_that_lives_again_say_nothing() -> None:
    foreign = line("cleanup", "4Q7F1: message-id=<20260914.abc@elsewhere.example>")
    forged = line("cleanup", "4Q7F3: message-id=<d" + "a" * 32 + ".1@news.example.com>")

    found = said(
        named("4Q7F1", ada), foreign, queued("4Q7F1"), status("4Q7F1", "bounced", "5.1.1", "x"), forged, queued("4Q7F3"), "rubbish"
    )

    assert found == {}


def test_a_log_read_on_later_goes_on_with_the_queue_ids_of_before() -> None:
    first = Trail(SIGNER, {ada: NOW}, NOW)
    first.feed([named("4Q7F1", ada).encode()])

    second = Trail(SIGNER, {ada: NOW}, NOW)
    second.remember(first.queue_ids)
    second.feed([status("4Q7F1", "sent", "2.0.0", "250 Ok").encode()])

    assert second.said()[ada].outcome is Outcome.ACCEPTED


@given(cut=st.integers(0, 3))
def test_where_the_reading_was_interrupted_makes_no_difference(cut: int) -> None:
    lines = [text.encode() for text in lines_of(ada, "4Q7F1")]
    first, second = Trail(SIGNER, {ada: NOW}, NOW), Trail(SIGNER, {ada: NOW}, NOW)
    first.feed(lines[:cut])
    second.remember(first.queue_ids)
    second.feed(lines[cut:])

    outcomes = {trail.said()[ada].outcome for trail in (first, second) if ada in trail.said()}

    assert Outcome.ACCEPTED in outcomes


@given(text=st.binary(max_size=200))
def test_no_line_makes_it_stumble(text: bytes) -> None:
    trail = Trail(SIGNER, {ada: NOW}, NOW)
    for mark in (b"message-id=<d", b"status=", b"reject: ", b"(queue active)"):
        trail.feed([b"Sep 14 12:00:00 h postfix/smtp[1]: 4Q7F1: " + mark + text, text + mark])

    assert trail.said() == {}


def test_a_classic_time_is_the_last_such_one() -> None:
    new_year = datetime(2027, 1, 1, 12, tzinfo=UTC)

    assert instant("Dec 31 10:00:00 host x", new_year) == datetime(2026, 12, 31, 10).astimezone()
    assert instant("2026-12-31T10:00:00.5+09:00 host x", new_year) == datetime(2026, 12, 31, 1, 0, 0, 500000, tzinfo=UTC)
    assert instant("no time at all", new_year) is None


def test_message_ids_are_those_of_the_letters() -> None:
    assert tokens.message_id(SIGNER, *ada, "news.example.com") in named("4Q7F1", ada)
