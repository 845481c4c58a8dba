"""The SMTP transport on its way in: servers that are away or will not talk, limits of connections, TLS and signing in."""

import socket
import ssl
from pathlib import Path

import pytest

from service.delivery.reasons import Reason
from service.delivery.replies import Outcome, Phase
from tests.support import certificates
from tests.support.mailbox import CLOSE, Mailbox
from tests.support.smtp_post import Post, names


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
