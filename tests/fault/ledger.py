"""What a fault run looks at while it goes on and when it is over: the ledger's rows, and what the mail server wrote down."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

import service.models  # noqa: F401 - the schema must be whole before the first session
from service.core.database import Database
from service.delivery.models import Batch, BatchState, Delivery, Retry
from service.delivery.states import FINAL, DeliveryState
from service.issues.models import Issue
from service.subscribers.models import Subscriber

TOLD = ("deliveries", "attempts", "retries", "doubts")


@dataclass(frozen=True, slots=True)
class Row:
    """One reader of the frozen audience."""

    subscriber_id: int
    email: str
    state: str
    reason: str
    tries: int
    maybe_duplicate: bool
    batch_no: int


@dataclass(frozen=True, slots=True)
class Copy:
    """One mail that the mail server has taken."""

    recipient: str
    message_id: str
    digest: str


@dataclass(frozen=True, slots=True)
class Look:
    """How far an issue is: rows by state, and how many batches and retries are left."""

    issue: str
    states: dict[str, int]
    batches: int
    retries: int
    again: int  # uncertain ones that the policy will still send again

    @property
    def is_through(self) -> bool:
        """Every row is final or uncertain for good, and nobody holds a batch."""
        settled = {*FINAL, DeliveryState.UNCERTAIN}
        return bool(self.states) and not (self.batches or self.retries or self.again) and set(self.states) <= settled

    def __str__(self) -> str:
        return ", ".join(f"{count} {state}" for state, count in sorted(self.states.items())) or "not launched"


class Ledger:
    """One press's database and the mail server's record, from outside; every read may find the database away."""

    def __init__(self, url: str, record: Path) -> None:
        self._database = Database(url, pool_size=1)
        self._record = record

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction of the person at the desk."""
        with self._database.writing() as session:
            yield session

    def fold(self) -> None:
        """SQLite: everything that was committed is in the one file, and none in its log."""
        with self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Give up every connection, so that the database's files may be exchanged."""
        self._database.dispose()

    def look(self, issue_id: int, policy: str) -> Look | None:
        """How far the issue is; None while the database is away."""
        try:
            with self._database.reading() as session:
                return _look(session, issue_id, policy)
        except SQLAlchemyError:
            return None

    def rows(self, issue_id: int) -> list[Row]:
        """The whole audience."""
        with self._database.reading() as session:
            found = session.execute(
                select(
                    Delivery.subscriber_id,
                    Subscriber.email,
                    Delivery.state,
                    Delivery.reason,
                    Delivery.tries,
                    Delivery.maybe_duplicate,
                    Delivery.batch_no,
                )
                .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
                .where(Delivery.issue_id == issue_id)
                .order_by(Delivery.subscriber_id)
            )
            return [Row(id_, email or "", state.value, reason or "", *rest) for id_, email, state, reason, *rest in found]

    def recorded(self) -> int:
        """Where the record ends, in octets: the beginning of what comes later."""
        return self._record.stat().st_size if self._record.exists() else 0

    def copies(self, since: int = 0) -> dict[str, list[Copy]]:
        """Every mail taken from `since` on, by recipient."""
        found: dict[str, list[Copy]] = defaultdict(list)
        if not self._record.exists():
            return found
        with self._record.open("rb") as file:
            file.seek(since)
            for line in file.read().decode().splitlines():
                copy = Copy(*line.split("\t"))
                found[copy.recipient].append(copy)
        return found

    def told(self, issue_id: int, subscriber_ids: list[int]) -> dict[str, list[dict[str, Any]]]:
        """Everything that the tables about deliveries say of these readers, for the evidence of a failed run."""
        names = [
            name for name in inspect(self._database.engine).get_table_names() if name in ("attempts", "doubts", "retries", "deliveries")
        ]
        chosen = ",".join(str(int(one)) for one in subscriber_ids) or "NULL"
        tables = {name: f"SELECT * FROM {name} WHERE issue_id = {int(issue_id)} AND subscriber_id IN ({chosen})" for name in names}
        tables |= {"batches": f"SELECT * FROM batches WHERE issue_id = {int(issue_id)}", "lanes": "SELECT * FROM lanes"}
        with self._database.reading() as session:
            return {name: [_plain(row) for row in session.execute(text(query)).mappings()] for name, query in tables.items()}


def _look(session: Session, issue_id: int, policy: str) -> Look:
    rows = session.execute(select(Delivery.state, func.count()).where(Delivery.issue_id == issue_id).group_by(Delivery.state))
    held = select(func.count()).where(Batch.issue_id == issue_id, Batch.state != BatchState.DONE)
    retries = select(func.count()).where(Retry.issue_id == issue_id)
    once = (Delivery.issue_id == issue_id, Delivery.state == DeliveryState.UNCERTAIN, Delivery.maybe_duplicate.is_(False))
    again = session.scalar(select(func.count()).where(*once)) or 0 if policy == "resend" else 0
    states = {state.value: count for state, count in rows}
    issue = session.scalar(select(Issue.state).where(Issue.id == issue_id))
    return Look(str(issue), states, session.scalar(held) or 0, session.scalar(retries) or 0, again)


def _plain(row: Any) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
