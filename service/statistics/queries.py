"""The figures of an issue, each with what it is a share of. Opens are never without their base (B15, C3).

Everything is read from counts (rollup.py, the ledger's tallies): no figure costs a look at each hit or each delivery.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from service.delivery.ledger import tallies
from service.delivery.models import Launch
from service.delivery.states import DeliveryState
from service.feedback import human
from service.feedback import queries as feedback
from service.feedback.models import Event, EventKind, Label
from service.feedback.policy import NO_COMPLAINTS
from service.feedback.queries import ReasonFigures
from service.issues.models import Issue
from service.statistics import rates, rollup, sections
from service.statistics.models import HitCount, ReaderCount, ReasonHits, Rollup, Scope
from service.statistics.rates import Rates, Usual
from service.statistics.rates import share as share
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
class SectionFigures:
    """What readers pressed in one part of the letter; a reader counts once for each part. `key` as in sections.py."""

    key: str
    heading: str
    is_elsewhere: bool
    links: int
    human: int
    all: int
    human_total: int
    total: int


@dataclass(frozen=True)
class ProviderFigures:
    """The issue at one mailbox provider: deliveries by state, and of the accepted ones how many readers opened and clicked."""

    provider: str
    states: dict[DeliveryState, int]
    open_base: int
    opens: Readers
    clicks: Readers

    @property
    def accepted(self) -> int:
        return self.states.get(DeliveryState.ACCEPTED, 0)


@dataclass(frozen=True)
class IssueReport:
    """`states` counts deliveries; `open_base` are the accepted ones whose opens may be measured; `left` is readers by door."""

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
    sections: list[SectionFigures] = field(default_factory=list)
    providers: list[ProviderFigures] = field(default_factory=list)
    left: dict[str, int] = field(default_factory=dict)
    rates: Rates | None = None
    usual: Usual | None = None
    counted_at: datetime | None = None

    def readers_of(self, kind: str) -> int:
        """How many readers of this kind came back ("bounce", "complaint", "unsubscribe"); one with two reasons counts twice.

        A report that is no complaint (that it is no spam, that authentication failed) is none of them.
        """
        return sum(one.readers for one in self.returned if one.kind == kind and (kind != "complaint" or one.reason not in NO_COMPLAINTS))

    @property
    def recipients(self) -> int:
        return sum(self.states.values())

    @property
    def accepted(self) -> int:
        return self.states.get(DeliveryState.ACCEPTED, 0)


HOURS_SHOWN = 72
NOBODY = Readers(0, 0, 0)

_Pair = tuple[int, int]
_HUMAN = func.coalesce(func.sum(case((HitCount.label == Label.HUMAN, HitCount.hits))), 0)
_EVERY = func.sum(HitCount.hits)


def issue_report(session: Session, issue_id: int) -> IssueReport:
    """All figures of one issue, over one snapshot."""
    launch, by_provider = session.get(Launch, issue_id), _states(session, issue_id)
    people, hits, by_link = _readers(session, issue_id), _hits(session, issue_id), _link_hits(session, issue_id)
    bases = {provider: number for (what, scope, provider), (_, number) in people.items() if (what, scope) == (rollup.BASE, Scope.PROVIDER)}
    links = _links(session, issue_id, people, by_link)
    issue = session.get(Issue, issue_id)
    return IssueReport(
        issue_id=issue_id,
        launch=launch,
        states=_summed(by_provider),
        open_base=sum(bases.values()),
        opens=_whole(EventKind.OPENED, people, hits),
        clicks=_whole(EventKind.CLICKED, people, hits),
        links=links,
        hours=_hours(session, issue_id, launch.started_at) if launch else [],
        returned=feedback.of_issue(session, issue_id),
        reasons=_reasons(session, issue_id),
        sections=_sections(session, issue_id, links, people) if launch else [],
        providers=[_provider(name, states, bases.get(name, 0), people, hits) for name, states in sorted(by_provider.items())],
        left={door: number for (what, _, door), (_, number) in people.items() if what == rollup.LEFT},
        rates=rates.of(session, [issue_id])[issue_id],
        usual=rates.usual(session, issue_id) if issue is not None else None,
        counted_at=session.scalar(select(Rollup.counted_at).where(Rollup.issue_id == issue_id)),
    )


def readers(session: Session, issue_id: int, kind: EventKind) -> Readers:
    """Who did this with the issue, from the hits themselves: exact at once, and slow; index: ix_events_issue."""
    person = human.reader()
    query = select(
        func.count(person.distinct()), func.count(Event.subscriber_id.distinct()), func.count(), func.count(case((human.is_human(), 1)))
    ).where(Event.issue_id == issue_id, Event.kind == kind)
    return Readers(*session.execute(query).one())


def _states(session: Session, issue_id: int) -> dict[str, dict[DeliveryState, int]]:
    """Deliveries by provider and state: a sum over the issue's batches."""
    found: dict[str, dict[DeliveryState, int]] = {}
    for count in tallies.counts(session, issue_id):
        states = found.setdefault(count.lane, {})
        states[count.state] = states.get(count.state, 0) + count.number
    return found


def _summed(by_provider: dict[str, dict[DeliveryState, int]]) -> dict[DeliveryState, int]:
    whole: dict[DeliveryState, int] = {}
    for states in by_provider.values():
        for state, number in states.items():
            whole[state] = whole.get(state, 0) + number
    return whole


