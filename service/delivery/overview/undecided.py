"""Issues that wait for somebody's decision, and why, for the terminal; the desk's pages say more (web/question_words.py)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.core.i18n import translate
from service.delivery import questions
from service.delivery.identity import instance_words
from service.delivery.models import Launch
from service.delivery.questions import Asked, Kind
from service.issues.models import Issue, IssueState

HAPPENED: dict[Kind, str] = {
    Kind.LATE: "Nobody was at work when its slot came, so nothing was sent.",
    Kind.NOT_READY: "Its text was not made ready when its slot came, so nothing was sent.",
    Kind.FAULTY: "The last look before its hour found a fault, so nothing was sent.",
}
MARKING = "The sending machines mark whom they remember having mailed it to; it goes on by itself within a minute."
DECIDE = "Decide on its page, or with pressrun deliveries go-on {id}, or {command} {id}."


@dataclass(frozen=True)
class Undecided:
    """Why an issue waits. `needs_somebody` is False where it goes on by itself."""

    issue_id: int
    is_started: bool
    message: str
    values: dict[str, Any]
    needs_somebody: bool

    def in_words(self, language: str) -> tuple[str, str]:
        """What happened, and what to do."""
        happened = translate(language, self.message, **self.values)
        if not self.needs_somebody:
            return happened, translate(language, MARKING)
        command = "pressrun deliveries cancel" if self.is_started else "pressrun schedule release"
        return happened, translate(language, DECIDE, id=self.issue_id, command=command)


def of(session: Session, issue_id: int) -> list[Undecided]:
    """The open questions about one issue, the newest first."""
    is_started = session.get(Launch, issue_id) is not None
    return [_undecided(asked, is_started=is_started) for asked in questions.open_for(session, issue_id)]


def everywhere(session: Session) -> list[Undecided]:
    """Those about every issue that waits."""
    waiting = select(Issue.id).where(Issue.state == IssueState.NEEDS_DECISION).order_by(Issue.id)
    return [one for issue_id in session.scalars(waiting).all() for one in of(session, issue_id)]


def _undecided(asked: Asked, *, is_started: bool) -> Undecided:
    if asked.is_about_the_database:
        message, values = instance_words.happened(asked.kind.value, asked.values)
    elif asked.kind is Kind.UNFILLABLE:
        message, values = asked.values["message"], asked.values["filled"]
    else:
        message, values = HAPPENED[asked.kind], {}
    return Undecided(asked.issue_id, is_started, message, values, needs_somebody=not asked.goes_on_by_itself)
