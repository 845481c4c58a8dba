"""Headers and values of a letter to Ada, and the parser that reads what arrived."""

from email import message_from_bytes
from email.message import Message

from service.rendering import fields
from service.rendering.headers import DATE, MESSAGE_ID, RECIPIENT, Headers

ACTING = fields.token(fields.ACTING)
HEADERS = Headers(
    sender_name="월요 소식",
    sender_email="news@example.test",
    subject="월요일의 소식",
    list_name="월요 소식",
    list_domain="news.example.test",
    unsubscribe_url=f"https://news.example.test/u/{ACTING}",
    unsubscribe_mailto=f"mailto:leave+{ACTING}@bounces.example.test?subject=unsubscribe",
    feedback_id="issue7:ko:news:pressrun",
    reply_to="editors@example.test",
)
VALUES = {
    fields.NAME: "에이다",
    fields.MEASURING: "AbCdEfGhIjKlMnOpQrStUvWxYz-_0123",
    fields.ACTING: "ZyXwVuTsRqPoNmLkJiHgFeDcBa-_98765432",
    RECIPIENT: "ada@example.test",
    MESSAGE_ID: "<d1.7@news.example.test>",
    DATE: "Mon, 14 Sep 2026 12:00:00 +0900",
}


def parse(wire: bytes) -> tuple[str, str]:
    """Text and HTML of a message in wire form, decoded, with their line ends as they are."""
    plain = wire.replace(b"\r\n..", b"\r\n.")
    message: Message = message_from_bytes(plain)
    assert message.get_content_type() == "multipart/alternative"
    text, html = [part for part in message.walk() if not part.is_multipart()]
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    return _decoded(text), _decoded(html)


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()
