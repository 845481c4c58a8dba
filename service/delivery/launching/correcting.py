"""Stop, fix, continue: a stopped issue gets a corrected version, which those receive who have not got it yet; nobody gets both (E12).

What was handed over is never changed here: `deliveries.compiled_id` says who has which version.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from service.core import audit, clock, jobs
from service.core.database import changed
from service.core.errors import Conflict, Invalid, NotFound
from service.core.problems import Problem, Severity, is_blocking
from service.delivery.models import Correction, Launch
from service.issues import queries as issues
from service.issues.models import Issue, IssueState
from service.rendering.models import CompiledIssue
from service.schedule import readiness

JOB = "compile_correction"  # argument correction_id
STOPPED = (IssueState.PAUSED, IssueState.NEEDS_DECISION)
LONGEST_NOTE = 500
NOTHING_NEW = Problem(Severity.ERROR, "The corrected version is the same as the one that was being sent.")


class NotStopped(Conflict):
    """The issue is not one whose sending was begun and is stopped."""


class CorrectionOpen(Conflict):
    """A corrected text was asked for and is neither in use nor dropped."""


class NotSendable(Invalid):
    """Something in the corrected text forbids sending it; `problems` say what and where."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__("The corrected text cannot be sent yet.", remedy="Fix what is listed, then try again.")
        self.problems = list(problems)


def ask(session: Session, issue_id: int, revision_id: int, *, note: str, user_id: int | None) -> Correction:
    """Ask for the version that the rest is to receive; `note` says what was wrong. An earlier one that is still open is dropped.

    Raises NotStopped, NotSendable, Invalid without a note, NotFound.
    """
    launch, words = _stopped(session, issue_id), " ".join(note.split())
    if not words:
        raise Invalid("Say what was wrong.", remedy="A few words are enough; they stay with the issue's delivery record.")
    if len(words) > LONGEST_NOTE:
        raise Invalid("The note is too long.", remedy="At most {limit} characters.", limit=LONGEST_NOTE)
    issues.revision(session, issue_id, revision_id)
    problems = readiness.problems(session, issue_id, revision_id, None)
    if is_blocking(problems):
        raise NotSendable(problems)
    _drop_open(session, issue_id)
    correction = Correction(
        issue_id=issue_id,
        revision_id=revision_id,
        note=words,
        before_id=launch.compiled_id,
        problems=[],
        asked_by=user_id,
        asked_at=clock.now(),
    )
    session.add(correction)
    session.flush()
    jobs.ask(session, JOB, key=f"{JOB}:{correction.id}", correction_id=correction.id)
    audit.record(session, "issue.correction_asked", user_id=user_id, noun_id=issue_id, note=words, revision=revision_id)
    return correction


def made_ready(session: Session, correction_id: int, compiled_id: int) -> bool:
    """The corrected version is compiled: claims take it from now on. False, and nothing is changed, where nobody waits for it any more."""
    correction = _held(session, correction_id)
    if correction is None:
        return False
    launch = _stopped(session, correction.issue_id)
    if compiled_id == launch.compiled_id:
        could_not_be_made(session, correction_id, readiness.as_rows([NOTHING_NEW]))
        return False
    correction.compiled_id, correction.before_id, correction.used_from = compiled_id, launch.compiled_id, clock.now()
    correction.problems = []
    launch.compiled_id = compiled_id
    session.flush()
    version = session.scalar(select(CompiledIssue.version).where(CompiledIssue.id == compiled_id))
    audit.record(
        session, "issue.corrected", user_id=correction.asked_by, noun_id=correction.issue_id, note=correction.note, version=version
    )
    return True


def could_not_be_made(session: Session, correction_id: int, problems: list[dict[str, object]]) -> None:
    """Why there is no corrected version; it stays open, so that the issue does not go on with the old one unnoticed."""
    still = (Correction.id == correction_id, Correction.used_from.is_(None), Correction.dropped_at.is_(None))
    changed(session, update(Correction).where(*still).values(problems=problems))


def drop(session: Session, issue_id: int, *, user_id: int | None) -> None:
    """Give the open correction up; the issue may go on with the version it has. Raises NotFound where there is none."""
    if not _drop_open(session, issue_id):
        raise NotFound("This issue has no open correction.")
    audit.record(session, "issue.correction_dropped", user_id=user_id, noun_id=issue_id)


def refuse_open(session: Session, issue_id: int) -> None:
    """Raises CorrectionOpen where the issue waits for a corrected version."""
    if open_of(session, issue_id) is not None:
        raise CorrectionOpen(
            "A corrected version of this issue is not ready yet.",
            remedy="Wait some seconds until it is made, or drop the correction; then it goes on.",
        )


def open_of(session: Session, issue_id: int) -> Correction | None:
    """The correction that is neither in use nor dropped."""
    return session.scalars(select(Correction).where(*_open(issue_id)).order_by(Correction.id.desc()).limit(1)).first()


def wanted(session: Session, correction_id: int) -> Correction | None:
    """The correction, if it is still to be made."""
    correction = session.get(Correction, correction_id, populate_existing=True)
    is_open = correction is not None and correction.used_from is None and correction.dropped_at is None
    return correction if is_open else None


def is_stopped(session: Session, issue_id: int) -> bool:
    """Whether the issue was launched and waits, so that it can be corrected."""
    state = session.scalar(select(Issue.state).join(Launch, Launch.issue_id == Issue.id).where(Issue.id == issue_id))
    return state in STOPPED


def _stopped(session: Session, issue_id: int) -> Launch:
    """The launch of a stopped issue, whose row is held until the commit. Raises NotStopped."""
    state = session.scalar(select(Issue.state).where(Issue.id == issue_id).with_for_update())
    launch = session.get(Launch, issue_id, populate_existing=True)
    if launch is None or state not in STOPPED:
        raise NotStopped(
            "Only an issue whose sending was begun and is paused can be corrected.", remedy="Pause it first; then nothing more goes out."
        )
    return launch


def _held(session: Session, correction_id: int) -> Correction | None:
    correction = wanted(session, correction_id)
    if correction is None:
        return None
    state = session.scalar(select(Issue.state).where(Issue.id == correction.issue_id).with_for_update())
    return wanted(session, correction_id) if state in STOPPED else None


def _drop_open(session: Session, issue_id: int) -> int:
    return changed(session, update(Correction).where(*_open(issue_id)).values(dropped_at=clock.now()))


def _open(issue_id: int) -> tuple[ColumnElement[bool], ...]:
    return Correction.issue_id == issue_id, Correction.used_from.is_(None), Correction.dropped_at.is_(None)