def _readers(session: Session, issue_id: int) -> dict[tuple[str, Scope, str], _Pair]:
    rows = session.scalars(select(ReaderCount).where(ReaderCount.issue_id == issue_id))
    return {(row.what, row.scope, row.key): (row.human, row.every) for row in rows}


def _hits(session: Session, issue_id: int) -> dict[tuple[str, str], _Pair]:
    """Hits of people and all hits by kind and provider."""
    query = select(HitCount.kind, HitCount.provider, _HUMAN, _EVERY).where(HitCount.issue_id == issue_id)
    rows = session.execute(query.group_by(HitCount.kind, HitCount.provider))
    return {(kind.value, provider): (int(people), int(every)) for kind, provider, people, every in rows}


def _link_hits(session: Session, issue_id: int) -> dict[int, _Pair]:
    query = select(HitCount.link, _HUMAN, _EVERY).where(HitCount.issue_id == issue_id, HitCount.kind == EventKind.CLICKED)
    return {link: (int(people), int(every)) for link, people, every in session.execute(query.group_by(HitCount.link))}


def _whole(kind: EventKind, people: dict[tuple[str, Scope, str], _Pair], hits: dict[tuple[str, str], _Pair]) -> Readers:
    who = [pair for (what, scope, _), pair in people.items() if (what, scope) == (kind.value, Scope.PROVIDER)]
    what = [pair for (one, _), pair in hits.items() if one == kind.value]
    return Readers(*(sum(pair[place] for pair in pairs) for pairs, place in ((who, 0), (who, 1), (what, 1), (what, 0))))


def _provider(
    name: str,
    states: dict[DeliveryState, int],
    base: int,
    people: dict[tuple[str, Scope, str], _Pair],
    hits: dict[tuple[str, str], _Pair],
) -> ProviderFigures:
    def of(kind: EventKind) -> Readers:
        who, what = people.get((kind.value, Scope.PROVIDER, name), (0, 0)), hits.get((kind.value, name), (0, 0))
        return Readers(who[0], who[1], what[1], what[0])

    return ProviderFigures(name, states, base, of(EventKind.OPENED), of(EventKind.CLICKED))


def _reasons(session: Session, issue_id: int) -> list[ReasonCount]:
    """Why hits have the labels they have, the most frequent first."""
    total = func.sum(ReasonHits.hits)
    query = select(ReasonHits.kind, ReasonHits.label, ReasonHits.reason, total).where(ReasonHits.issue_id == issue_id)
    rows = session.execute(query.group_by(ReasonHits.kind, ReasonHits.label, ReasonHits.reason).order_by(total.desc(), ReasonHits.reason))
    return [ReasonCount(kind, label, reason, int(number)) for kind, label, reason, number in rows]


def _links(session: Session, issue_id: int, people: dict[tuple[str, Scope, str], _Pair], hits: dict[int, _Pair]) -> list[LinkFigures]:
    clicked = EventKind.CLICKED.value
    return [
        LinkFigures(
            link.number,
            link.url,
            link.text,
            link.block,
            *people.get((clicked, Scope.LINK, str(link.number)), (0, 0)),
            *hits.get(link.number, (0, 0)),
        )
        for link in session.scalars(select(Link).where(Link.issue_id == issue_id).order_by(Link.number))
    ]


def _sections(
    session: Session, issue_id: int, links: list[LinkFigures], people: dict[tuple[str, Scope, str], _Pair]
) -> list[SectionFigures]:
    """The parts of the letter that hold counted links, in its order; what belongs to none of them comes last."""
    written = rollup.letter_sections(session, issue_id)
    known = sections.by_block(written)
    found = []
    for section in [*written, sections.Section(sections.ELSEWHERE, "", ())]:
        within = [link for link in links if known.get(link.block, sections.ELSEWHERE) == section.key]
        if within:
            who = people.get((EventKind.CLICKED.value, Scope.SECTION, section.key), (0, 0))
            totals = sum(link.human_total for link in within), sum(link.total for link in within)
            found.append(SectionFigures(section.key, section.heading, section.key == sections.ELSEWHERE, len(within), *who, *totals))
    return found


def _hours(session: Session, issue_id: int, start: datetime) -> list[Hour]:
    """The hours from the start to the last hit, HOURS_SHOWN at most; what came before the start counts with the first."""
    first = rollup.hour_of(start)
    query = select(HitCount.hour, HitCount.kind, _HUMAN, _EVERY).where(
        HitCount.issue_id == issue_id, HitCount.hour < first + timedelta(hours=HOURS_SHOWN)
    )
    counts: dict[tuple[int, EventKind], _Pair] = {}
    for hour, kind, people, every in session.execute(query.group_by(HitCount.hour, HitCount.kind)):
        place = (max(0, int((hour - first).total_seconds()) // 3600), kind)
        before = counts.get(place, (0, 0))
        counts[place] = before[0] + int(people), before[1] + int(every)
    last = max((number for number, _ in counts), default=-1)
    return [_hour(first, number, counts) for number in range(last + 1)]


def _hour(first: datetime, hour: int, counts: dict[tuple[int, EventKind], _Pair]) -> Hour:
    opened, clicked = (counts.get((hour, kind), (0, 0)) for kind in (EventKind.OPENED, EventKind.CLICKED))
    return Hour(first + timedelta(hours=hour), *opened, *clicked)


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
        ("left after this issue", sum(report.left.values())),
        ("opens (human)", report.opens.human_events),
        ("opens (all)", report.opens.events),
        ("clicks (human)", report.clicks.human_events),
        ("clicks (all)", report.clicks.events),
    )
