"""The pace of each mailbox provider group, and what stops it: rest after rate replies, hold after faults of our own, the breaker
of the mail server itself (lane `*`). A row in `lanes` is trouble; without one all is well."""

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from service.core import audit, clock, logs
from service.core.database import changed, insert
from service.core.settings import LANES, Settings
from service.delivery.models import Lane, Retry
from service.delivery.pacing import pace, relays
from service.delivery.reasons import Reason

EVERY = pace.RELAY
"""The mail server itself: its trouble stops every lane."""


class OwnTrouble(StrEnum):
    """What is in the way on a sender's own machine."""

    DISK = "disk"
    CLOCK = "clock"


HOST_MARK = "@"
"""Before a sender host's name: its own trouble, which stops no other host."""

NAME_LENGTH = 20  # of a lane's name in the database
QUOTA = "*quota"
"""The row that says that the mail server's daily quota is used up; it closes nothing by itself (pace.py grants nothing)."""

BATCH_SECONDS = 15
"""A batch is at most so much of its lane's pace, so that a slow lane's lease and journal stay short."""

FAILURES_TO_OPEN = 5
SHORT_PAUSE_SECONDS = 1.0
BREAKER_SECONDS = (30.0, 60.0, 120.0, 300.0, 600.0)
"""E11: five failures in a row open the breaker, for 30 s up to 10 minutes; then one probe."""


def batch_size(settings: Settings, lane: str) -> int:
    """How many readers of this lane one batch holds at most."""
    pace = relays.of_lane(settings, lane).rate
    return settings.batch_size if pace is None else max(1, min(settings.batch_size, int(pace * BATCH_SECONDS)))


def batch_sizes(settings: Settings) -> dict[str, int]:
    """The lanes whose batches are smaller than usual."""
    sizes = {lane: batch_size(settings, lane) for lane in LANES}
    return {lane: size for lane, size in sizes.items() if size < settings.batch_size}


def place_of_trouble(settings: Settings, lane: str) -> str:
    """Whom a 4xx or 5xx speaks about: the lane where the replies are its provider's, else the mail server (E9a)."""
    return lane if settings.relay_kind == "direct" else EVERY


def closed(session: Session, now: datetime) -> frozenset[str]:
    """Every lane to which nothing may be handed over for now; EVERY among them closes all of them."""
    return frozenset(session.scalars(_CLOSED, {"now": now}))


_CLOSED = select(Lane.name).where(or_(Lane.is_held, Lane.paused_until > bindparam("now"), Lane.probe_until > bindparam("now")))


def admit_probe(session: Session, lane: str, now: datetime, seconds: float) -> bool | None:
    """Whether a claim may go on: None where all is well; True where a rest has ended, for one claimer, whose one mail is the probe.

    False for everybody else, until the probe has told or `seconds` are over. The rows are locked, so that one claimer wins; the probe's
    success clears them (`recover`), its failure prolongs the rest.
    """
    rows = session.scalars(_LOCKED, {"lane": lane, "every": EVERY}).all()
    if not rows:
        return None
    if any(row.is_held or any(at is not None and at > now for at in (row.paused_until, row.probe_until)) for row in rows):
        return False
    names = [row.name for row in rows]
    changed(session, update(Lane).where(Lane.name.in_(names)).values(probe_until=now + timedelta(seconds=seconds)))
    return True


_LOCKED = (
    select(Lane)
    .where(or_(Lane.name == bindparam("lane"), Lane.name == bindparam("every")))
    .order_by(Lane.name)
    .with_for_update()
    .execution_options(populate_existing=True)
)


def fail(session: Session, settings: Settings, reason: Reason, text: str) -> datetime:
    """The mail server could not be used: rest, longer after each failure in a row; returns until when (E11)."""
    failures = _failures(session, EVERY) + 1
    if failures < FAILURES_TO_OPEN:
        until = clock.now() + timedelta(seconds=SHORT_PAUSE_SECONDS * settings.retry_scale)
        _write(session, EVERY, reason, text, failures=failures, paused_until=until, probe_until=None)
        return until
    return _open(session, settings, EVERY, reason, text, failures)


def open_breaker(session: Session, settings: Settings, name: str, reason: Reason, text: str) -> datetime:
    """Half of its last replies said that the place itself is in trouble: rest as after five failures, longer each time (E11)."""
    return _open(session, settings, name, reason, text, max(_failures(session, name) + 1, FAILURES_TO_OPEN))


