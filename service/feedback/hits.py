"""A hit and its packed form: one line of text for each, ready to be copied into a table. Pure."""

import itertools
import time
from secrets import randbits, token_hex
from typing import NamedTuple

NONE = "\\N"  # no link: an open
ID_LENGTH = 32
_FIELDS = 8
_ESCAPED = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_ESCAPES = str.maketrans({**_ESCAPED, "\0": ""})  # no database takes a NUL


class Hit(NamedTuple):
    """One request for a pixel (`link` is None) or a link, as the edge saw it; `at` in seconds since the epoch.

    A named tuple, because one is made for each hit on the way in and on the way out: a frozen dataclass costs four times as much.
    """

    id: str
    at: float
    issue: int
    subscriber: int
    link: int | None
    ip: str = ""
    user_agent: str = ""
    headers: str = ""  # the few that tell people from machines, by labels_headers


class Ids:
    """The ids of one process: 32 hexadecimal digits of milliseconds, 48 random bits of the process, and a running number.

    Ids of one time lie together, so that an index grows at its end. Make it after fork.
    """

    def __init__(self) -> None:
        self._process = token_hex(6)
        self._numbers = itertools.count(randbits(31))

    def new(self, at: float) -> str:
        return f"{int(at * 1000):012x}{self._process}{next(self._numbers) & 0xFFFFFFFF:08x}"


def now() -> float:
    """The time of a hit."""
    return time.time()


def encode(hit: Hit) -> bytes:
    """The line of a hit. The id stands last and has a fixed length, so that a torn line is known by it."""
    return line(hit).encode("utf-8", "replace")


def line(hit: Hit, further: str = "") -> str:
    """Fields between tabs, as PostgreSQL's COPY reads them; `further` ones, each followed by a tab, stand before the id."""
    id_, at, issue, subscriber, link, ip, agent, headers = hit
    number = NONE if link is None else link
    return f"{round(at * 1e6)}\t{issue}\t{subscriber}\t{number}\t{escaped(ip)}\t{escaped(agent)}\t{escaped(headers)}\t{further}{id_}\n"


def decode(data: bytes) -> list[Hit]:
    """The hits of these lines; one torn by a power cut or a full disk is passed over, and what a newer edge puts before the id, too."""
    found = []
    for line in data.decode("utf-8", "replace").split("\n"):
        fields = line.split("\t")
        if len(fields) < _FIELDS or len(fields[-1]) != ID_LENGTH:
            continue
        at, issue, subscriber, link, ip, agent, headers, *_, id_ = fields
        try:
            number = None if link == NONE else int(link)
            bytes.fromhex(id_)
            hit = Hit(id_, int(at) / 1e6, int(issue), int(subscriber), number, plain(ip), plain(agent), plain(headers))
        except ValueError:
            continue
        found.append(hit)
    return found


def escaped(text: str) -> str:
    """A field without tab, line end or NUL."""
    return text if text.isprintable() and "\\" not in text else text.translate(_ESCAPES)


def plain(field: str) -> str:
    """What `escaped` was given."""
    if "\\" not in field:
        return field
    parts = field.split("\\\\")
    for character, mark in _ESCAPED.items():
        if character != "\\":
            parts = [part.replace(mark, character) for part in parts]
    return "\\".join(parts)
