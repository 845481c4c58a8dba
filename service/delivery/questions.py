"""Why an issue waits for a person: written down with what is known, so that whoever decides sees what happened and what follows."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from service.core import clock
from service.core.database import changed
from service.delivery.models import Question
from service.issues.models import Issue, IssueState


class Kind(StrEnum):
    """What happened."""

    RESTORED = "restored"  # the four doubts about the database: instance_rules.py
    MOVED = "moved"
    OTHER = "other"
    UNKNOWN_HOST = "unknown_host"
    LATE = "late"
    NOT_READY = "not_ready"
    FAULTY = "faulty"  # not what was approved, or without a usable sender
    UNFILLABLE = "unfillable"  # no reader's copy of the letter can be made; `values` are the refusal's `message` and its own


ABOUT_THE_DATABASE = frozenset({Kind.RESTORED, Kind.MOVED, Kind.OTHER, Kind.UNKNOWN_HOST})


@dataclass(frozen=True)
class Asked:
    """An open question; `was` is the state in which the issue was before, `values` what is known (JSON)."""

    issue_id: int
    kind: Kind
    was: IssueState
    values: dict[str, Any]
    asked_at: datetime

    @property
    def is_about_the_database(self) -> bool:
        return self.kind in ABOUT_THE_DATABASE

    @property
    def goes_on_by_itself(self) -> bool:
        """Only the memory of the sending machines is waited for: launching/asking_hosts.py."""
        return bool(self.values.get("by_itself"))


def ask(session: Session, issue_id: int, kind: Kind, *, was: IssueState, **values: Any) -> None:
    """Write the question down, beside the move to needs_decision; it takes the place of an open one of its kind."""
    close(session, issue_id, answer="asked_anew", kind=kind)
    session.add(Question(issue_id=issue_id, kind=kind.value, was=was.value, values=values, asked_at=clock.now()))
    session.flush()


def open_for(session: Session, issue_id: int) -> list[Asked]:
    """The open questions of an issue that still needs a decision, the newest first; none for any other issue."""
    rows = session.scalars(
        select(Question)
        .join(Issue, Issue.id == Question.issue_id)
        .where(Question.issue_id == issue_id, Question.answered_at.is_(None), Issue.state == IssueState.NEEDS_DECISION)
        .order_by(Question.id.desc())
    )
    return [Asked(row.issue_id, Kind(row.kind), IssueState(row.was), row.values, row.asked_at) for row in rows]


def about_the_database(session: Session) -> int:
    """How many issues wait for a decision because of the database."""
    kinds = [kind.value for kind in ABOUT_THE_DATABASE]
    waiting = (Question.answered_at.is_(None), Question.kind.in_(kinds), Issue.state == IssueState.NEEDS_DECISION)
    issues = select(func.count(Question.issue_id.distinct())).join(Issue, Issue.id == Question.issue_id).where(*waiting)
    return session.scalar(issues) or 0


def close(session: Session, issue_id: int, *, answer: str, kind: Kind | None = None) -> int:
    """Settle the open questions of an issue (of one kind, where one is given); returns how many there were."""
    of_kind = [] if kind is None else [Question.kind == kind.value]
    mine = (Question.issue_id == issue_id, Question.answered_at.is_(None), *of_kind)
    return changed(session, update(Question).where(*mine).values(answered_at=clock.now(), answer=answer))
