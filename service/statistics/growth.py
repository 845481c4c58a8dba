"""How much of what an issue got in the end it had at a given age: without it each young issue would look worse than all before it."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from service.feedback.models import EventKind, Label
from service.statistics.models import ReasonHits

GROWN = timedelta(days=3)  # later hits change no share that anybody would notice
NAMES = {EventKind.OPENED: ("opened_human", "opened"), EventKind.CLICKED: ("clicked_human", "clicked")}


def by_age(session: Session, started: Mapping[int, datetime], age: timedelta) -> dict[tuple[int, str], float]:
    """By issue and name of rates.Rates: hits up to this age, in parts of all its hits. Empty once an issue so old is grown.

    One scan of the smallest of the kept counts that go by the hour (primary key); where there was no hit at all nothing is said.
    """
    if age >= GROWN or not started:
        return {}
    until = case({issue_id: at + age for issue_id, at in started.items()}, value=ReasonHits.issue_id)
    is_human, is_early = (ReasonHits.label == Label.HUMAN).label("is_human"), (ReasonHits.hour < until).label("is_early")
    query = select(ReasonHits.issue_id, ReasonHits.kind, is_human, is_early, func.sum(ReasonHits.hits))
    query = query.where(ReasonHits.issue_id.in_(started)).group_by(ReasonHits.issue_id, ReasonHits.kind, "is_human", "is_early")
    sums: Counter[tuple[int, str, bool]] = Counter()
    for issue_id, kind, human, early, hits in session.execute(query):
        for name in NAMES[kind] if human else NAMES[kind][1:]:
            sums[issue_id, name, bool(early)] += int(hits)
    counted = {(issue_id, name) for issue_id, name, _ in sums}
    return {key: sums[*key, True] / (sums[*key, True] + sums[*key, False]) for key in counted}
