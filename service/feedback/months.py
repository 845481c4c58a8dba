"""The months in which events lie: made ahead, and gone with everything in them when their time is over.

On PostgreSQL a month is a partition of the table; what fits into none lies in the default one, so that no hit is ever refused.
"""

import re
from datetime import UTC, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.core.database import changed
from service.feedback import checkpoints
from service.feedback.models import Event, LabelWindow

AHEAD = 2  # months made before they begin
DEFAULT = "events_other"
NAME = re.compile(r"events_(\d{4})_(\d{2})")
FILLFACTOR = 70  # room for the final label, which is written into the row's page
PARTITIONS = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'events'::regclass"
GONE = "months"  # the checkpoint: everything from before is gone, and only its counts are left
WAIT = "SET LOCAL lock_timeout = '5s'"  # whoever reads the events for longer is not disturbed; the next run tries again


def of(at: datetime) -> datetime:
    """The beginning of the month, in UTC."""
    return at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def after(month: datetime, count: int) -> datetime:
    """The month so many after this one (before it, where negative)."""
    number = month.year * 12 + month.month - 1 + count
    return month.replace(year=number // 12, month=number % 12 + 1)


def first_kept(now: datetime, months: int) -> datetime:
    """The oldest month that is kept where this one and so many before it are."""
    return after(of(now), -months)


def gone_before(session: Session) -> datetime:
    """The moment from before which no hit is kept any more: what comes in from there, or is counted there, would take its counts' place."""
    return datetime.fromtimestamp(checkpoints.place(session, GONE).get("until", 0), UTC)


def make_ahead(session: Session, now: datetime) -> list[str]:
    """Make this month's partition and the next AHEAD, where they are missing; their names. Nothing on SQLite, which has none."""
    if session.get_bind().dialect.name == "sqlite":
        return []
    there = set(_partitions(session))
    missing = [month for count in range(AHEAD + 1) if (month := after(of(now), count)) not in there]
    return [_make(session, month) for month in missing]


def drop_before(session: Session, month: datetime) -> bool:
    """Let everything from before this month go, as soon as all of it is counted for reports; whether it could."""
    old = LabelWindow.starts_at < month
    if session.scalar(select(LabelWindow.issue_id).where(old, ~LabelWindow.is_counted).limit(1)) is not None:
        return False
    if session.get_bind().dialect.name != "sqlite":
        _drop_partitions(session, month)
    # one by one goes what lies in no partition of its own: everything on SQLite, by ix_events_time
    for issue_id in session.scalars(select(LabelWindow.issue_id).where(old).distinct()).all():
        changed(session, delete(Event).where(Event.issue_id == issue_id, Event.at < month))
    changed(session, delete(LabelWindow).where(old))
    checkpoints.move(session, GONE, until=int(max(month, gone_before(session)).timestamp()))
    return True


def _drop_partitions(session: Session, month: datetime) -> None:
    run = session.connection().exec_driver_sql
    run(WAIT)
    for begin in _partitions(session):
        if begin < month:
            run(f"DROP TABLE {_name(begin)}")


def _make(session: Session, month: datetime) -> str:
    """A table like the others, filled with what the default one holds of this month, then attached: readers go on meanwhile."""
    name, begin, end = _name(month), month.isoformat(), after(month, 1).isoformat()
    within = f"at >= '{begin}' AND at < '{end}'"
    run = session.connection().exec_driver_sql
    for statement in (
        WAIT,
        f"CREATE TABLE {name} (LIKE events INCLUDING DEFAULTS INCLUDING CONSTRAINTS) WITH (fillfactor = {FILLFACTOR})",
        f"WITH moved AS (DELETE FROM {DEFAULT} WHERE {within} RETURNING *) INSERT INTO {name} SELECT * FROM moved",
        f"ALTER TABLE events ATTACH PARTITION {name} FOR VALUES FROM ('{begin}') TO ('{end}')",
    ):
        run(statement)
    return name


def _partitions(session: Session) -> list[datetime]:
    names = session.connection().exec_driver_sql(PARTITIONS).scalars()
    found = [NAME.fullmatch(name.rpartition(".")[2]) for name in names]
    return sorted(datetime(int(match[1]), int(match[2]), 1, tzinfo=UTC) for match in found if match)


def _name(month: datetime) -> str:
    return f"events_{month:%Y_%m}"
