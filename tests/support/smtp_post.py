"""Sends letters over the SMTP transport to readers by name, and keeps what it was told."""

from collections.abc import Collection, Iterator

from service.delivery.replies import Outcome
from service.delivery.transports import relay
from service.delivery.transports.dots import unstuffed
from service.delivery.transports.protocol import Capabilities, Envelope, Result, Standing, Wait
from service.delivery.transports.smtp import SmtpTransport

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
            yield Envelope(number, f"b+{number}@bounces.test", f"{name}@example.test", self._form)

    def _form(self, capabilities: Capabilities) -> bytes:
        return unstuffed(self.content) if capabilities.chunking else self.content

    def told(self, number: int, result: Result) -> None:
        assert number not in self.results, "exactly one result for each"
        self.results[number] = result

    def outcomes(self) -> list[Outcome]:
        return [self.results[number].outcome for number in sorted(self.results)]


def names(count: int) -> list[str]:
    return [f"reader{n}" for n in range(count)]
