"""The SMTP transport over real sockets on loopback, against a sink that misbehaves."""

import socket
import ssl
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from service.delivery.reasons import Reason
from service.delivery.replies import Outcome, Phase
from service.delivery.transports import relay
from service.delivery.transports.protocol import Capabilities, Envelope, HandoverRefused, Result, Standing, Wait
from service.delivery.transports.smtp import SmtpTransport
from service.delivery.transports.smtp_connection import Patience
from tests.support import certificates
from tests.support.mailbox import CLOSE, STALL, Mailbox

CONTENT = "Subject: news\r\n\r\n안녕하세요\r\n..dot\r\n".encode()
PLAIN = b"Subject: news\r\n\r\nhello\r\n"


class Post:
    """Sends to readers by name and keeps what it was told."""

    def __init__(self, url: str, *, content: bytes = CONTENT, connections: int = 3, **options: object) -> None:
        self.transport = SmtpTransport(relay.parse(url), connections=connections, **options)  # type: ignore[arg-type]
        self.content = content
        self.handed: list[int] = []
        self.results: dict[int, Result] = {}

    def send(self, names: Collection[str], standing: Standing | None = None, first: int = 0) -> Result | None:
        return self.transport.send(self.letters(names, first), on_handover=self.handed.append, on_result=self.told, standing=standing)

    def letters(self, names: Collection[str], first: int = 0) -> Iterator[Envelope | Wait]:
        for number, name in enumerate(names, first):
            yield Envelope(number, f"b+{number}@bounces.test", f"{name}@example.test", lambda _: self.content)

    def told(self, number: int, result: Result) -> None:
        assert number not in self.results, "exactly one result for each"
        self.results[number] = result

    def outcomes(self) -> list[Outcome]:
        return [self.results[number].outcome for number in sorted(self.results)]


def names(count: int) -> list[str]:
    return [f"reader{n}" for n in range(count)]


@pytest.mark.parametrize("extensions", [("PIPELINING", "8BITMIME"), ("8BITMIME",), ()])
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


def test_connections_are_kept_between_calls() -> None:
    with Mailbox() as mailbox:
        post = Post(mailbox.url, connections=1)

        post.send(["ada"])
        post.send(["ben"], first=1)

        post.transport.close()
    assert mailbox.connections == 1
    assert len(mailbox.messages) == 2


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


def test_a_server_that_is_away_blames_nobody() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    post = Post(f"smtp://127.0.0.1:{port}")

    trouble = post.send(names(5))

    assert trouble is not None
    assert (trouble.outcome, trouble.phase) == (Outcome.UNSENT, Phase.CONNECT)
    assert f"127.0.0.1:{port}" in trouble.text
    assert set(post.outcomes()) == {Outcome.UNSENT}
    assert post.handed == []


def test_the_next_address_of_a_name_is_tried() -> None:
    with Mailbox() as mailbox:
        post = Post(f"smtp://localhost:{mailbox.port}")

        trouble = post.send(["ada"])

        post.transport.close()
    assert trouble is None
    assert post.outcomes() == [Outcome.ACCEPTED]


@pytest.mark.parametrize("greeting", ["554 5.7.1 go away", "421 4.3.2 busy", "nonsense", CLOSE])
def test_a_server_that_will_not_talk_leaves_everything_queued(greeting: str) -> None:
    with Mailbox() as mailbox:
        mailbox.when("greeting", greeting)
        post = Post(mailbox.url)

        trouble = post.send(names(3))

    assert trouble is not None
    assert set(post.outcomes()) == {Outcome.UNSENT}


def test_a_limit_of_connections_is_accepted() -> None:
    with Mailbox() as mailbox:
        post = Post(mailbox.url, connections=1)
        post.send(["ada"])
        mailbox.when("greeting", "421 4.7.0 too many connections")
        post.transport._connections = 4  # an operator has raised it beyond what the server allows

        trouble = post.send(names(30), first=1)

        post.transport.close()
    assert trouble is None
    assert post.outcomes() == [Outcome.ACCEPTED] * 31


def test_connections_that_all_end_early_are_trouble() -> None:
    with Mailbox() as mailbox:
        mailbox.when("mail", CLOSE)
        post = Post(mailbox.url, connections=1)

        trouble = post.send(names(20))

    assert trouble is not None
    assert set(post.outcomes()) <= {Outcome.UNSENT, Outcome.DEFERRED}
    assert len(post.results) == 20
    assert mailbox.connections == 5


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


@pytest.mark.parametrize(("scheme", "implicit"), [("smtp://{}?tls=starttls", False), ("smtps://{}", True)])
@pytest.mark.parametrize("auth", ["PLAIN", "LOGIN"])
def test_tls_and_signing_in(tmp_path: Path, scheme: str, implicit: bool, auth: str) -> None:
    server, trusted = certificates.loopback(tmp_path)
    with Mailbox(tls=server, implicit_tls=implicit, users={"otto": "s/cret"}, auth=auth) as mailbox:
        url = scheme.format(f"otto:s%2Fcret@127.0.0.1:{mailbox.port}")
        post = Post(url, context=ssl.create_default_context(cafile=str(trusted)))

        trouble = post.send(names(30))

        post.transport.close()
    assert trouble is None
    assert len(mailbox.messages) == 30
    assert all(message.is_secured for message in mailbox.messages)


def test_a_certificate_that_is_not_trusted_stops_the_sending(tmp_path: Path) -> None:
    server, _ = certificates.loopback(tmp_path)
    with Mailbox(tls=server) as mailbox:
        post = Post(f"{mailbox.url}?tls=starttls", context=ssl.create_default_context())

        trouble = post.send(names(2))

    assert trouble is not None
    assert (trouble.reason, trouble.phase) == (Reason.RELAY, Phase.STARTTLS)
    assert "not trusted" in trouble.text
    assert mailbox.messages == []


def test_starttls_that_is_not_offered_stops_the_sending() -> None:
    with Mailbox() as mailbox:
        post = Post(f"{mailbox.url}?tls=starttls")

        trouble = post.send(names(2))

    assert trouble is not None
    assert trouble.phase is Phase.STARTTLS
    assert "STARTTLS" in trouble.text


def test_a_wrong_password_stops_the_sending(tmp_path: Path) -> None:
    server, trusted = certificates.loopback(tmp_path)
    with Mailbox(tls=server, implicit_tls=True, users={"otto": "right"}) as mailbox:
        post = Post(f"smtps://otto:wrong@127.0.0.1:{mailbox.port}", context=ssl.create_default_context(cafile=str(trusted)))

        trouble = post.send(names(2))

    assert trouble is not None
    assert (trouble.reason, trouble.phase, trouble.code) == (Reason.RELAY, Phase.AUTH, 535)


def test_many_connections_in_one_loop() -> None:
    with Mailbox() as mailbox:
        post = Post(mailbox.url, connections=32)

        trouble = post.send(names(400))

        post.transport.close()
    assert trouble is None
    assert len({message.rcpt_to for message in mailbox.messages}) == len(mailbox.messages) == 400
    assert 1 < mailbox.connections <= 32
