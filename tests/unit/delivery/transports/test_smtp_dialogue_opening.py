"""The opening of an SMTP connection: greeting, EHLO or HELO, STARTTLS, AUTH; nothing travels in the clear that must not."""

import pytest

from service.delivery.reasons import Reason
from service.delivery.replies import Outcome, Phase
from service.delivery.transports.smtp_dialogue import Dialogue
from service.delivery.transports.smtp_greeting import Manner
from tests.support.smtp_letters import written


@pytest.mark.parametrize("greeting", [b"554 5.7.1 go away\r\n", b"421 4.3.2 too many connections\r\n", b"HTTP/1.1 400 Bad\r\n"])
def test_a_server_that_will_not_talk_is_trouble_and_blames_nobody(greeting: bytes) -> None:
    dialogue = Dialogue(Manner())

    dialogue.receive(greeting)

    assert dialogue.is_ended
    assert dialogue.trouble is not None
    assert (dialogue.trouble.outcome, dialogue.trouble.phase) == (Outcome.UNSENT, Phase.GREETING)


def test_helo_where_ehlo_is_not_known() -> None:
    dialogue = Dialogue(Manner("pressrun.test"))

    dialogue.receive(b"220 old\r\n")
    assert written(dialogue) == b"EHLO pressrun.test\r\n"
    dialogue.receive(b"500 what\r\n")

    assert written(dialogue) == b"HELO pressrun.test\r\n"


@pytest.mark.parametrize("answer", [b"250 sink.test\r\n", b"500 what\r\n"])
def test_mail_does_not_travel_in_the_clear_where_starttls_is_demanded(answer: bytes) -> None:
    dialogue = Dialogue(Manner(starttls=True))
    dialogue.receive(b"220 sink\r\n")

    dialogue.receive(answer)

    assert dialogue.is_ended
    assert not dialogue.is_open


def test_what_is_slipped_in_after_starttls_ends_the_dialogue() -> None:
    dialogue = Dialogue(Manner(starttls=True))
    dialogue.receive(b"220 sink\r\n")
    dialogue.receive(b"250-sink\r\n250 STARTTLS\r\n")
    written(dialogue)

    dialogue.receive(b"220 go\r\n250 AUTH PLAIN")

    assert dialogue.is_ended


@pytest.mark.parametrize(
    ("offer", "dialogue_lines"),
    [
        ("AUTH PLAIN LOGIN", [b"AUTH PLAIN AG90dG8Ac2VjcmV0\r\n"]),
        ("AUTH=LOGIN", [b"AUTH LOGIN\r\n", b"b3R0bw==\r\n", b"c2VjcmV0\r\n"]),
    ],
)
def test_signing_in_by_what_is_offered(offer: str, dialogue_lines: list[bytes]) -> None:
    dialogue = Dialogue(Manner(user="otto", password="secret"))
    dialogue.receive(b"220 sink\r\n")
    written(dialogue)
    dialogue.receive(f"250-sink\r\n250 {offer}\r\n".encode())

    said = [written(dialogue)]
    for _ in dialogue_lines[1:]:
        dialogue.receive(b"334 VXNlcm5hbWU6\r\n")
        said.append(written(dialogue))
    dialogue.receive(b"235 ok\r\n")

    assert said == dialogue_lines
    assert dialogue.is_open


def test_a_wrong_password_is_our_own_fault() -> None:
    dialogue = Dialogue(Manner(user="otto", password="wrong"))
    dialogue.receive(b"220 sink\r\n250-sink\r\n250 AUTH PLAIN\r\n")

    dialogue.receive(b"535 5.7.8 no\r\n")

    assert dialogue.trouble is not None
    assert (dialogue.trouble.reason, dialogue.trouble.phase) == (Reason.RELAY, Phase.AUTH)
