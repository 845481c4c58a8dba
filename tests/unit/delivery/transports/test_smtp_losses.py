"""The SMTP transport against a server that refuses, closes or falls silent: what never left goes again, what may have arrived does not."""

from collections.abc import Iterator

import pytest

from service.delivery.reasons import Reason
from service.delivery.replies import Outcome, Phase
from service.delivery.transports.protocol import Envelope, Wait
from service.delivery.transports.smtp_connection import Patience
from tests.support.mailbox import CLOSE, STALL, Mailbox
from tests.support.smtp_post import PLAIN, Post, names


def test_a_kept_connection_that_was_closed_costs_nothing() -> None:
    with Mailbox() as mailbox:
        post = Post(mailbox.url)
        post.send(names(9))
        mailbox.hang_up()

        trouble = post.send(names(9), first=9)

        post.transport.close()
    assert trouble is None
    assert post.outcomes() == [Outcome.ACCEPTED] * 18


@pytest.mark.parametrize("at", ["mail", "rcpt", "data"])
def test_a_connection_lost_before_the_final_dot_is_tried_again(at: str) -> None:
    with Mailbox() as mailbox:
        mailbox.when(at, CLOSE, times=1)
        post = Post(mailbox.url, connections=1)

        trouble = post.send(names(5))

        post.transport.close()
    assert trouble is None
    assert post.outcomes() == [Outcome.ACCEPTED] * 5
    assert len(mailbox.messages) == 5


def test_a_connection_lost_while_a_large_content_is_written_is_tried_again() -> None:
    content = PLAIN + (b"y" * 900 + b"\r\n") * 11000
    with Mailbox() as mailbox:
        mailbox.when("body", CLOSE, times=1)
        post = Post(mailbox.url, content=content, connections=1)

        trouble = post.send(names(2))

        post.transport.close()
    assert trouble is None
    assert post.outcomes() == [Outcome.ACCEPTED] * 2
    assert len(mailbox.messages) == 2


@pytest.mark.parametrize(("at", "arrived"), [("unheard", 4), ("dot", 5)])
def test_a_connection_lost_after_the_final_dot_is_uncertain_and_not_repeated(at: str, arrived: int) -> None:
    with Mailbox() as mailbox:
        mailbox.when(at, CLOSE, address="reader2@example.test")
        post = Post(mailbox.url, connections=1)

        post.send(names(5))

        post.transport.close()
    assert post.results[2].outcome is Outcome.UNCERTAIN
    assert post.results[2].phase is Phase.FINAL
    assert post.outcomes().count(Outcome.ACCEPTED) == 4
    assert len(mailbox.messages) == arrived


def test_silence_after_the_final_dot_is_uncertain() -> None:
    with Mailbox() as mailbox:
        mailbox.when("dot", STALL, address="reader0@example.test")
        post = Post(mailbox.url, patience=Patience(final=0.3))

        post.send(names(4))

        post.transport.close()
    assert post.outcomes() == [Outcome.UNCERTAIN, *[Outcome.ACCEPTED] * 3]
    assert "final" in post.results[0].text


@pytest.mark.parametrize("at", ["mail", "rcpt", "data"])
def test_no_earlier_reply_is_waited_for_longer_than_the_final_one_and_the_mail_goes_another_way(at: str) -> None:
    with Mailbox() as mailbox:
        mailbox.when(at, STALL, times=1)
        post = Post(mailbox.url, connections=2, patience=Patience.at_most(0.3))

        post.send(names(4))

        post.transport.close()
    assert post.outcomes() == [Outcome.ACCEPTED] * 4
    assert Patience.at_most(600) == Patience()


def test_a_message_that_always_kills_its_connection_is_deferred_and_the_rest_goes_on() -> None:
    with Mailbox() as mailbox:
        mailbox.when("rcpt", CLOSE, address="reader2@example.test")
        post = Post(mailbox.url, connections=2)

        trouble = post.send(names(12))

        post.transport.close()
    assert trouble is None
    assert (post.results[2].outcome, post.results[2].reason) == (Outcome.DEFERRED, Reason.NETWORK)
    assert post.outcomes().count(Outcome.ACCEPTED) == 11


@pytest.mark.parametrize(
    "reply", ["421 4.3.0 no", "450 4.2.0 no", "451 4.3.0 no", "452 4.3.1 no", "550 5.1.1 no", "552 5.2.2 no", "554 5.6.0 no"]
)
@pytest.mark.parametrize("at", ["rcpt", "data", "dot"])
def test_refusals_are_matched_to_their_message(at: str, reply: str) -> None:
    with Mailbox() as mailbox:
        mailbox.when(at, reply, address="dora@example.test")
        post = Post(mailbox.url, connections=1)

        trouble = post.send(["ada", "dora", "ben"])

        post.transport.close()
    assert trouble is None
    assert post.results[1].code == int(reply[:3])
    assert [post.results[n].outcome for n in (0, 2)] == [Outcome.ACCEPTED] * 2


def test_connections_closed_while_nothing_is_sent_are_no_trouble() -> None:
    with Mailbox() as mailbox:
        post = Post(mailbox.url, connections=16)

        def letters() -> Iterator[Envelope | Wait]:
            for round_ in range(4):
                yield from post.letters(names(16), first=16 * round_)
                while len(post.results) < 16 * (round_ + 1):
                    yield Wait(0.02)
                mailbox.hang_up()
                yield Wait(0.05)

        trouble = post.transport.send(letters(), on_handover=post.handed.append, on_result=post.told)

        post.transport.close()
    assert trouble is None
    assert post.outcomes() == [Outcome.ACCEPTED] * 64
