"""Looks at the figures of fresh issues, raises alarms and ends them. Each is mailed once, however often it is looked at."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from service.accounts import queries as accounts
from service.core.database import changed, insert
from service.core.i18n import translate
from service.delivery.ledger import tallies
from service.delivery.models import Launch
from service.delivery.states import DeliveryState
from service.delivery.telling import notices
from service.feedback import brakes
from service.feedback.models import Event, EventKind, Label
from service.issues import queries as issues
from service.issues.models import Issue
from service.statistics import alarm_rules, alarm_words, rates, rollup, turned_away
from service.statistics.alarm_rules import Kind, Measure
from service.statistics.models import Alarm, HitCount

LOOKED_AT = timedelta(days=7)  # after the start
SILENCE_MINUTES = 30
SILENCE_FROM, SILENCE_UNTIL = timedelta(hours=1), timedelta(hours=12)
SPAM_FROM, SPAM_UNTIL = timedelta(hours=4), timedelta(days=3)
EARLIER, FEWEST_EARLIER = 5, 3
BRAKED = (Kind.COMPLAINTS, Kind.HARD)


def measures(session: Session, now: datetime) -> dict[int, list[Measure]]:
    """What is to be judged, by issue; only reads, and only counts but for one look at the newest hit."""
    launches = session.scalars(select(Launch).where(Launch.started_at > now - LOOKED_AT).order_by(Launch.issue_id)).all()
    return {launch.issue_id: list(_of_issue(session, launch, now)) for launch in launches}


def settle(session: Session, found: dict[int, list[Measure]], base_url: str, now: datetime) -> list[tuple[int, Kind]]:
    """Raise what has become an alarm and tell the desk, end what is none any more; returns what is new. Twice changes nothing."""
    new = []
    for issue_id, its in found.items():
        known = {(alarm.kind, alarm.subject): alarm for alarm in of_issue(session, issue_id)}
        for measure in its:
            before = known.get((measure.kind.value, measure.subject))
            was_one = before is not None and before.ended_at is None
            is_one = alarm_rules.is_alarm(measure, was_one=was_one)
            if is_one and before is None:
                if _raise(session, issue_id, measure, now):
                    turned_away.hold(session, issue_id, measure)
                    _tell(session, issue_id, measure, base_url)
                    new.append((issue_id, measure.kind))
            elif is_one != was_one:
                _change(session, issue_id, measure, ended_at=None if is_one else now)
    return new


def of_issue(session: Session, issue_id: int) -> list[Alarm]:
    """All of one issue, the newest first, the ended ones included."""
    return list(session.scalars(select(Alarm).where(Alarm.issue_id == issue_id).order_by(Alarm.raised_at.desc(), Alarm.kind)))


def standing(session: Session) -> list[Alarm]:
    """What has not ended; the table holds a few rows for an issue at most."""
    return list(session.scalars(select(Alarm).where(Alarm.ended_at.is_(None)).order_by(Alarm.raised_at.desc(), Alarm.kind)))


def end_old(session: Session, now: datetime) -> int:
    """Alarms of issues that are not looked at any more end."""
    old = select(Launch.issue_id).where(Launch.started_at <= now - LOOKED_AT)
    return changed(session, update(Alarm).where(Alarm.ended_at.is_(None), Alarm.issue_id.in_(old)).values(ended_at=now))


def _of_issue(session: Session, launch: Launch, now: datetime) -> Iterator[Measure]:
    its, issue = rates.of(session, [launch.issue_id])[launch.issue_id], session.get_one(Issue, launch.issue_id)
    yield Measure(Kind.COMPLAINTS, "", its.complained, its.accepted)
    yield Measure(Kind.HARD, "", its.hard, its.accepted)
    by_provider = _states(session, launch.issue_id)
    for provider, states in by_provider.items():
        waiting = states.get(DeliveryState.DEFERRED, 0) if launch.finished_at is None else 0
        yield Measure(Kind.DEFERRED, provider, waiting, sum(states.values()))
    yield from turned_away.measures(session, launch.issue_id, by_provider)
    before = [session.get_one(Launch, each) for each in rates.earlier(session, issue, launch, of_series=False, most=EARLIER)]
    age = now - launch.started_at
    if age >= SILENCE_FROM:
        yield _silence(session, launch, before, its.accepted if age <= SILENCE_UNTIL else 0, now)
    if SPAM_FROM <= age <= SPAM_UNTIL and len(before) >= FEWEST_EARLIER:
        yield from _spam_folder(session, launch, before, by_provider, int(age.total_seconds() // 3600))


def _silence(session: Session, launch: Launch, before: list[Launch], accepted: int, now: datetime) -> Measure:
    """Hits of the last minutes, and how many earlier issues had at that age for as many readers; 0 once it is too old to tell."""
    age, curve = (now - launch.started_at).total_seconds(), dict[int, float]()
    for earlier in before:
        whole = rates.accepted(session, earlier.issue_id)
        for hour, hits in _hits_by_hour(session, earlier):
            curve[hour] = curve.get(hour, 0.0) + hits * accepted / max(1, whole) / len(before)
    usual = alarm_rules.expected_hits(curve, age, SILENCE_MINUTES)
    since = now - timedelta(minutes=SILENCE_MINUTES)
    newest = session.scalar(select(func.max(Event.at)).where(Event.issue_id == launch.issue_id, Event.at > since))
    return Measure(Kind.SILENT, "", 0 if newest is None else 1, 1, usual)


def _hits_by_hour(session: Session, launch: Launch) -> Iterator[tuple[int, int]]:
    first = rollup.hour_of(launch.started_at)
    query = select(HitCount.hour, func.sum(HitCount.hits)).where(
        HitCount.issue_id == launch.issue_id, HitCount.hour <= first + SILENCE_UNTIL + rollup.HOUR
    )
    for hour, hits in session.execute(query.group_by(HitCount.hour)):
        yield max(0, int((hour - first).total_seconds()) // 3600), int(hits)


def _spam_folder(
    session: Session, launch: Launch, before: list[Launch], by_provider: dict[str, dict[DeliveryState, int]], hours: int
) -> Iterator[Measure]:
    """People's clicks for 100 mails at each provider, against earlier issues at the same age."""
    clicks = _clicks(session, launch, hours)
    earlier = [(_clicks(session, each, hours), _states(session, each.issue_id)) for each in before]
    for provider, states in by_provider.items():
        taken = [(each.get(provider, 0), of.get(provider, {}).get(DeliveryState.ACCEPTED, 0)) for each, of in earlier]
        shares = [100 * number / base for number, base in taken if base]
        if len(shares) >= FEWEST_EARLIER:
            accepted = states.get(DeliveryState.ACCEPTED, 0)
            yield Measure(Kind.SPAM_FOLDER, provider, clicks.get(provider, 0), accepted, sum(shares) / len(shares))


