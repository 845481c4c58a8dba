"""A stopped issue and its corrected version, made without rendering: what a worker would have compiled is given."""

from sqlalchemy.orm import Session

from service.core.database import Database
from service.delivery.launching import correcting, launch
from service.delivery.models import Correction
from service.issues import document as documents
from service.issues.blocks import Prose
from service.issues.document import Byline, Document
from service.issues.models import Issue
from service.rendering.models import CompiledIssue
from tests.support import factories


def document(words: str = "Good morning.") -> dict[str, object]:
    """A text that nothing speaks against."""
    return documents.to_json(Document("A calm week", byline=Byline(author="Edith"), blocks=(Prose("prose-1", words),)))


def asked(session: Session, issue_id: int, words: str = "Good evening.", *, note: str = "The time of day was wrong") -> Correction:
    """A newer text of a stopped issue, asked for as its correction."""
    saved = factories.revision(session, session.get_one(Issue, issue_id), document(words))
    return correcting.ask(session, issue_id, saved.id, note=note, user_id=None)


def compiled(session: Session, correction: Correction, words: str = "Good evening.") -> CompiledIssue:
    """What the worker compiles of a correction, which then goes to the rest."""
    issue = session.get_one(Issue, correction.issue_id)
    saved = session.get_one(factories.Revision, correction.revision_id)
    version = factories.compiled_issue(session, issue, saved, html=f"<html><body><p>{words}</p></body></html>", text=f"{words}\n")
    correcting.made_ready(session, correction.id, version.id)
    return version


def stop_fix_and_go_on(database: Database, issue_id: int, words: str = "Good evening.") -> int:
    """Pause, correct, compile, resume, each in a transaction of its own; returns the new version's id."""
    with database.writing() as session:
        launch.pause(session, issue_id, user_id=None)
    with database.writing() as session:
        correction = asked(session, issue_id, words)
    with database.writing() as session:
        version = compiled(session, session.get_one(Correction, correction.id), words)
    with database.writing() as session:
        launch.resume(session, issue_id, user_id=None)
    return version.id
