"""Notices to the desk that a sending has stopped and goes on only once somebody has mended something (A12, E11)."""

from sqlalchemy.orm import Session

from service.accounts import queries as accounts
from service.core import clock, jobs
from service.core.i18n import translate
from service.delivery import questions
from service.delivery.overview import troubles
from service.delivery.overview.troubles import Trouble
from service.delivery.telling import notices
from service.issues import queries as issues

JOB = "tell_desk_stopped"  # argument issue_id


def ask(session: Session, issue_id: int) -> None:
    """Ask for the notice in the caller's transaction; once a day for an issue, however many batches find out."""
    jobs.ask(session, JOB, key=f"stopped:{issue_id}:{clock.now().date().isoformat()}", issue_id=issue_id)


def tell(session: Session, issue_id: int, base_url: str) -> int:
    """Write the notice down for everybody at the desk, in the dashboard's words; returns how many are new."""
    issue, title = issues.issue(session, issue_id), issues.edition(session, issue_id).title
    found = [trouble for trouble in troubles.of(session, issue_id) if trouble.needs_somebody]
    new = 0
    for person in accounts.desk(session):
        new += notices.enqueue(
            session,
            notices.Kind.ISSUE_PAUSED,
            key=f"stopped:{issue_id}:{clock.now().date().isoformat()}:{person.id}",
            email=person.email,
            language=person.language,
            newsletter_id=issue.newsletter_id,
            values={
                "title": title,
                "reason": " ".join(_reasons(session, issue_id, found[:2], person.language)),
                "url": f"{base_url}/admin/deliveries/{issue_id}",
            },
        )
    return new


def _reasons(session: Session, issue_id: int, found: list[Trouble], language: str) -> list[str]:
    """In the dashboard's words; that no copy of the letter can be made is no trouble of the way out, but a question."""
    words = [part for trouble in found for part in trouble.in_words(language)]
    asked = [one.values for one in questions.open_for(session, issue_id) if one.kind is questions.Kind.UNFILLABLE]
    return words + [translate(language, values["message"], **values["filled"]) for values in asked]
