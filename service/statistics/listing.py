"""The issues that went out, with their rates and what they warn of, for the page of all reports."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.delivery.models import Launch
from service.issues.models import Edition, Issue
from service.newsletters.models import Series
from service.statistics import rates
from service.statistics.models import Alarm
from service.statistics.rates import Rates

SHOWN = 24  # eight weeks of three issues


@dataclass(frozen=True)
class Sent:
    """One issue that was started; `alarms` are those that stand. `series` is empty where it is of none."""

    issue_id: int
    title: str
    series: str
    started_at: datetime
    rates: Rates
    alarms: int


def sent(session: Session, newsletter_id: int, most: int = SHOWN) -> list[Sent]:
    """The last issues of a newsletter, the newest first; their counts by primary key, whatever the number of readers."""
    query = (
        select(Launch.issue_id, Edition.title, Series.name, Launch.started_at)
        .join(Issue, Issue.id == Launch.issue_id)
        .join(Edition, Edition.issue_id == Issue.id)
        .outerjoin(Series, Series.id == Issue.series_id)
        .where(Issue.newsletter_id == newsletter_id)
        .order_by(Launch.started_at.desc(), Launch.issue_id.desc())
        .limit(most)
    )
    rows = session.execute(query).all()
    ids = [issue_id for issue_id, *_ in rows]
    figures, warned = rates.of(session, ids), _warned(session, ids)
    return [Sent(id_, title, series or "", at, figures[id_], warned.get(id_, 0)) for id_, title, series, at in rows]


def _warned(session: Session, ids: list[int]) -> dict[int, int]:
    query = select(Alarm.issue_id, func.count()).where(Alarm.issue_id.in_(ids), Alarm.ended_at.is_(None)).group_by(Alarm.issue_id)
    return {issue_id: number for issue_id, number in session.execute(query)}  # noqa: C416 - a Result has keys()
