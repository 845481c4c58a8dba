"""Background work as rows. A Celery message is only a nudge: the row is the record, so every nudge is safe to lose and safe to repeat."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Index, String, Text, delete, func, or_, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.core import clock, drift
from service.core.database import Base, BigId, Instant, Json, insert

CLAIM_SECONDS = 120
RETRY_SECONDS = (5, 30, 120, 600, 3600)
KEEP_DAYS = 30
NUDGES = "nudges"  # key of session.info: names of the jobs asked for in this transaction


class Job(Base):
    """One piece of background work: its name, the ids it is about, and when it is due."""

    __tablename__ = "jobs"
    # the finished ones, nearly all, are not in the index that is polled
    __table_args__ = (Index("ix_jobs_open", "due_at", postgresql_where=text("done_at IS NULL"), sqlite_where=text("done_at IS NULL")),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    ids: Mapped[dict[str, int]] = mapped_column(Json)
    key: Mapped[str | None] = mapped_column(String(200), unique=True)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)
    claimed_until: Mapped[datetime | None] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    tries: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True)
class Claim:
    """A job held by one worker until `until`."""

    id: int
    name: str
    ids: dict[str, int]
    tries: int


def ask(session: Session, name: str, *, key: str | None = None, due_at: datetime | None = None, **ids: int) -> None:
    """Insert a job in the caller's transaction; a second one with the same `key` changes nothing. The shell nudges after the commit."""
    now = clock.now()
    row = {"name": name, "ids": ids, "key": key, "asked_at": now, "due_at": due_at or drift.shared(session), "tries": 0}
    session.execute(insert(session, Job).values(row).on_conflict_do_nothing(index_elements=["key"]))
    if due_at is None or due_at <= now:
        session.info.setdefault(NUDGES, set()).add(name)


def due_names(session: Session) -> list[str]:
    """The names of the jobs that are due and held by nobody; what the sweep nudges."""
    return list(session.scalars(select(Job.name).where(_free(session)).distinct().order_by(Job.name)))


def claim(session: Session, name: str) -> Claim | None:
    """Take the job of this name that has been due longest, for CLAIM_SECONDS by the shared clock; None where there is none."""
    oldest = select(Job.id).where(_free(session), Job.name == name).order_by(Job.due_at, Job.id).limit(1).with_for_update(skip_locked=True)
    row = session.execute(
        update(Job)
        .where(Job.id == oldest.scalar_subquery())
        .values(claimed_until=drift.shared(session, timedelta(seconds=CLAIM_SECONDS)), tries=Job.tries + 1)
        .returning(Job.id, Job.name, Job.ids, Job.tries)
        .execution_options(synchronize_session=False)
    ).first()
    return None if row is None else Claim(row.id, row.name, row.ids, row.tries)


def finish(session: Session, claim: Claim) -> None:
    """The job is done; it is kept for KEEP_DAYS so that its key stays known."""
    _settle(session, claim, done_at=clock.now(), last_error=None)


def fail(session: Session, claim: Claim, error: str) -> None:
    """Put the job back; it is due again after a pause that grows with its tries."""
    pause = RETRY_SECONDS[min(claim.tries, len(RETRY_SECONDS)) - 1]
    _settle(session, claim, due_at=drift.shared(session, timedelta(seconds=pause)), last_error=error[:2000])


def forget_old(session: Session) -> None:
    """Delete what was finished more than KEEP_DAYS ago."""
    session.execute(delete(Job).where(Job.done_at < clock.now() - timedelta(days=KEEP_DAYS)))


def waiting(session: Session) -> dict[str, int]:
    """How many unfinished jobs there are of each name."""
    rows = session.execute(select(Job.name, func.count()).where(Job.done_at.is_(None)).group_by(Job.name))
    return {name: count for name, count in rows}  # noqa: C416 - rows are not pairs to the type checker


def _settle(session: Session, claim: Claim, **values: object) -> None:
    # a job whose claim ran out and was taken by another worker has one try more; its outcome is not ours to write
    session.execute(update(Job).where(Job.id == claim.id, Job.tries == claim.tries).values(claimed_until=None, **values))


def _free(session: Session) -> ColumnElement[bool]:
    now = drift.shared(session)
    return (Job.done_at.is_(None)) & (Job.due_at <= now) & or_(Job.claimed_until.is_(None), Job.claimed_until < now)
