"""The figures of an issue, each with what it is a share of. Opens are never without their base (B15, C3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Integer, case, cast, extract, func, select
from sqlalchemy.orm import Session

from service.delivery.models import Delivery, Launch
from service.delivery.states import DeliveryState
from service.feedback import human
from service.feedback import queries as feedback
from service.feedback.models import Event, EventKind, Label
from service.feedback.queries import ReasonFigures
from service.tracking.models import Link


@dataclass(frozen=True)
class Readers:
    """How many different readers did something: `human` by the labels of today, `all` without them; `events` counts hits."""

    human: int
    all: int
    events: int
    human_events: int = 0


@dataclass(frozen=True)
class LinkFigures:
    """One link's clicks; the totals count also those of readers who may not be counted one by one."""

    number: int
    url: str
    text: str
    block: str
    human: int
    all: int
    human_total: int
    total: int


@dataclass(frozen=True)
class Hour:
    """Opens and clicks within the hour that begins at `at`: of people, and of people and machines together."""

    at: datetime
    opened_human: int
    opened: int
    clicked_human: int
    clicked: int


@dataclass(frozen=True)
class ReasonCount:
    """How many hits of one kind have a label for one reason (a name of `labels_table`)."""

    kind: EventKind
    label: Label
    reason: str
    count: int


@dataclass(frozen=True)
class IssueReport:
    """`states` counts deliveries; `open_base` are the accepted ones whose opens may be measured."""

    issue_id: int
    launch: Launch | None
    states: dict[DeliveryState, int]
    open_base: int
    opens: Readers
    clicks: Readers
    links: list[LinkFigures]
    hours: list[Hour]
    reasons: list[ReasonCount]
    returned: list[ReasonFigures]

    def readers_of(self, kind: str) -> int:
        """How many readers of this kind came back ("bounce", "complaint", "unsubscribe"); one with two reasons counts twice."""
        return sum(figures.readers for figures in self.returned if figures.kind == kind)

    @property
    def recipients(self) -> int:
        return sum(self.states.values())

    @property
    def accepted(self) -> int:
        return self.states.get(DeliveryState.ACCEPTED, 0)


HOURS_SHOWN = 72


def issue_report(session: Session, issue_id: int) -> IssueReport:
    """All figures of one issue, over one snapshot."""
    launch = session.get(Launch, issue_id)
    return IssueReport(
        issue_id=issue_id,
        launch=launch,
        states=_states(session, issue_id),
        open_base=_open_base(session, issue_id),
        opens=readers(session, issue_id, EventKind.OPENED),
        clicks=readers(session, issue_id, EventKind.CLICKED),
        links=_links(session, issue_id),
        hours=_hours(session, issue_id, launch.started_at) if launch else [],
        returned=feedback.of_issue(session, issue_id),
        reasons=_reasons(session, issue_id),
    )


def _states(session: Session, issue_id: int) -> dict[DeliveryState, int]:
    query = select(Delivery.state, func.count()).where(Delivery.issue_id == issue_id).group_by(Delivery.state)
    return {state: count for state, count in session.execute(query)}  # noqa: C416 - rows are not pairs to the type checker


def _open_base(session: Session, issue_id: int) -> int:
    query = select(func.count()).where(Delivery.issue_id == issue_id, Delivery.is_tracked, Delivery.state == DeliveryState.ACCEPTED)
    return session.scalar(query) or 0


def readers(session: Session, issue_id: int, kind: EventKind) -> Readers:
    """Who did this with the issue; index: ix_events_issue."""
    person = human.reader()
    query = select(
        func.count(person.distinct()), func.count(Event.subscriber_id.distinct()), func.count(), func.count(case((human.is_human(), 1)))
    ).where(Event.issue_id == issue_id, Event.kind == kind)
    return Readers(*session.execute(query).one())


def _reasons(session: Session, issue_id: int) -> list[ReasonCount]:
    """Why hits have the labels they have, the most frequent first."""
    query = select(Event.kind, Event.label, Event.reason, func.count()).where(Event.issue_id == issue_id)
    rows = session.execute(query.group_by(Event.kind, Event.label, Event.reason).order_by(func.count().desc(), Event.reason))
    return [ReasonCount(*row) for row in rows]


def _links(session: Session, issue_id: int) -> list[LinkFigures]:
    person = human.reader()
    clicks = (
        select(
            Event.link,
            func.count(person.distinct()).label("human"),
            func.count(Event.subscriber_id.distinct()).label("all"),
            func.count(case((human.is_human(), 1))).label("human_total"),
            func.count().label("total"),
        )
        .where(Event.issue_id == issue_id, Event.kind == EventKind.CLICKED)
        .group_by(Event.link)
        .subquery()
    )
    columns = (
        Link.number,
        Link.url,
        Link.text,
        Link.block,
        *(func.coalesce(column, 0) for column in (clicks.c.human, clicks.c.all, clicks.c.human_total, clicks.c.total)),
    )
    query = select(*columns).outerjoin(clicks, clicks.c.link == Link.number).where(Link.issue_id == issue_id).order_by(Link.number)
    return [LinkFigures(*row) for row in session.execute(query)]


def _hours(session: Session, issue_id: int, start: datetime) -> list[Hour]:
    """The hours from the start to the last hit, HOURS_SHOWN at most."""
    first = start.replace(minute=0, second=0, microsecond=0)
    seconds = cast(extract("epoch", Event.at), Integer) - int(first.timestamp())
    hour = ((seconds - seconds % 3600) / 3600).label("hour")
    query = (
        select(hour, Event.kind, func.count(case((human.is_human(), 1))), func.count())
        .where(Event.issue_id == issue_id, Event.at < first + timedelta(hours=HOURS_SHOWN))
        .group_by(hour, Event.kind)
    )
    counts: dict[tuple[int, EventKind], tuple[int, int]] = {}
    for number, kind, people, every in session.execute(query):
        place = (max(0, int(number)), kind)
        before = counts.get(place, (0, 0))
        counts[place] = before[0] + people, before[1] + every
    last = max((number for number, _ in counts), default=-1)
    return [_hour(first, number, counts) for number in range(last + 1)]


def _hour(first: datetime, hour: int, counts: dict[tuple[int, EventKind], tuple[int, int]]) -> Hour:
    opened, clicked = (counts.get((hour, kind), (0, 0)) for kind in (EventKind.OPENED, EventKind.CLICKED))
    return Hour(first + timedelta(hours=hour), *opened, *clicked)


def share(part: int, whole: int) -> float | None:
    """`part` of `whole` in percent, one decimal; None where there is nothing to be a part of."""
    return round(100 * part / whole, 1) if whole else None


def columns_of(report: IssueReport) -> Sequence[tuple[str, int]]:
    """The headline figures with their English names, for exports."""
    return (
        ("recipients", report.recipients),
        ("accepted", report.accepted),
        ("open base", report.open_base),
        ("readers who opened (human)", report.opens.human),
        ("readers who opened (all)", report.opens.all),
        ("readers who clicked (human)", report.clicks.human),
        ("readers who clicked (all)", report.clicks.all),
        ("bounced", report.readers_of("bounce")),
        ("complained", report.readers_of("complaint")),
        ("left by mail", report.readers_of("unsubscribe")),
        ("opens (human)", report.opens.human_events),
        ("opens (all)", report.opens.events),
        ("clicks (human)", report.clicks.human_events),
        ("clicks (all)", report.clicks.events),
    )
