"""Too many addresses that do not exist, or too many complaints, stop an issue while it is being sent: going on would harm every next one.

Once for an issue: who resumes it has decided, and is not overruled.
"""

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from service.accounts import queries as accounts
from service.core.i18n import translate
from service.delivery.launching import launch
from service.delivery.overview import queries as deliveries
from service.delivery.telling import notices
from service.feedback import checkpoints
from service.feedback.models import Returned
from service.issues import queries as issues
from service.issues.models import Issue, IssueState

FEWEST = 200  # mails that were taken or refused, below which a share says nothing
FEWEST_COMPLAINTS = 2  # one reader alone stops no issue
MOST_HARD, MOST_COMPLAINTS = 0.02, 0.001  # of these (section D, below Amazon's and Google's own limits)


def look(session: Session, base_url: str) -> list[int]:
    """Pause the issues for which it is time, and tell the desk; returns which. A second look changes nothing."""
    paused = []
    for issue_id in session.scalars(select(Issue.id).where(Issue.state == IssueState.SENDING).order_by(Issue.id)):
        found = _too_many(session, issue_id)
        if found and not has_stopped(session, issue_id):
            launch.pause(session, issue_id, user_id=None)
            checkpoints.move(session, f"brake:{issue_id}", hard=found[0], complaints=found[1])
            _tell(session, issue_id, base_url, *found)
            paused.append(issue_id)
    return paused


def has_stopped(session: Session, issue_id: int) -> bool:
    """Whether this issue was paused here, and the desk told so."""
    return bool(checkpoints.place(session, f"brake:{issue_id}"))


def _too_many(session: Session, issue_id: int) -> tuple[int, int] | None:
    """(hard bounces, complaints) where either is above its share."""
    readers = func.count(distinct(Returned.subscriber_id))
    of_issue = select(readers).where(Returned.issue_id == issue_id)
    hard = session.scalar(of_issue.where(Returned.is_hard)) or 0
    complaints = session.scalar(of_issue.where(Returned.kind == "complaint", Returned.action != "log", Returned.action != "alarm")) or 0
    if not hard and not complaints:
        return None
    states = deliveries.progress(session, issue_id).by_state
    base = states.get("accepted", 0) + states.get("refused", 0)
    complains = complaints >= FEWEST_COMPLAINTS and complaints > base * MOST_COMPLAINTS
    is_over = base >= FEWEST and (hard > base * MOST_HARD or complains)
    return (hard, complaints) if is_over else None


def _tell(session: Session, issue_id: int, base_url: str, hard: int, complaints: int) -> None:
    issue, title = issues.issue(session, issue_id), issues.edition(session, issue_id).title
    for person in accounts.desk(session):
        reason = translate(
            person.language,
            "Too much came back: {hard} addresses that do not exist, {complaints} complaints. The rest waits for your word; going on "
            "makes mailbox providers trust the next issues less. Look at where these addresses came from.",
            hard=hard,
            complaints=complaints,
        )
        notices.enqueue(
            session,
            notices.Kind.ISSUE_PAUSED,
            key=f"brake:{issue_id}:{person.id}",
            email=person.email,
            language=person.language,
            newsletter_id=issue.newsletter_id,
            values={"title": title, "reason": reason, "url": f"{base_url}/admin/deliveries/{issue_id}"},
        )
