"""Letters for the tests of the SMTP dialogue, and what a dialogue has written."""

from service.delivery.transports.dots import stuffed
from service.delivery.transports.protocol import Capabilities, Envelope
from service.delivery.transports.smtp_dialogue import Dialogue

PLAIN = b"Subject: news\r\n\r\nhello\r\n.dot\r\n"
CONTENT = stuffed(PLAIN)
CAST = ("ada@example.test", "dora@example.test", "ben@example.test")


def content(capabilities: Capabilities) -> bytes:
    return PLAIN if capabilities.chunking else CONTENT


def letters(*recipients: str) -> list[Envelope]:
    return [Envelope(n, "b+1@bounces.test", recipient, content) for n, recipient in enumerate(recipients)]


def written(dialogue: Dialogue) -> bytes:
    said = b"".join(dialogue.buffers())
    dialogue.take_handovers()
    dialogue.wrote(len(said))
    return said
