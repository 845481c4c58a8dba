"""The quarters of an hour in which hits wait for their final labels: opened by each new hit, closed when nothing more is expected (C6)."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.core.database import insert
from service.feedback.models import LabelWindow

LENGTH = timedelta(minutes=15)
SECONDS = int(LENGTH.total_seconds())
WAIT = timedelta(minutes=15)  # after a window's end, for its neighbours to come in
MOST = 16  # windows of one issue that are labelled together


@dataclass(frozen=True)
class Span:
    """Windows of one issue that follow one another: from `start` up to `end`; `touched` as it was when they were read."""

    issue_id: int
    touched: dict[datetime, int]

    @property
    def start(self) -> datetime:
        return min(self.touched)

    @property
    def end(self) -> datetime:
        return max(self.touched) + LENGTH


def start_of(at: datetime) -> datetime:
    """The beginning of the window that holds this moment."""
    return datetime.fromtimestamp(int(at.timestamp()) // SECONDS * SECONDS, UTC)


def touch(session: Session, hits: Iterable[tuple[int, datetime]]) -> None:
    """Open, or open again, the windows of new hits (issue, time)."""
    keys = sorted({(issue_id, start_of(at)) for issue_id, at in hits})
    if not keys:
        return
    rows = [{"issue_id": issue_id, "starts_at": start, "is_open": True, "touched": 1, "is_counted": False} for issue_id, start in keys]
    statement = insert(session, LabelWindow).values(rows)
    again = {"is_open": True, "touched": LabelWindow.touched + 1, "is_counted": False}
    session.execute(statement.on_conflict_do_update(index_elements=["issue_id", "starts_at"], set_=again))


def due(session: Session, now: datetime) -> Span | None:
    """The oldest windows that are over and not labelled, of one issue and without a gap between them; index: ix_label_windows_open."""
    over = (LabelWindow.is_open, LabelWindow.starts_at <= now - LENGTH - WAIT)
    first = session.scalar(select(LabelWindow).where(*over).order_by(LabelWindow.starts_at, LabelWindow.issue_id).limit(1))
    if first is None:
        return None
    rows = session.execute(
        select(LabelWindow.starts_at, LabelWindow.touched)
        .where(*over, LabelWindow.issue_id == first.issue_id, LabelWindow.starts_at < first.starts_at + MOST * LENGTH)
        .order_by(LabelWindow.starts_at)
    )
    return Span(first.issue_id, _without_gap([(start, touched) for start, touched in rows]))


def close(session: Session, span: Span, rules: int) -> None:
    """The span's windows are labelled by these rules; one that was touched meanwhile stays open."""
    for start, touched in span.touched.items():
        session.execute(
            update(LabelWindow)
            .where(LabelWindow.issue_id == span.issue_id, LabelWindow.starts_at == start)
            .values(rules=rules, is_open=LabelWindow.touched != touched, is_counted=False)
            .execution_options(synchronize_session=False)
        )


def _without_gap(rows: Sequence[tuple[datetime, int]]) -> dict[datetime, int]:
    found = dict(rows[:1])
    for (before, _), (start, touched) in itertools.pairwise(rows):
        if start - before > LENGTH:
            break
        found[start] = touched
    return found
