"""The operator's address of the way out, good and bad."""

from pathlib import Path

import pytest

from service.core.errors import Invalid
from service.delivery.transports import relay
from service.delivery.transports.file import FileTransport
from service.delivery.transports.opening import open_transport
from service.delivery.transports.relay import Relay, Security
from service.delivery.transports.smtp import SmtpTransport


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://127.0.0.1:2525", Relay("127.0.0.1", 2525, Security.NONE)),
        ("smtp://localhost", Relay("localhost", 25, Security.NONE)),
        ("smtp://[::1]:2525", Relay("::1", 2525, Security.NONE)),
        ("smtp://mail.example.com", Relay("mail.example.com", 587, Security.STARTTLS)),
        ("smtp://otto:p%40ss@mail.example.com:25?tls=starttls", Relay("mail.example.com", 25, Security.STARTTLS, "otto", "p@ss")),
        ("smtps://mail.example.com", Relay("mail.example.com", 465, Security.TLS)),
    ],
)
def test_address_of_a_relay(url: str, expected: Relay) -> None:
    assert relay.parse(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "smtp://mail.example.com?tls=none",
        "smtp://10.0.0.1:25?tls=none",
        "http://mail.example.com",
        "smtp://",
        "smtp://mail.example.com:99999",
        "smtp://mail.example.com?tls=maybe",
        "smtps://mail.example.com?tls=none",
        "smtp://mail.example.com?timeout=3",
        "smtp://otto:pa/ss@mail.example.com",
        "smtp://otto%00:x@mail.example.com",
        "file://elsewhere/mails",
        "file:mails",
    ],
)
def test_an_unusable_address_is_refused_with_a_remedy(url: str) -> None:
    with pytest.raises(Invalid) as refusal:
        open_transport(url)

    assert refusal.value.remedy


def test_the_password_is_never_shown() -> None:
    assert "secret" not in repr(relay.parse("smtps://otto:secret@mail.example.com"))


def test_the_address_chooses_the_transport(tmp_path: Path) -> None:
    assert isinstance(open_transport("smtp://127.0.0.1:25"), SmtpTransport)
    assert isinstance(open_transport(tmp_path.as_uri()), FileTransport)
