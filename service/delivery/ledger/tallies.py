"""Counts of a sending, kept with its batches, so that a page that asks every two seconds never scans the deliveries.

A batch that was never recorded is all queued. `recording` counts the batch it writes; whoever else moves deliveries calls `forget`, and
a forgotten batch is counted anew, by the index (issue, batch_no). Never the proof of anything: that is the ledger (certificate.py).
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Integer, and_, bindparam, case, cast, func, or_, select, update
from sqlalchemy.orm import Session

from service.core.database import Database, among, changed
from service.delivery.models import Batch, BatchState, Delivery, Launch
from service.delivery.states import DeliveryState

REFILLED = 200
"""Batches counted anew in one transaction of the sweep: some tenths of a second for batches of 500."""
POINTS = 40


@dataclass(frozen=True, slots=True)
class Count:
    """So many deliveries of one lane are in one state, for one reason; `in_hand`: in batches that a sender holds."""

    lane: str
    state: DeliveryState
    reason: str
    number: int
    in_hand: int


@dataclass(frozen=True)
class Point:
    """So many mails were accepted until `at`."""

    at: datetime
    accepted: int


def count(session: Session, issue_id: int, nos: Collection[int]) -> dict[int, dict[str, int]]:
    """What these batches hold, by number and then by "state" or "state:reason"; index (issue_id, batch_no)."""
    rows = session.execute(
        select(Delivery.batch_no, Delivery.state, Delivery.reason, func.count())
        .where(Delivery.issue_id == issue_id, among(session, Delivery.batch_no, nos))
        .group_by(Delivery.batch_no, Delivery.state, Delivery.reason)
    )
    found: dict[int, dict[str, int]] = {no: {} for no in nos}
    for no, state, reason, number in rows:
        found[no][f"{state.value}:{reason}" if reason else state.value] = number
    return found


def forget(session: Session, issue_id: int, nos: Collection[int] | None = None) -> None:
    """Deliveries of these batches (default: of all the issue's) were moved outside a recording."""
    these = [] if nos is None else [among(session, Batch.no, nos)]
    changed(session, update(Batch).where(Batch.issue_id == issue_id, Batch.tally.is_not(None), *these).values(tally=None))


def recount(session: Session, issue_id: int, nos: Collection[int]) -> None:
    """Deliveries of these batches, perhaps never claimed yet, were moved: count them now."""
    _keep(session, issue_id, count(session, issue_id, nos))


def refill(session: Session, issue_id: int) -> int:
    """Count what was forgotten anew; returns how many batches, REFILLED where more may be left. A recording that comes first wins."""
    nos = list(session.scalars(select(Batch.no).where(Batch.issue_id == issue_id, _forgotten()).order_by(Batch.no).limit(REFILLED)))
    _keep(session, issue_id, count(session, issue_id, nos), _forgotten())
    return len(nos)


def refill_running(database: Database) -> None:
    """All of it, for every issue that is not finished; in transactions of its own, each short."""
    with database.reading() as session:
        running = session.scalars(select(Launch.issue_id).where(Launch.finished_at.is_(None)).order_by(Launch.issue_id)).all()
    for issue_id in running:
        is_left = True
        while is_left:
            with database.writing() as session:
                is_left = refill(session, issue_id) == REFILLED


def _keep(session: Session, issue_id: int, tallies: Mapping[int, dict[str, int]], *still: ColumnElement[bool]) -> None:
    if tallies:
        this = (Batch.issue_id == issue_id, Batch.no == bindparam("of_no"), *still)
        rows = [{"of_no": no, "counted": tally} for no, tally in sorted(tallies.items())]
        session.connection().execute(update(Batch).where(*this).values(tally=bindparam("counted", type_=Batch.tally.type)), rows)


def counts(session: Session, issue_id: int) -> list[Count]:
    """The issue's deliveries by lane, state and reason: a sum over its batches (a few thousand for a million readers).

    Only what was forgotten since the last sweep is counted from the deliveries themselves.
    """
    return [*_kept(session, issue_id), *_untouched(session, issue_id), *_counted_anew(session, issue_id)]


def accepted_over_time(session: Session, issue_id: int) -> list[Point]:
    """A rising line of at most POINTS + 1 points from what each batch recorded, and when. Empty before the first one."""
    rows = session.execute(
        select(Batch.recorded_at, Batch.tally["accepted"].as_integer())
        .where(Batch.issue_id == issue_id, Batch.recorded_at.is_not(None), Batch.tally["accepted"].as_integer() > 0)
        .order_by(Batch.recorded_at)
    ).all()
    if not rows:
        return []
    first, last = rows[0][0], rows[-1][0]
    step = max(1, -(-int((last - first).total_seconds()) // POINTS))
    points, total, start = [Point(first, 0)], 0, int(first.timestamp())
    for at, number in rows:
        total += number
        until = min(start + (int(at.timestamp()) - start) // step * step + step, int(last.timestamp()) + 1)
        end = datetime.fromtimestamp(until, UTC)
        if points[-1].at == end and len(points) > 1:
            points.pop()
        while points[-1].at + timedelta(seconds=step) < end:  # as far apart in time as on the page
            points.append(Point(points[-1].at + timedelta(seconds=step), total - number))
        points.append(Point(end, total))
    return points


def _kept(session: Session, issue_id: int) -> Iterator[Count]:
    each = func.json_each if session.get_bind().dialect.name == "sqlite" else func.jsonb_each_text
    entry = each(Batch.tally).table_valued("key", "value", joins_implicitly=True)
    number = cast(entry.c.value, Integer)
    rows = session.execute(
        select(Batch.lane, entry.c.key, func.sum(number), func.sum(case((Batch.state == BatchState.CLAIMED, number), else_=0)))
        .select_from(Batch, entry)
        .where(Batch.issue_id == issue_id, Batch.tally.is_not(None))
        .group_by(Batch.lane, entry.c.key)
    )
    for lane, name, total, in_hand in rows:
        state, _, reason = name.partition(":")
        yield Count(lane, DeliveryState(state), reason, int(total), int(in_hand))


def _untouched(session: Session, issue_id: int) -> Iterator[Count]:
    rows = session.execute(
        select(Batch.lane, Batch.state, func.sum(Batch.size))
        .where(Batch.issue_id == issue_id, Batch.tally.is_(None), ~_forgotten())
        .group_by(Batch.lane, Batch.state)
    )
    for lane, state, size in rows:
        yield Count(lane, DeliveryState.QUEUED, "", int(size), int(size) if state is BatchState.CLAIMED else 0)


def _counted_anew(session: Session, issue_id: int) -> Iterator[Count]:
    if session.scalar(select(Batch.no).where(Batch.issue_id == issue_id, _forgotten()).limit(1)) is None:
        return  # nearly always: not even planned
    rows = session.execute(
        select(Batch.lane, Batch.state, Delivery.state, Delivery.reason, func.count())
        .join(Delivery, and_(Delivery.issue_id == Batch.issue_id, Delivery.batch_no == Batch.no))
        .where(Batch.issue_id == issue_id, _forgotten())
        .group_by(Batch.lane, Batch.state, Delivery.state, Delivery.reason)
    )
    for lane, batch_state, state, reason, number in rows:
        yield Count(lane, state, reason or "", number, number if batch_state is BatchState.CLAIMED else 0)


def _forgotten() -> ColumnElement[bool]:
    """Not counted, and no longer simply all queued: it was recorded once, or closed without."""
    return and_(Batch.tally.is_(None), or_(Batch.recorded_at.is_not(None), Batch.state == BatchState.DONE))
