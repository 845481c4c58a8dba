"""Whether a database is the one this host has been sending from: the table of cases. Pure; what follows from it is instance.py's.

Unsure means no: a reader forgives a letter that waits for an operator sooner than one that comes twice (E15).
"""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What a look at the database and at the host's own note says."""

    WELL = "well"
    JOIN = "join"  # a new host that may send from now on
    FOLLOW = "follow"  # another host has asked the operators already; this one knows nothing that it did not
    RESTORED = "restored"  # batches were claimed from it that it has forgotten
    MOVED = "moved"  # the same rows in another server, in another copy of it, or in another branch of its history
    OTHER = "other"  # this host has been sending from another database
    UNKNOWN_HOST = "unknown_host"  # this host has no note at all, and something may go out twice


DOUBTS = frozenset({Verdict.RESTORED, Verdict.MOVED, Verdict.OTHER, Verdict.UNKNOWN_HOST})


@dataclass(frozen=True, slots=True)
class Known:
    """A host's own note, `var/instance`: the database it sends from, the highest counter it has seen there, its own key."""

    instance_id: str
    counter: int
    host_key: str
    cluster: str = ""  # where the database lives, as the server says; empty where it does not


@dataclass(frozen=True, slots=True)
class Found:
    """What the database says of itself. `cluster` is where it lives now, `noted_cluster` where it lived when it was last looked at.

    `former_id` is its identity before operators were last asked, `former_counter` the highest count any host knew of then.
    """

    instance_id: str
    counter: int
    cluster: str = ""
    noted_cluster: str = ""
    former_id: str = ""
    former_counter: int = 0


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What else decides about a host without a note."""

    has_hosts: bool = False  # any host has ever sent from this database
    is_admitted: bool = False  # an operator has let this one in beforehand
    others_alive: bool = False  # another host has lately been at work with this very server
    is_sending: bool = False
    is_scheduled: bool = False


def judge(known: Known | None, found: Found, around: Circumstances) -> Verdict:
    """The verdict for one host; the order of the questions is the order of what they would cost."""
    if found.noted_cluster and found.cluster and found.noted_cluster != found.cluster:
        return Verdict.MOVED
    if known is None:
        return _newcomer(around)
    if known.instance_id == found.instance_id:
        return Verdict.RESTORED if found.counter < known.counter else Verdict.WELL
    if known.instance_id == found.former_id:
        return Verdict.FOLLOW if known.counter <= found.former_counter else Verdict.RESTORED
    return Verdict.OTHER


def _newcomer(around: Circumstances) -> Verdict:
    """Without a note: the first host, one that was announced, one of a living fleet; else perhaps a copy that has woken up elsewhere."""
    if around.is_admitted or not around.has_hosts:
        return Verdict.JOIN
    if around.is_sending or (around.is_scheduled and not around.others_alive):
        return Verdict.UNKNOWN_HOST
    return Verdict.JOIN
