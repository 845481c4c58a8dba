"""An issue of before a restore waits at its start until the sending machines have marked whom they remember, then goes on by itself (E15).

However it comes to be started again (booked, moved, sent now, at its slot): who has it by the memory of any machine is not sent to again.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.core import clock
from service.delivery import questions
from service.delivery.identity import instance
from service.delivery.models import Question
from service.delivery.questions import Kind
from service.issues import workflow
from service.issues.models import Issue, IssueState

LONGEST = timedelta(seconds=60)
"""A machine that has not answered by then is not waited for."""
REMEMBERED = timedelta(days=30)
"""So long each machine keeps whom its mail server has taken an issue for (sending/remembered.py)."""


def ask(session: Session, issue_id: int) -> bool:
    """Let the issue, which was just started, wait for the machines if the database may have forgotten that it was sent; says whether."""
    doubt, issue = instance.last_doubt(session), session.get_one(Issue, issue_id)
    if doubt is None or doubt.doubted_at is None or not issue.created_at <= doubt.doubted_at > clock.now() - REMEMBERED:
        return False
    questions.close(session, issue_id, answer="started")
    workflow.move(session, issue_id, IssueState.NEEDS_DECISION, from_=(IssueState.SENDING,), is_told=False)
    questions.ask(session, issue_id, Kind(doubt.doubt), was=IssueState.SENDING, **{**doubt.doubt_values, "by_itself": True})
    return True


def answered(session: Session, now: datetime) -> list[int]:
    """The issues that wait for the machines only, and of which every machine at work has answered, or `LONGEST` has passed."""
    waiting = select(Question).join(Issue, Issue.id == Question.issue_id).where(Question.answered_at.is_(None))
    rows = session.scalars(waiting.where(Issue.state == IssueState.NEEDS_DECISION).order_by(Question.id)).all()
    rows = [row for row in rows if row.values.get("by_itself")]
    if not rows:
        return []
    alive = {host.name for host in instance.hosts(session) if host.key is not None and host.seen_at > now - instance.ALIVE}
    return [row.issue_id for row in rows if alive <= set(row.values.get("recalled", {})) or row.asked_at <= now - LONGEST]
