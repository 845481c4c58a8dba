"""The rates of one issue or of many, from counts that are kept (rollup.py): the one place that says what is a share of what."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.core import clock
from service.delivery.ledger import tallies
from service.delivery.models import Launch
from service.delivery.states import DeliveryState
from service.feedback.models import EventKind
from service.issues.models import Issue
from service.statistics import growth
from service.statistics.models import ReaderCount, Scope
from service.statistics.rollup import BASE, LEFT

COMPARED = 8  # issues before this one
FEWEST_COMPARED = 2


@dataclass(frozen=True)
class Rates:
    """Readers of one issue. Opens are shares of `open_base`, all else of `accepted` (B15, C3)."""

    issue_id: int
    accepted: int = 0
    open_base: int = 0
    opened_human: int = 0
    opened: int = 0
    clicked_human: int = 0
    clicked: int = 0
    hard: int = 0
    complained: int = 0
    left: int = 0

    @property
    def shares(self) -> dict[str, float | None]:
        """Percent by name; None where there is nothing to be a share of."""
        parts = {name: (getattr(self, name), self.accepted) for name in ("clicked_human", "clicked", "hard", "complained", "left")}
        parts |= {name: (getattr(self, name), self.open_base) for name in ("opened_human", "opened")}
        return {name: share(part, whole) for name, (part, whole) in parts.items()}


@dataclass(frozen=True)
class Usual:
    """What earlier issues had on average, each counting the same; percent by name, as `Rates.shares`. `issues` is how many.

    `is_at_age`: opens and clicks are what they had had at the age that the compared issue has now, by the course of their hits.
    """

    issues: int
    shares: dict[str, float | None]
    is_of_series: bool
    is_at_age: bool = False


def share(part: int, whole: int) -> float | None:
    """`part` of `whole` in percent, two decimals below one percent, else one; None where there is nothing to be a part of."""
    if not whole:
        return None
    percent = 100 * part / whole
    return round(percent, 2 if percent < 1 else 1)


def of(session: Session, issue_ids: Collection[int]) -> dict[int, Rates]:
    """The rates of these issues; three sums over kept counts, whatever the number of readers."""
    query = select(ReaderCount.issue_id, ReaderCount.what, func.sum(ReaderCount.human), func.sum(ReaderCount.every)).where(
        ReaderCount.issue_id.in_(issue_ids), ReaderCount.scope.in_((Scope.PROVIDER, Scope.RETURNED, Scope.DOOR))
    )
    sums = {(issue_id, what): (int(people), int(all_)) for issue_id, what, people, all_ in session.execute(query.group_by(*_KEY))}
    return {issue_id: _rates(session, issue_id, sums) for issue_id in issue_ids}


def usual(session: Session, issue_id: int) -> Usual | None:
    """The average of the last issues of the same series before this one, else of its newsletter; None where there are too few."""
    issue, launch = session.get_one(Issue, issue_id), session.get(Launch, issue_id)
    if launch is None:
        return None
    is_of_series = issue.series_id is not None
    ids = earlier(session, issue, launch, of_series=is_of_series)
    if is_of_series and len(ids) < FEWEST_COMPARED:
        is_of_series, ids = False, earlier(session, issue, launch, of_series=False)
    found = [one for one in of(session, ids).values() if one.accepted]
    if len(found) < FEWEST_COMPARED:
        return None
    age = clock.now() - launch.started_at
    parts = growth.by_age(session, _starts(session, ids), age)
    shares = [{name: _scaled(share, parts.get((one.issue_id, name))) for name, share in one.shares.items()} for one in found]
    return Usual(len(found), {name: _mean([each[name] for each in shares]) for name in shares[0]}, is_of_series, age < growth.GROWN)


def earlier(session: Session, issue: Issue, launch: Launch, *, of_series: bool, most: int = COMPARED) -> list[int]:
    """The issues sent before this one, the newest first."""
    same = Issue.series_id == issue.series_id if of_series else Issue.newsletter_id == issue.newsletter_id
    query = select(Issue.id).join(Launch, Launch.issue_id == Issue.id)
    query = query.where(same, Launch.started_at < launch.started_at, Launch.issue_id != launch.issue_id)
    return list(session.scalars(query.order_by(Launch.started_at.desc()).limit(most)))


_KEY = (ReaderCount.issue_id, ReaderCount.what)


def _rates(session: Session, issue_id: int, sums: dict[tuple[int, str], tuple[int, int]]) -> Rates:
    def pair(what: str) -> tuple[int, int]:
        return sums.get((issue_id, what), (0, 0))

    opened, clicked = pair(EventKind.OPENED.value), pair(EventKind.CLICKED.value)
    return Rates(
        issue_id=issue_id,
        accepted=accepted(session, issue_id),
        open_base=pair(BASE)[1],
        opened_human=opened[0],
        opened=opened[1],
        clicked_human=clicked[0],
        clicked=clicked[1],
        hard=pair("bounce")[0],
        complained=pair("complaint")[1],
        left=pair(LEFT)[1],
    )


def accepted(session: Session, issue_id: int) -> int:
    """How many mails of an issue were taken: as it was closed with, else the sum over its batches."""
    launch = session.get(Launch, issue_id)
    if launch is not None and launch.finished_at is not None and launch.counts:
        return launch.counts.get(DeliveryState.ACCEPTED.value, 0)
    return sum(count.number for count in tallies.counts(session, issue_id) if count.state is DeliveryState.ACCEPTED)


def _starts(session: Session, ids: Sequence[int]) -> dict[int, datetime]:
    rows = session.execute(select(Launch.issue_id, Launch.started_at).where(Launch.issue_id.in_(ids)))
    return {issue_id: started_at for issue_id, started_at in rows}  # noqa: C416 - a Result has keys()


def _scaled(share: float | None, part: float | None) -> float | None:
    return share if share is None or part is None else share * part


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(fmean(known), 2) if known else None
