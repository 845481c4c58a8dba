"""One simulated sending and what came back: deliveries, what people and machines did with them, each hit with the truth."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

from tests.support.hits import browsers
from tests.support.hits.browsers import Browser, Headers
from tests.support.hits.chance import between, pick, waiting
from tests.support.hits.places import Places

HUMAN, MACHINE = "human", "machine"


@dataclass(frozen=True)
class Delivery:
    """One letter in one mailbox."""

    id: str
    accepted_at: float
    links: int


@dataclass(frozen=True)
class Hit:
    """One request with its truth, and the profile that made it."""

    at: float
    kind: str
    delivery: Delivery
    link: int | None
    ip: str
    user_agent: str
    headers: Headers
    truth: str
    profile: str


@dataclass
class World:
    """What all profiles of one sending share. `seen` is what its collection keeps of headers: all, some, or none."""

    random: Random
    places: Places = field(init=False)
    hits: list[Hit] = field(default_factory=list)

    def __post_init__(self) -> None:
        random = self.random
        self.places = Places(random)
        self.links = pick(random, (2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 40))
        self.start = 1_790_000_000 + random.random() * 20_000_000
        self.span = pick(random, (5.0, 60.0, 600.0, 3600.0))
        self.seen = pick(random, ("all", "all", "all", "plain", "none"))
        self.clock = pick(random, ("iso", "epoch"))
        self.popularity = [1 / (rank + 1) for rank in random.sample(range(self.links), self.links)]
        self.opening = random.uniform(0.3, 0.7)
        self.lag = pick(random, (0.0, 0.0, 1.0, 4.0))  # between acceptance and its being written down
        self._count = 0

    def delivery(self) -> Delivery:
        self._count += 1
        return Delivery(f"d{self._count}", self.start + self.random.random() * self.span + self.random.random() * self.lag, self.links)

    def favourite(self) -> int:
        return self.random.choices(range(1, self.links + 1), self.popularity)[0]

    def click(self, profile: str, truth: str, delivery: Delivery, at: float, link: int, ip: str, browser: Browser, **extra: str) -> None:
        headers = {**browser.headers, **{name.replace("_", "-"): value for name, value in extra.items()}}
        if method := headers.pop("method", ""):
            headers[":method"] = method
        self.hits.append(Hit(at, "click", delivery, link, ip, browser.user_agent, headers, truth, profile))

    def open(
        self, profile: str, truth: str, delivery: Delivery, at: float, ip: str, user_agent: str, headers: Headers | None = None
    ) -> None:
        self.hits.append(Hit(at, "open", delivery, None, ip, user_agent, headers or dict(browsers.PICTURE), truth, profile))

    def mailbox(self, profile: str, delivery: Delivery, at: float, ip: str, browser: Browser) -> None:
        """What the reader's mail program does with the pictures when the letter is read at `at`."""
        kind = self.random.random()
        if kind < 0.25:
            self.open("gmail_pictures", MACHINE, delivery, at, self.places.google(), browsers.GOOGLE_PROXY, {"Accept": "*/*"})
        elif kind < 0.45:
            early = delivery.accepted_at + between(self.random, 1, 3600)
            self.open("apple_privacy", MACHINE, delivery, early, self.places.apple(), browsers.APPLE_PROXY, {"Accept": "*/*"})
        elif kind < 0.5:
            self.open("yahoo_pictures", MACHINE, delivery, at, self.places.google(), browsers.YAHOO_PROXY, {"Accept": "*/*"})
        elif kind < 0.6:
            self.open(profile, HUMAN, delivery, at, ip, browsers.OUTLOOK, {"Accept": "*/*", "Accept-Language": "ko-KR"})
        elif kind < 0.7:
            self.open(profile, HUMAN, delivery, at, ip, browsers.APPLE_MAIL, {"Accept": "image/*", "Accept-Language": "ko-KR"})
        elif kind < 0.9:
            headers = {**browsers.PICTURE, "Accept-Language": browser.headers.get("Accept-Language", "ko")}
            if "Sec-Fetch-Mode" in browser.headers:
                headers |= {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image", "Sec-Fetch-Site": "cross-site"}
            self.open(profile, HUMAN, delivery, at, ip, browser.user_agent, headers)

    def reads(self, median: float = 3000, spread: float = 1.6, least: float = 20) -> float:
        """Seconds from acceptance to reading."""
        return least + waiting(self.random, median, spread)

    def lines(self) -> tuple[list[str], dict[str, Hit]]:
        """The log as `pressrun events label` reads it, in order of time, and the truth by id."""
        ordered = sorted(self.hits, key=lambda hit: hit.at)
        truth = {f"h{number}": hit for number, hit in enumerate(ordered)}
        return [json.dumps(self._line(id_, hit), ensure_ascii=False) for id_, hit in truth.items()], truth

    def _line(self, id_: str, hit: Hit) -> dict[str, Any]:
        line: dict[str, Any] = {
            "id": id_,
            "at": self._time(hit.at),
            "kind": hit.kind,
            "delivery": hit.delivery.id,
            "link": hit.link,
            "links": hit.delivery.links,
            "ip": hit.ip,
            "user_agent": hit.user_agent,
            "headers": self._headers(hit.headers),
            "accepted_at": self._time(hit.delivery.accepted_at),
        }
        if self.random.random() < 0.01:
            line[pick(self.random, ("headers", "accepted_at", "links", "user_agent"))] = None
        return line

    def _time(self, at: float) -> object:
        if self.clock == "epoch":
            return round(at, 3)
        return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")

    def _headers(self, headers: Headers) -> Headers:
        if self.seen == "none":
            return {name: value for name, value in headers.items() if name in (":method", "Purpose", "Sec-Purpose", "X-Moz")}
        kept = {n: v for n, v in headers.items() if self.seen == "all" or not n.startswith("Sec-Fetch")}
        change = pick(self.random, (str, str.lower, str.upper)) if self.random.random() < 0.02 else str
        return {change(name) if not name.startswith(":") else name: value for name, value in kept.items()}


def spread_out(random: Random, start: float, gaps: Iterable[float]) -> list[float]:
    """Moments that begin at `start` with these gaps between them."""
    moments = [start]
    for gap in gaps:
        moments.append(moments[-1] + gap)
    return moments
