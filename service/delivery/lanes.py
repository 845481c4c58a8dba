"""The pace of each mailbox provider group, and what stops it: rest after rate replies, hold after faults of our own, the breaker
of the mail server itself (lane `*`). A row in `lanes` is trouble; without one all is well."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from service.core import audit, clock, logs
from service.core.database import changed, insert
from service.core.settings import Settings
from service.delivery import backoff
from service.delivery.models import Lane, Retry
from service.delivery.reasons import Reason

EVERY = "*"
"""The mail server itself: its trouble stops every lane."""


class OwnTrouble(StrEnum):
    """What is in the way on a sender's own machine."""

    DISK = "disk"
    CLOCK = "clock"


HOST_MARK = "@"
"""Before a sender host's name: its own trouble, which stops no other host."""

DIRECT_RATES = {"google": 10.0, "microsoft": 5.0, "yahoo": 5.0, "naver": 20 / 60, "kakao": 20 / 60}
DIRECT_RATE = 2.0
"""Messages a second where we speak to the mailbox providers themselves (E9)."""

BATCH_SECONDS = 15
"""A batch is at most so much of its lane's pace, so that a slow lane's lease and journal stay short."""

FAILURES_TO_OPEN = 5
SHORT_PAUSE_SECONDS = 1.0
BREAKER_SECONDS = (30.0, 60.0, 120.0, 300.0, 600.0)
"""E11: five failures in a row open the breaker, for 30 s up to 10 minutes; then one probe."""

FAULTS_TO_HOLD, FAULTS_OF = 3, 20
"""E11: so many faults of our own among the last so many replies stop the lane until an operator has looked."""


def rate(settings: Settings, lane: str) -> float | None:
    """Messages a second of a lane; None: as fast as the mail server takes them (E9a)."""
    return DIRECT_RATES.get(lane, DIRECT_RATE) if settings.relay_kind == "direct" else None


def batch_size(settings: Settings, lane: str) -> int:
    """How many readers of this lane one batch holds at most."""
    pace = rate(settings, lane)
    return settings.batch_size if pace is None else max(1, min(settings.batch_size, int(pace * BATCH_SECONDS)))


def batch_sizes(settings: Settings) -> dict[str, int]:
    """The lanes whose batches are smaller than usual."""
    return {lane: batch_size(settings, lane) for lane in DIRECT_RATES} if settings.relay_kind == "direct" else {}


def most_batches(settings: Settings, lane: str) -> int | None:
    """How many batches of a lane may be claimed at once; None: any number. A pace is kept by one sender."""
    return None if rate(settings, lane) is None else 1


def place_of_trouble(settings: Settings, lane: str) -> str:
    """Whom a 4xx or 5xx speaks about: the lane where the replies are its provider's, else the mail server (E9a)."""
    return lane if settings.relay_kind == "direct" else EVERY


def is_closed(session: Session, lane: str, now: datetime) -> bool:
    """Whether nothing may be handed over to this lane for now."""
    stopped = select(Lane.name).where(Lane.name.in_((lane, EVERY)), or_(Lane.is_held, Lane.paused_until > now)).limit(1)
    return session.scalar(stopped) is not None


def admit_probe(session: Session, lane: str, now: datetime, seconds: float) -> bool:
    """Whether a claim may go on: yes where all is well; where a rest has ended, for one claimer, the probe, and again after `seconds`.

    The conditional UPDATE makes it one; the probe's success clears the row (`recover`), its failure prolongs the rest.
    """
    for name in session.scalars(select(Lane.name).where(Lane.name.in_((lane, EVERY)))).all():
        free = (Lane.name == name, Lane.is_held.is_(False), or_(Lane.paused_until.is_(None), Lane.paused_until <= now))
        if not changed(session, update(Lane).where(*free).values(paused_until=now + timedelta(seconds=seconds))):
            return False
    return True


def fail(session: Session, settings: Settings, reason: Reason, text: str) -> datetime:
    """The mail server could not be used: rest, longer after each failure in a row; returns until when (E11)."""
    failures = _failures(session, EVERY) + 1
    if failures < FAILURES_TO_OPEN:
        seconds = SHORT_PAUSE_SECONDS
    else:
        seconds = BREAKER_SECONDS[min(failures - FAILURES_TO_OPEN, len(BREAKER_SECONDS) - 1)]
    until = clock.now() + timedelta(seconds=seconds * settings.retry_scale)
    _write(session, EVERY, reason, text, failures=failures, paused_until=until)
    return until


def rest(session: Session, settings: Settings, name: str, reason: Reason, text: str) -> None:
    """The lane was told to slow down: it rests for 15, 30, 60, 120 minutes (E6)."""
    failures = _failures(session, name) + 1
    until = clock.now() + timedelta(seconds=backoff.lane_pause_seconds(failures, scale=settings.retry_scale))
    _write(session, name, reason, text, failures=failures, paused_until=until)


def hold(session: Session, name: str, reason: Reason, text: str) -> None:
    """A fault of our own: nothing more leaves by this lane until an operator has mended it and says so (A12, E11)."""
    _write(session, name, reason, text, failures=_failures(session, name) + 1, is_held=True)


def note_host(session: Session, host: str, text: str, trouble: OwnTrouble = OwnTrouble.DISK) -> None:
    """A sender's own machine is in the way (a full disk, its clock): told on the dashboard; other hosts go on."""
    _write(session, host_name(host), trouble, text)


def is_noted(session: Session, host: str, trouble: OwnTrouble) -> bool:
    """Whether this was told of this machine."""
    return session.scalar(select(Lane.name).where(Lane.name == host_name(host), Lane.reason == trouble.value)) is not None


def host_name(host: str) -> str:
    """How a sender host is called among the lanes."""
    return f"{HOST_MARK}{host}"[:20]


def recover(session: Session, names: tuple[str, ...]) -> None:
    """The mail server is at work again: the trouble is over, unless an operator has to say so."""
    session.execute(delete(Lane).where(Lane.name.in_(names), Lane.is_held.is_(False)))


def reopen(session: Session, name: str | None = None, *, user_id: int | None) -> int:
    """An operator's word that it is mended: lanes held or resting go on at once, and what waited for us is due. Returns how many rows."""
    at_lane = [] if name in (None, EVERY) else [Lane.name == name]
    session.execute(delete(Lane).where(*at_lane))
    due = update(Retry).where(Retry.next_at.is_(None), *([] if not at_lane else [Retry.lane == name])).values(next_at=clock.now())
    count = changed(session, due)
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


def _write(session: Session, name: str, reason: Reason | OwnTrouble, text: str, **values: object) -> None:
    now = clock.now()
    values = {"reason": reason.value, "text": logs.mask_text(text), "changed_at": now, **values}
    row = {"name": name, "since": now, "failures": 0, "is_held": False, **values}
    session.execute(insert(session, Lane).values(row).on_conflict_do_update(index_elements=["name"], set_=values))
