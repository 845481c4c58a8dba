"""The one notice about mails of which nobody knows whether they arrived: how many, until when, and a signed link to decide.

It is written once evidence has had its time, and tells of everything that waits then.
"""

from datetime import datetime, timedelta

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from service.accounts import queries as accounts
from service.accounts.models import Role
from service.accounts.queries import Person
from service.core import clock, jobs
from service.core.database import changed
from service.core.i18n import translate
from service.core.signing import Signer
from service.delivery.ledger import doubts
from service.delivery.models import Delivery, Doubt, Launch
from service.delivery.telling import notices
from service.delivery.uncertain import decision_links, settling_policy
from service.issues import queries as issues
from service.issues.models import Issue
from service.newsletters.models import Newsletter, UncertainPolicy
from service.schedule import calendar

JOB = "tell_desk_uncertain"  # argument issue_id
PATIENCE = timedelta(minutes=2)
"""So long evidence may settle it by itself before anybody is disturbed."""
PAUSE = timedelta(minutes=30)
"""Between two notices about one issue; usually there is one."""


def ask(session: Session) -> int:
    """Ask for the notices that are due, in the caller's transaction; what was told of is marked, so that it is told of once."""
    now, count = clock.now(), 0
    for issue_id, first in session.execute(_due(now - PATIENCE)).all():
        newest = session.scalar(select(func.max(Doubt.told_at)).where(Doubt.issue_id == issue_id))
        if newest is None or newest <= now - PAUSE:
            untold = (Doubt.issue_id == issue_id, doubts.is_pending(), Doubt.told_at.is_(None))
            changed(session, update(Doubt).where(*untold).values(told_at=now))
            jobs.ask(session, JOB, key=f"uncertain:{issue_id}:{first}", issue_id=issue_id)
            count += 1
    return count


def tell(session: Session, issue_id: int) -> int:
    """Write the notice down for the person on duty, else for every operator; returns how many are new. Nothing where all is settled."""
    waiting, until = doubts.pending(session, issue_id), settling_policy.deadline(session, issue_id)
    # tells a second notice from the first being written twice; the deadline does not, while the first mails still wait
    asked_at = session.scalar(select(func.max(Doubt.told_at)).where(Doubt.issue_id == issue_id))
    if not waiting or until is None:
        return 0
    issue, title = issues.issue(session, issue_id), issues.edition(session, issue_id).title
    newsletter = session.get_one(Newsletter, issue.newsletter_id)
    new = 0
    for person in on_duty(session, newsletter):
        when = calendar.both_clocks_text(until, newsletter.readers_zone, newsletter.editors_zone, person.language)
        lost = "{number} mails were handed over, and the reply was lost. Whoever is not decided about stays “not sure” after {when}."
        new += notices.enqueue(
            session,
            notices.Kind.UNCERTAIN,
            key=f"uncertain:{issue_id}:{(asked_at or until).isoformat()}:{person.id}",
            email=person.email,
            language=person.language,
            newsletter_id=newsletter.id,
            values={
                "title": title,
                "number": waiting,
                "reason": translate(person.language, lost, number=waiting, when=when),
                "decide": {"issue_id": issue_id, "user_id": person.id},  # the link is made when it is mailed
            },
        )
    return new


def on_duty(session: Session, newsletter: Newsletter) -> list[Person]:
    """Who may be asked: the newsletter's chosen operator, while there is one who may sign in; else every operator."""
    operators = accounts.desk(session, Role.OPERATOR)
    return [person for person in operators if person.id == newsletter.on_duty_id] or operators


def read(session: Session, signer: Signer, token: str) -> tuple[int, Person] | None:
    """(issue, who decides) of a link's token; None for any other text, and where that person is no operator any more."""
    ids = decision_links.read(signer, token)
    if ids is None:
        return None
    person = next((each for each in accounts.desk(session, Role.OPERATOR) if each.id == ids[1]), None)
    return None if person is None else (ids[0], person)


def _due(before: datetime) -> Select[int, int]:
    """Issues with something untold that somebody has to decide about: not what the policy sends again by itself."""
    resends = (Newsletter.uncertain_policy == UncertainPolicy.RESEND) & (Launch.give_up_at > clock.now())
    by_itself = resends & Delivery.maybe_duplicate.is_(False)
    return (
        select(Doubt.issue_id, func.min(Doubt.id))
        .join(Issue, Issue.id == Doubt.issue_id)
        .join(Newsletter, Newsletter.id == Issue.newsletter_id)
        .join(Launch, Launch.issue_id == Doubt.issue_id)
        .join(Delivery, (Delivery.issue_id == Doubt.issue_id) & (Delivery.subscriber_id == Doubt.subscriber_id))
        .where(doubts.is_pending(), Doubt.told_at.is_(None), Doubt.since <= before, ~by_itself)
        .group_by(Doubt.issue_id)
        .order_by(Doubt.issue_id)
    )
