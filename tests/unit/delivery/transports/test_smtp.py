"""The SMTP transport over real sockets on loopback: everyone once, connections kept, pace, stop and standing."""

from collections.abc import Collection, Iterator

import pytest

from service.delivery.reasons import Reason
from service.delivery.replies import Outcome
from service.delivery.transports.protocol import Capabilities, Envelope, HandoverRefused, Result, Wait
from tests.support.mailbox import Mailbox
from tests.support.smtp_post import CONTENT, PLAIN, Post, names


@pytest.mark.parametrize("extensions", [("PIPELINING", "8BITMIME", "CHUNKING"), ("PIPELINING", "8BITMIME"), ("8BITMIME",), ()])
def test_everyone_gets_exactly_one_mail(extensions: tuple[str, ...]) -> None:
    with Mailbox(extensions=extensions) as mailbox:
        post = Post(mailbox.url, content=CONTENT if extensions else PLAIN)

        trouble = post.send(names(60))

        post.transport.close()
    assert trouble is None
    assert post.outcomes() == [Outcome.ACCEPTED] * 60
    assert sorted(message.rcpt_to for message in mailbox.messages) == sorted((f"{name}@example.test",) for name in names(60))
    assert {message.content for message in mailbox.messages} == {post.content.replace(b"\r\n..", b"\r\n.")}
    assert sorted(post.handed) == list(range(60))


def test_a_large_message_arrives_whole() -> None:
    content = PLAIN + b"x" * 70 + b"\r\n" + (b"y" * 900 + b"\r\n") * 9000
    with Mailbox() as mailbox:
        post = Post(mailbox.url, content=content)

        post.send(names(3))

    assert {message.content for message in mailbox.messages} == {content}


def test_with_chunking_a_refusal_among_messages_under_way_touches_only_its_own() -> None:
    with Mailbox(extensions=("PIPELINING", "8BITMIME", "CHUNKING")) as mailbox:
        mailbox.when("rcpt", "550 5.1.1 unknown", address="reader2@example.test")
        mailbox.when("mail", "451 4.3.0 later", address="b+5@bounces.test")
        mailbox.when("dot", "552 5.2.2 full", address="reader7@example.test")
        post = Post(mailbox.url, connections=1)

        post.send(names(12))

        post.transport.close()
    bad = {2: Outcome.REFUSED, 5: Outcome.DEFERRED}
    assert {n: outcome for n, outcome in enumerate(post.outcomes()) if n not in (*bad, 7)} == dict.fromkeys(
        (n for n in range(12) if n not in (*bad, 7)), Outcome.ACCEPTED
    )
    assert {n: post.results[n].outcome for n in bad} == bad
    assert {message.mail_from.partition("@")[0][2:] for message in mailbox.messages} == {
        message.rcpt_to[0].partition("@")[0].removeprefix("reader") for message in mailbox.messages
    }, "each message stands under its own sender"


def test_connections_are_kept_between_calls() -> None:
    with Mailbox() as mailbox:
        post = Post(mailbox.url, connections=1)

        post.send(["ada"])
        post.send(["ben"], first=1)

        post.transport.close()
    assert mailbox.connections == 1
    assert len(mailbox.messages) == 2


def test_many_connections_in_one_loop() -> None:
    with Mailbox() as mailbox:
        post = Post(mailbox.url, connections=32)

        trouble = post.send(names(400))

        post.transport.close()
    assert trouble is None
    assert len({message.rcpt_to for message in mailbox.messages}) == len(mailbox.messages) == 400
    assert 1 < mailbox.connections <= 32


def test_who_has_left_meanwhile_is_skipped_without_a_word() -> None:
    asked: list[int] = []

    def standing(numbers: Collection[int]) -> Collection[int]:
        asked.extend(numbers)
        return {1, 3}

    with Mailbox() as mailbox:
        post = Post(mailbox.url)

        post.send(["ada", "cleo", "ben", "cleo2", "dora"], standing)

        post.transport.close()
    assert sorted(asked) == [0, 1, 2, 3, 4]
    assert sorted(post.results) == [0, 2, 4]
    assert not any("cleo" in command for command in mailbox.commands)


def test_the_stream_may_ask_for_a_rest() -> None:
    with Mailbox() as mailbox:
        post = Post(mailbox.url)

        def letters() -> Iterator[Envelope | Wait]:
            for letter in post.letters(names(4)):
                yield Wait(0.02)
                yield letter

        trouble = post.transport.send(letters(), on_handover=post.handed.append, on_result=post.told)

        post.transport.close()
    assert trouble is None
    assert post.outcomes() == [Outcome.ACCEPTED] * 4


def test_stop_finishes_what_is_open_and_takes_no_more() -> None:
    taken: list[int] = []
    with Mailbox() as mailbox:
        post = Post(mailbox.url, connections=1)

        def letters() -> Iterator[Envelope | Wait]:
            for letter in post.letters(names(1000)):
                assert isinstance(letter, Envelope)
                taken.append(letter.number)
                yield letter

        def told(number: int, result: Result) -> None:
            post.told(number, result)
            if len(post.results) == 5:
                post.transport.stop()

        trouble = post.transport.send(letters(), on_handover=post.handed.append, on_result=told)

    assert trouble is not None
    assert trouble.reason is Reason.STOPPED
    assert sorted(post.results) == taken
    assert post.outcomes().count(Outcome.ACCEPTED) == len(mailbox.messages) == len(post.handed)
    assert len(taken) < 1000


@pytest.mark.parametrize("error", [HandoverRefused("the lease is lost"), OSError(28, "No space left on device")])
def test_without_evidence_nothing_leaves(error: Exception) -> None:
    with Mailbox() as mailbox:
        post = Post(mailbox.url, connections=2)

        def note(number: int) -> None:
            if len(post.handed) == 3:
                raise error
            post.handed.append(number)

        with pytest.raises(type(error)):
            post.transport.send(post.letters(names(20)), on_handover=note, on_result=post.told)

    assert sorted(post.results) == list(range(20))
    accepted = {number for number, result in post.results.items() if result.outcome is Outcome.ACCEPTED}
    assert accepted == set(post.handed)
    assert len(mailbox.messages) == 3
    assert set(post.outcomes()) == {Outcome.ACCEPTED, Outcome.UNSENT}


def test_an_error_of_our_own_finishes_what_is_open() -> None:
    def broken(number: int) -> Envelope:
        def content(capabilities: Capabilities) -> bytes:
            if number == 7:
                raise KeyError("name")
            return PLAIN

        return Envelope(number, "b@x.test", "ada@example.test", content)

    with Mailbox() as mailbox:
        post = Post(mailbox.url, connections=3)

        with pytest.raises(KeyError):
            post.transport.send((broken(number) for number in range(20)), on_handover=post.handed.append, on_result=post.told)

        post.transport.close()
    assert set(post.outcomes()) == {Outcome.ACCEPTED, Outcome.UNSENT}
    assert post.outcomes().count(Outcome.ACCEPTED) == len(mailbox.messages)
    assert 7 in post.results
