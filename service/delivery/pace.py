"""How many mails were accepted by when, for the dashboard's chart."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Integer, cast, extract, func, select
from sqlalchemy.orm import Session

from service.delivery.models import Delivery
from service.delivery.states import DeliveryState

POINTS = 40


@dataclass(frozen=True)
class Point:
    """So many mails were accepted until `at`."""

    at: datetime
    accepted: int


def accepted_over_time(session: Session, issue_id: int) -> list[Point]:
    """A rising line of at most POINTS + 1 points; one scan of the issue's deliveries by its primary key. Empty before the first one."""
    accepted = (Delivery.issue_id == issue_id, Delivery.state == DeliveryState.ACCEPTED, Delivery.changed_at.is_not(None))
    first, last = session.execute(select(func.min(Delivery.changed_at), func.max(Delivery.changed_at)).where(*accepted)).one()
    if first is None or last is None:
        return []
    step = max(1, -(-int((last - first).total_seconds()) // POINTS))
    start = int(first.timestamp())
    since_start = cast(extract("epoch", Delivery.changed_at), Integer) - start
    bucket = (since_start - since_start % step).label("bucket")
    counts = session.execute(select(bucket, func.count()).where(*accepted).group_by(bucket).order_by(bucket)).all()
    points, total = [Point(first, 0)], 0
    for seconds, count in counts:
        total += count
        points.append(Point(datetime.fromtimestamp(min(start + int(seconds) + step, int(last.timestamp()) + 1), UTC), total))
    return points
