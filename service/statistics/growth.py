"""How much of what an issue got in the end it had at a given age: without it each young issue would look worse than all before it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from service.feedback.models import EventKind, Label
from service.statistics.models import HitCount

GROWN = timedelta(days=3)  # later hits change no share that anybody would notice
NAMES = {EventKind.OPENED: ("opened_human", "opened"), EventKind.CLICKED: ("clicked_human", "clicked")}


def by_age(session: Session, started: Mapping[int, datetime], age: timedelta) -> dict[tuple[int, str], float]:
    """By issue and name of rates.Rates: hits up to this age, in parts of all its hits. Empty once an issue so old is grown.

    One scan of the issues' kept counts (primary key), by the hour; where there was no hit at all nothing is said.
    """
    if age >= GROWN or not started:
        return {}
    early = or_(*(and_(HitCount.issue_id == issue_id, HitCount.hour < at + age) for issue_id, at in started.items()))
    is_human = HitCount.label == Label.HUMAN
    query = select(
        HitCount.issue_id,
        HitCount.kind,
        func.sum(case((early & is_human, HitCount.hits), else_=0)),
        func.sum(case((is_human, HitCount.hits), else_=0)),
        func.sum(case((early, HitCount.hits), else_=0)),
        func.sum(HitCount.hits),
    ).where(HitCount.issue_id.in_(started))
    found: dict[tuple[int, str], float] = {}
    for issue_id, kind, early_human, human, early_all, every in session.execute(query.group_by(HitCount.issue_id, HitCount.kind)):
        for name, part, whole in zip(NAMES[kind], (early_human, early_all), (human, every), strict=True):
            if whole:
                found[issue_id, name] = float(part) / float(whole)
    return found
