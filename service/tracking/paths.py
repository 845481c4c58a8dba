"""Where the hits of a letter arrive, and what one of its links is. Pure: the edge imports it without a database."""

import contextlib
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote, urlsplit

CLICK_PATH = "/c/"  # + measuring token + "/" + number of the link
PIXEL_PATH = "/o/"  # + measuring token + PIXEL_SUFFIX
PIXEL_SUFFIX = ".gif"
VIEW_PATH = "/v/"  # + measuring token: view in browser, on the base address


@dataclass(frozen=True)
class LinkUse:
    """A link as it stands in a letter: where it leads, its words, and the id of the block it stands in."""

    url: str
    text: str
    block: str


class Destination(NamedTuple):
    """Where a click leads, and as which number of the issue it counts: a repaired link's clicks count as its replacement's."""

    number: int
    url: str

    @classmethod
    def read(cls, number: str, text: str) -> "Destination | None":
        """What `text` wrote; None for anything that is no web address."""
        counted, _, url = text.rpartition(" ")
        if not url.startswith(("https://", "http://")):
            return None
        return cls(int(counted or number), in_ascii(url))

    def text(self, number: int) -> str:
        """The form in Valkey and in files: the address, after another number where the click counts as that one's."""
        return self.url if self.number == number else f"{self.number} {self.url}"


def click_url(edge_url: str, measuring: str, number: int | str) -> str:
    """The address that counts a click and then leads to link `number` of the issue (C8)."""
    return f"{edge_url}{CLICK_PATH}{measuring}/{number}"


def pixel_url(edge_url: str, measuring: str) -> str:
    """The address of the picture whose loading counts as an open."""
    return f"{edge_url}{PIXEL_PATH}{measuring}{PIXEL_SUFFIX}"


def view_url(base_url: str, measuring: str) -> str:
    """The address of the letter in a browser."""
    return f"{base_url}{VIEW_PATH}{measuring}"


def in_ascii(url: str) -> str:
    """An address as a header may carry it: what people write in their own script is percent-encoded, a host name becomes its A-label."""
    if url.isascii():
        return url
    host = urlsplit(url).hostname or ""
    with contextlib.suppress(UnicodeError):  # no host name at all: the browser will say so
        url = url if host.isascii() else url.replace(host, host.encode("idna").decode(), 1)
    return quote(url, safe="!#$%&'()*+,/:;=?@[]~")
