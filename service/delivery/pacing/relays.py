"""What a mail server and each lane may be given, out of the settings: kind, rate, connections, daily quota (E9, E9a). Pure numbers."""

from dataclasses import dataclass

from service.core.settings import Settings

DIRECT = {
    "google": (10.0, 10),
    "microsoft": (5.0, 5),
    "yahoo": (5.0, 5),
    "naver": (20 / 60, 2),
    "kakao": (20 / 60, 2),
}
DIRECT_OTHER = (2.0, 2)
"""Messages a second and connections where we speak to the mailbox providers themselves (E9); cautious until a sender is known there."""


@dataclass(frozen=True, slots=True)
class Limit:
    """`rate` in messages a second, `connections` at once over all workers; None: as many as the mail server takes (E9a)."""

    rate: float | None = None
    connections: int | None = None

    @property
    def is_none(self) -> bool:
        return self.rate is None and self.connections is None


def of_lane(settings: Settings, lane: str) -> Limit:
    """What an operator has set for this lane, else the rates of E9 where the replies are the providers' own, else nothing."""
    rate, connections = settings.paces.get(lane, (None, None))
    if settings.relay_kind == "direct":
        usual_rate, usual_connections = DIRECT.get(lane, DIRECT_OTHER)
        rate, connections = rate or usual_rate, connections or usual_connections
    return Limit(rate, connections)


def of_relay(settings: Settings) -> Limit:
    """What the mail server takes in all; its connections are counted by process (smtp_connections)."""
    return Limit(settings.relay_rate or None)


def quota(settings: Settings) -> int | None:
    """Mails in any 24 hours; None: any number."""
    return settings.relay_daily_quota or None


def are_limited(settings: Settings) -> bool:
    """Whether anything at all is limited; where nothing is, nothing is asked of the database either."""
    return settings.relay_kind == "direct" or bool(settings.paces or settings.relay_rate or settings.relay_daily_quota)