def rest(session: Session, settings: Settings, name: str, reason: Reason, text: str) -> None:
    """The place was told to slow down: it rests for 15, 30, 60, 120 minutes and goes on at half its pace (E6)."""
    until = pace.slow_down(session, settings, name, clock.now())
    _write(session, name, reason, text, failures=_failures(session, name) + 1, paused_until=until, probe_until=None)


def hold(session: Session, name: str, reason: Reason, text: str) -> None:
    """A fault of our own: nothing more leaves by this lane until an operator has mended it and says so (A12, E11)."""
    _write(session, name, reason, text, failures=_failures(session, name) + 1, is_held=True)


def note_host(session: Session, host: str, text: str, trouble: OwnTrouble = OwnTrouble.DISK) -> None:
    """A sender's own machine is in the way (a full disk, its clock): told on the dashboard; other hosts go on."""
    _write(session, host_name(host), trouble, text)


def is_noted(session: Session, host: str, trouble: OwnTrouble) -> bool:
    """Whether this was told of this machine."""
    return session.scalar(select(Lane.name).where(Lane.name == host_name(host), Lane.reason == trouble.value)) is not None


def note_quota(session: Session, most: int, free_at: datetime) -> None:
    """The daily quota is used up until then: told on the dashboard."""
    _write(session, QUOTA, Reason.RATE, str(most), paused_until=free_at)


def end_quota(session: Session) -> None:
    """There is quota again."""
    session.execute(delete(Lane).where(Lane.name == QUOTA))


def host_name(host: str) -> str:
    """How a sender host is called among the lanes; of a long name the end, which is what tells containers apart, stands as a digest."""
    name = f"{HOST_MARK}{host}"
    if len(name) <= NAME_LENGTH:
        return name
    end = hashlib.blake2b(host.encode(), digest_size=4).hexdigest()
    return f"{name[: NAME_LENGTH - len(end) - 1]}~{end}"


def recover(session: Session, names: tuple[str, ...]) -> None:
    """The place is at work again: the trouble is over, unless an operator has to say so, or a rest has begun meanwhile."""
    is_over = or_(Lane.paused_until.is_(None), Lane.paused_until <= clock.now())
    session.execute(delete(Lane).where(Lane.name.in_(names), Lane.is_held.is_(False), is_over))


def reopen(session: Session, name: str | None = None, *, user_id: int | None) -> int:
    """An operator's word that it is mended: lanes held or resting go on at once, and what waited for us goes first. Returns how many."""
    place = None if name in (None, EVERY) else name
    pace.forget_recent(session, place)  # before the lanes, as a claim locks them
    session.execute(delete(Lane).where(*([] if place is None else [Lane.name == place])))
    waiting = [Retry.next_at.is_(None), *([] if place is None else [Retry.lane == place])]
    count = changed(session, update(Retry).where(*waiting).values(next_at=clock.now(), is_first=True))
    audit.record(session, "lane.reopened", user_id=user_id, lane=name or EVERY, waiting=count)
    return count


def wait_for_somebody(session: Session, issue_id: int) -> bool:
    """Whether a lane is held, or mails of this issue were turned away for a fault of our own: nothing of it goes on by itself (A12)."""
    held = select(Lane.name).where(Lane.is_held).limit(1)
    waiting = select(Retry.subscriber_id).where(Retry.issue_id == issue_id, Retry.next_at.is_(None)).limit(1)
    return session.scalar(held) is not None or session.scalar(waiting) is not None


def troubles(session: Session) -> list[Lane]:
    """Every lane that is in trouble now, the mail server first."""
    return list(session.scalars(select(Lane).order_by(Lane.name)))


def _failures(session: Session, name: str) -> int:
    return session.scalar(select(Lane.failures).where(Lane.name == name)) or 0


def _open(session: Session, settings: Settings, name: str, reason: Reason, text: str, failures: int) -> datetime:
    seconds = BREAKER_SECONDS[min(failures - FAILURES_TO_OPEN, len(BREAKER_SECONDS) - 1)]
    until = clock.now() + timedelta(seconds=seconds * settings.retry_scale)
    _write(session, name, reason, text, failures=failures, paused_until=until, probe_until=None)
    return until


def _write(session: Session, name: str, reason: Reason | OwnTrouble, text: str, **values: object) -> None:
    now = clock.now()
    values = {"reason": reason.value, "text": logs.mask_text(text), "changed_at": now, **values}
    row = {"name": name, "since": now, "failures": 0, "is_held": False, **values}
    session.execute(insert(session, Lane).values(row).on_conflict_do_update(index_elements=["name"], set_=values))