def _clicks(session: Session, launch: Launch, hours: int) -> dict[str, int]:
    until = rollup.hour_of(launch.started_at) + timedelta(hours=hours)
    of_people = (HitCount.issue_id == launch.issue_id, HitCount.kind == EventKind.CLICKED, HitCount.label == Label.HUMAN)
    query = select(HitCount.provider, func.sum(HitCount.hits)).where(*of_people, HitCount.hour < until).group_by(HitCount.provider)
    return {provider: int(hits) for provider, hits in session.execute(query)}


def _states(session: Session, issue_id: int) -> dict[str, dict[DeliveryState, int]]:
    found: dict[str, dict[DeliveryState, int]] = {}
    for count in tallies.counts(session, issue_id):
        states = found.setdefault(count.lane, {})
        states[count.state] = states.get(count.state, 0) + count.number
    return found


def _raise(session: Session, issue_id: int, measure: Measure, now: datetime) -> bool:
    row: dict[str, Any] = {"issue_id": issue_id, "kind": measure.kind.value, "subject": measure.subject, "raised_at": now, "ended_at": None}
    row |= {"share": measure.share, "usual": measure.usual, "number": measure.number}
    statement = insert(session, Alarm).values(row).on_conflict_do_nothing(index_elements=["issue_id", "kind", "subject"])
    return session.scalar(statement.returning(Alarm.issue_id)) is not None


def _change(session: Session, issue_id: int, measure: Measure, *, ended_at: datetime | None) -> None:
    these = (Alarm.issue_id == issue_id, Alarm.kind == measure.kind.value, Alarm.subject == measure.subject)
    figures = {"share": measure.share, "usual": measure.usual, "number": measure.number} if ended_at is None else {}
    changed(session, update(Alarm).where(*these).values(ended_at=ended_at, **figures))


def _tell(session: Session, issue_id: int, measure: Measure, base_url: str) -> None:
    if measure.kind in BRAKED and brakes.has_stopped(session, issue_id):
        return  # the desk was told of these figures when they stopped the issue
    issue, title = issues.issue(session, issue_id), issues.edition(session, issue_id).title
    words = alarm_words.WORDS[measure.kind]
    for person in accounts.desk(session):
        filled = alarm_words.values(
            measure.kind, person.language, subject=measure.subject, number=measure.number, share=measure.share, usual=measure.usual
        )
        notices.enqueue(
            session,
            notices.Kind.FIGURES_ALARM,
            key=f"alarm:{issue_id}:{measure.kind.value}:{measure.subject}:{person.id}",
            email=person.email,
            language=person.language,
            newsletter_id=issue.newsletter_id,
            values={
                "title": title,
                "reason": translate(person.language, words.happened, **filled),
                "readers": translate(person.language, words.readers, **filled),
                "remedy": translate(person.language, words.remedy, **filled),
                "url": f"{base_url}/admin/statistics/{issue_id}",
            },
        )
