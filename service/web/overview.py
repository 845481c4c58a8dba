"""What the start page shows: for each newsletter its next slots, readers and last issue; and what needs a person's look."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.core import clock
from service.core.problems import is_blocking
from service.delivery import questions
from service.delivery.identity import instance, instance_words
from service.delivery.launching import deciding
from service.delivery.ledger import doubts
from service.delivery.models import Launch
from service.delivery.pacing import lanes
from service.issues.models import Edition, Issue, IssueState
from service.newsletters import checks
from service.newsletters import queries as newsletters
from service.newsletters.models import Newsletter
from service.schedule import queries as schedule
from service.schedule.queries import ListedSlot
from service.schedule.readiness import Readiness
from service.statistics import alarm_words, alarms
from service.subscribers import queries as subscribers
from service.subscribers.models import Subscription
from service.web.templating import language

NEXT_SLOTS = 4
NEAR = timedelta(hours=48)  # an empty or unready slot nearer than this is worth a person's look
LATELY = timedelta(days=7)
STATES_TO_LOOK_AT = {  # state -> tone, sentence, where to look
    IssueState.NEEDS_DECISION: ("bad", "“{title}” did not go out at its hour and waits for a decision.", "/admin/issues/{id}"),
    IssueState.PAUSED: ("warn", "Sending of “{title}” is paused.", "/admin/deliveries/{id}"),
    IssueState.SENDING: ("info", "“{title}” is being sent.", "/admin/deliveries/{id}"),
}


@dataclass(frozen=True)
class Matter:
    """Something a person should look at, and where; `message` is an English template for translation."""

    tone: str
    message: str
    values: dict[str, str]
    address: str


@dataclass(frozen=True)
class Overview:
    """One newsletter as the start page shows it; `gained` are the readers who confirmed in the last seven days."""

    newsletter: Newsletter
    slots: list[ListedSlot]
    readers: subscribers.Counts
    gained: int
    last: tuple[int, str, Launch] | None


def overviews(session: Session) -> list[Overview]:
    """Every newsletter."""
    return [_overview(session, newsletter) for newsletter in newsletters.listing(session)]


@dataclass(frozen=True)
class Doubt:
    """Operators are asked about the database: what happened (template and values), how many issues wait, how many for their slots alone."""

    message: str
    values: dict[str, Any]
    waiting: int
    keepable: int


def doubt(session: Session) -> Doubt | None:
    """What is to be said above everything else while issues wait because the database is not what it was (E15)."""
    row, waiting = instance.last_doubt(session), questions.about_the_database(session)
    if row is None or not waiting:
        return None
    message, values = instance_words.happened(row.doubt, row.doubt_values)
    return Doubt(message, values, waiting, len(deciding.waiting_for_their_slots(session, clock.now())))


def matters(session: Session, found: list[Overview]) -> list[Matter]:
    """What needs a person, the worst first."""
    order = {"bad": 0, "warn": 1, "info": 2}
    return sorted([*_delivery_matters(session), *_newsletter_matters(found)], key=lambda matter: order[matter.tone])


def _overview(session: Session, newsletter: Newsletter) -> Overview:
    since = clock.now() - LATELY
    gained = select(func.count()).where(Subscription.newsletter_id == newsletter.id, Subscription.confirmed_at > since)
    last = session.execute(
        select(Issue.id, Edition.title, Launch)
        .join(Edition, Edition.issue_id == Issue.id)
        .join(Launch, Launch.issue_id == Issue.id)
        .where(Issue.newsletter_id == newsletter.id)
        .order_by(Launch.started_at.desc())
        .limit(1)
    ).first()
    return Overview(
        newsletter,
        schedule.upcoming(session, newsletter.id, limit=NEXT_SLOTS),
        subscribers.counts(session, newsletter.id),
        session.scalar(gained) or 0,
        None if last is None else (last[0], last[1], last[2]),
    )


def _delivery_matters(session: Session) -> Iterator[Matter]:
    if lanes.troubles(session):
        yield Matter("bad", "The mail server or a mailbox provider does not take mail just now.", {}, "/admin/deliveries")
    yield from _alarm_matters(session)
    unsure = doubts.pending_by_issue(session)
    for issue_id, title in session.execute(select(Edition.issue_id, Edition.title).where(Edition.issue_id.in_(unsure))):
        message, values = "It is not sure whether {number} mails of “{title}” arrived; somebody has to decide.", {"title": title}
        yield Matter("bad", message, {**values, "number": str(unsure[issue_id])}, f"/admin/deliveries/{issue_id}#uncertain")
    watched = select(Issue.id, Issue.state, Edition.title).join(Edition, Edition.issue_id == Issue.id)
    for issue_id, state, title in session.execute(watched.where(Issue.state.in_(STATES_TO_LOOK_AT)).order_by(Issue.id)):
        tone, message, address = STATES_TO_LOOK_AT[state]
        if state is IssueState.NEEDS_DECISION and session.get(Launch, issue_id) is not None:
            message, address = "The sending of “{title}” has stopped and waits for a decision.", "/admin/deliveries/{id}"
        elif any(asked.is_about_the_database for asked in questions.open_for(session, issue_id)):
            message = "“{title}” is booked and waits for a decision."
        yield Matter(tone, message, {"title": title}, address.format(id=issue_id))


def _alarm_matters(session: Session) -> Iterator[Matter]:
    standing = alarms.standing(session)
    query = select(Edition.issue_id, Edition.title).where(Edition.issue_id.in_({alarm.issue_id for alarm in standing}))
    titles = {issue_id: title for issue_id, title in session.execute(query)}  # noqa: C416 - a Result has keys()
    for alarm in standing:
        values = {"title": titles.get(alarm.issue_id, ""), "sentence": alarm_words.sentences(alarm, language())[0]}
        yield Matter("bad", "“{title}”: {sentence}", values, f"/admin/statistics/{alarm.issue_id}")


def _newsletter_matters(found: list[Overview]) -> Iterator[Matter]:
    for overview in found:
        name, settings = overview.newsletter.name, f"/admin/newsletters/{overview.newsletter.id}"
        if is_blocking(checks.check(overview.newsletter)):
            yield Matter("warn", "{name}: settings are missing; nothing can be booked.", {"name": name}, settings)
        if not overview.slots:
            yield Matter("warn", "{name} has no rhythm yet; without it there are no slots.", {"name": name}, f"{settings}#rhythm")
        for each in overview.slots:
            yield from _slot_matters(each, name)


def _slot_matters(each: ListedSlot, name: str) -> Iterator[Matter]:
    if each.slot.fires_at > clock.now() + NEAR:
        return
    if each.readiness is Readiness.NOT_READY:
        yield Matter("bad", "“{title}” is booked but not ready.", {"title": each.title or ""}, f"/admin/issues/{each.slot.issue_id}")
    elif each.readiness is Readiness.FAULTY:
        place = f"/admin/schedule/slots/{each.slot.id}"
        yield Matter("bad", "“{title}” goes out soon, and the last look has found a fault.", {"title": each.title or ""}, place)
    elif each.readiness is Readiness.EMPTY:
        yield Matter("warn", "{name}: a slot within two days is empty.", {"name": name}, "/admin/schedule")
