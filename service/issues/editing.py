"""Writing an issue: every save is a new Revision, and nothing that was saved is ever lost or overwritten."""

import dataclasses

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from service.core import audit, clock
from service.core.errors import Conflict, Invalid, NotFound
from service.issues import document as documents
from service.issues import queries, workflow
from service.issues.document import Document
from service.issues.models import Edition, Issue, IssueState, Revision
from service.newsletters.models import Newsletter, Series

LONGEST_TITLE = 300


class StaleRevision(Conflict):
    """Somebody saved meanwhile; `newest_id` names their revision."""

    def __init__(self, newest_id: int | None) -> None:
        super().__init__(
            "Somebody else has saved this issue since you opened it.",
            remedy="Compare both texts, then save yours on top of theirs or take theirs.",
        )
        self.newest_id = newest_id


def create(session: Session, newsletter_id: int, document: Document, *, user_id: int | None, note: str = "") -> Issue:
    """A new draft with its first revision, in the newsletter's language; its series is the one the document names.

    A subject that repeats the headline is left empty, which means the headline, whatever becomes of it.
    """
    if document.subject == document.title:
        document = dataclasses.replace(document, subject=None)
    newsletter = session.get(Newsletter, newsletter_id)
    if newsletter is None:
        raise NotFound("There is no newsletter {id}.", id=newsletter_id)
    now = clock.now()
    issue = Issue(
        newsletter_id=newsletter_id,
        series_id=_series_id(session, newsletter_id, document.series),
        state=IssueState.DRAFT,
        is_advertising=False,
        created_by=user_id,
        created_at=now,
        changed_at=now,
    )
    session.add(issue)
    session.flush()
    edition = Edition(issue_id=issue.id, language=newsletter.language, title=_title(document))
    session.add(edition)
    session.flush()
    revision = _write(session, edition, document, user_id=user_id, note=note)
    edition.revision_id = revision.id
    audit.record(session, "issue.created", user_id=user_id, noun_id=issue.id)
    session.flush()
    return issue


def save(session: Session, issue_id: int, document: Document, *, based_on: int, user_id: int | None, note: str = "") -> Revision:
    """A new revision on top of `based_on`; a text that changes nothing makes none and gives the present one.

    Raises StaleRevision where `based_on` is no longer the newest (the UPDATE of the edition is the lock), Conflict once the
    issue is going out.
    """
    _require_editable(session, issue_id)
    edition = queries.edition(session, issue_id, for_update=True)
    if edition.revision_id != based_on:
        raise StaleRevision(edition.revision_id)
    present = session.get_one(Revision, based_on)
    if present.document == documents.to_json(document):
        return present
    revision = _write(session, edition, document, user_id=user_id, note=note)
    advanced = session.scalar(
        update(Edition)
        .where(Edition.id == edition.id, Edition.revision_id == based_on)
        .values(revision_id=revision.id, title=_title(document))
        .returning(Edition.id)
        .execution_options(synchronize_session=False)
    )
    if advanced is None:
        raise StaleRevision(None)
    session.refresh(edition)
    session.execute(update(Issue).where(Issue.id == issue_id).values(changed_at=clock.now()))
    return revision


def restore(session: Session, issue_id: int, revision_id: int, *, based_on: int, user_id: int | None) -> Revision:
    """An older revision's text as the newest one; what stood between stays in the list."""
    old = queries.revision(session, issue_id, revision_id)
    revision = save(session, issue_id, documents.from_json(old.document), based_on=based_on, user_id=user_id, note=f"restored:{old.number}")
    audit.record(session, "issue.restored", user_id=user_id, noun_id=issue_id, revision=old.number)
    return revision


def classify(session: Session, issue_id: int, *, series_id: int | None, is_advertising: bool, user_id: int | None) -> None:
    """Set the strand an issue belongs to and whether it contains advertising (B2); a booked one is released first."""
    issue = session.get(Issue, issue_id, with_for_update=True, populate_existing=True)  # against a booking at the same moment
    if issue is None:
        raise NotFound("There is no issue {id}.", id=issue_id)
    if issue.is_advertising != is_advertising and issue.state not in (IssueState.DRAFT, IssueState.IN_REVIEW, IssueState.MISSED):
        raise Conflict(
            "Whether an issue contains advertising decides who receives it and cannot change while it is booked.",
            remedy="Release the issue from its slot, change the switch, and book it again.",
        )
    if series_id is not None:
        series = session.get(Series, series_id)
        if series is None or series.newsletter_id != issue.newsletter_id:
            raise Invalid("This newsletter has no such series.")
    if (issue.series_id, issue.is_advertising) == (series_id, is_advertising):
        return
    issue.series_id, issue.is_advertising, issue.changed_at = series_id, is_advertising, clock.now()
    session.flush()
    audit.record(session, "issue.classified", user_id=user_id, noun_id=issue_id, is_advertising=is_advertising, series=series_id)


def cancel(session: Session, issue_id: int, *, user_id: int | None) -> None:
    """Put a draft away for good; it stays readable."""
    state = queries.issue(session, issue_id).state
    if state not in (IssueState.DRAFT, IssueState.MISSED):
        raise Conflict("Only an issue without a slot can be put away.", remedy="Release it from its slot first.")
    workflow.move(session, issue_id, IssueState.CANCELLED, user_id=user_id, from_={state})


def _write(session: Session, edition: Edition, document: Document, *, user_id: int | None, note: str) -> Revision:
    last = session.scalar(select(func.max(Revision.number)).where(Revision.edition_id == edition.id)) or 0
    revision = Revision(
        edition_id=edition.id,
        number=last + 1,
        document=documents.to_json(document),
        note=note[:200],
        created_by=user_id,
        created_at=clock.now(),
    )
    session.add(revision)
    session.flush()
    return revision


def _require_editable(session: Session, issue_id: int) -> None:
    state = queries.issue(session, issue_id).state
    if state not in workflow.EDITABLE:
        raise Conflict("This issue is {state}; its text can no longer change.", state=state.value)


def _series_id(session: Session, newsletter_id: int, name: str | None) -> int | None:
    if not name:
        return None
    return session.scalar(select(Series.id).where(Series.newsletter_id == newsletter_id, Series.name == name))


def _title(document: Document) -> str:
    return document.title[:LONGEST_TITLE]
