"""The reason classes of a negative answer, shared by SMTP replies, delivery status notices and provider events. Pure."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a message was not taken; the value is what the ledger stores."""

    NONE = ""
    UNKNOWN_USER = "unknown_user"
    UNKNOWN_HOST = "unknown_host"
    BAD_ADDRESS = "bad_address"
    MOVED = "moved"
    NO_MAIL = "does_not_accept_mail"
    DISABLED = "disabled"
    FULL = "full"
    RATE = "rate"
    GREYLIST = "greylist"
    POLICY = "policy"
    AUTHENTICATION = "authentication"
    REPUTATION = "reputation"
    SPAM = "spam"
    CONTENT = "content"
    SIZE = "size"
    NETWORK = "network"
    SYSTEM = "system"
    SENDER = "sender"
    RELAY = "relay"
    PROTOCOL = "protocol"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    STOPPED = "stopped"


HARD = frozenset({Reason.UNKNOWN_USER, Reason.UNKNOWN_HOST, Reason.BAD_ADDRESS, Reason.MOVED, Reason.NO_MAIL})
"""D1: the address does not exist or never will again; nothing else is hard."""

WAITS_FOR_US = frozenset(
    {Reason.POLICY, Reason.AUTHENTICATION, Reason.REPUTATION, Reason.SPAM, Reason.SENDER, Reason.RELAY, Reason.PROTOCOL}
)
"""A12, A14, D4: configuration, reputation or a fault of our own. Never counts against the address, never refused."""

SLOWS_LANE = frozenset({Reason.RATE})
"""E6: the whole lane pauses and goes on at half its rate, not one row; our pace is at fault, so a 5xx is not final either (A16)."""

OPENS_BREAKER = frozenset({Reason.POLICY, Reason.AUTHENTICATION, Reason.REPUTATION, Reason.SPAM, Reason.SENDER, Reason.RELAY})
"""E11: at least three of the last twenty stop the lane until an operator has looked."""

SHAKES_PLACE = frozenset({Reason.NETWORK, Reason.SYSTEM})
"""D6: faults of the other side that say nothing about one reader; half of the last twenty open the breaker (E11)."""
