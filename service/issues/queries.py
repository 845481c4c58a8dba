"""Reads over issues, their editions and revisions. Slots and compiled versions belong to other rooms; the page puts them together."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.core import pages
from service.core.errors import NotFound
from service.issues import document as documents
from service.issues.document import Document
from service.issues.models import Edition, Issue, IssueState, Revision
from service.newsletters.models import Series


@dataclass(frozen=True)
class ListedIssue:
    """An issue as a list shows it."""

    id: int
    title: str
    state: IssueState
    series: str | None
    is_advertising: bool
    changed_at: datetime


@dataclass(frozen=True)
class ListedRevision:
    """A saved state as the list of revisions shows it; `note` says what the save was."""

    id: int
    number: int
    note: str
    created_by: int | None
    created_at: datetime


@dataclass(frozen=True)
class IssueText:
    """An issue with the text of one revision, read."""

    issue: Issue
    edition: Edition
    revision: Revision
    document: Document


def issue(session: Session, issue_id: int) -> Issue:
    """Raises NotFound."""
    found = session.get(Issue, issue_id)
    if found is None:
        raise NotFound("There is no issue {id}.", id=issue_id)
    return found


def edition(session: Session, issue_id: int, *, for_update: bool = False) -> Edition:
    """The one edition of an issue (one language for now); locked against other savers with `for_update`."""
    query = select(Edition).where(Edition.issue_id == issue_id).order_by(Edition.id).limit(1)
    found = session.scalar(query.with_for_update().execution_options(populate_existing=True) if for_update else query)
    if found is None:
        raise NotFound("There is no issue {id}.", id=issue_id)
    return found


def revision(session: Session, issue_id: int, revision_id: int) -> Revision:
    """A revision of this issue and of no other; raises NotFound."""
    found = session.scalar(
        select(Revision).join(Edition, Edition.id == Revision.edition_id).where(Revision.id == revision_id, Edition.issue_id == issue_id)
    )
    if found is None:
        raise NotFound("This issue has no revision {id}.", id=revision_id)
    return found


def text(session: Session, issue_id: int, revision_id: int | None = None) -> IssueText:
    """The issue with its newest text, or with that of `revision_id`."""
    found, its_edition = issue(session, issue_id), edition(session, issue_id)
    its_revision = revision(session, issue_id, revision_id or its_edition.revision_id or 0)
    return IssueText(found, its_edition, its_revision, documents.from_json(its_revision.document))


def issue_of_revision(session: Session, revision_id: int) -> int | None:
    """The issue a revision belongs to."""
    return session.scalar(select(Edition.issue_id).join(Revision, Revision.edition_id == Edition.id).where(Revision.id == revision_id))


def revisions(session: Session, issue_id: int, *, limit: int = 100) -> list[ListedRevision]:
    """The saved states, newest first."""
    rows = session.execute(
        select(Revision.id, Revision.number, Revision.note, Revision.created_by, Revision.created_at)
        .join(Edition, Edition.id == Revision.edition_id)
        .where(Edition.issue_id == issue_id)
        .order_by(Revision.number.desc())
        .limit(limit)
    )
    return [ListedRevision(*row) for row in rows]


def listed(
    session: Session, newsletter_id: int, *, states: Collection[IssueState] = (), title: str = "", page: int = 1
) -> pages.Page[ListedIssue]:
    """The newsletter's issues, last changed first; `title` is looked for anywhere in the headline, without regard to case."""
    query = (
        select(Issue.id, Edition.title, Issue.state, Series.name, Issue.is_advertising, Issue.changed_at)
        .join(Edition, Edition.issue_id == Issue.id)
        .outerjoin(Series, Series.id == Issue.series_id)
        .where(Issue.newsletter_id == newsletter_id)
        .order_by(Issue.changed_at.desc(), Issue.id.desc())
    )
    if states:
        query = query.where(Issue.state.in_(states))
    for word in title.split():
        query = query.where(Edition.title.icontains(word, autoescape=True))
    found = pages.paginate(session, query, page, size=25)
    return pages.Page([ListedIssue(*row) for row in found.items], found.number, found.total, found.size)


def counts(session: Session, newsletter_id: int) -> dict[IssueState, int]:
    """How many issues there are in each state."""
    rows = session.execute(select(Issue.state, func.count()).where(Issue.newsletter_id == newsletter_id).group_by(Issue.state))
    return {state: count for state, count in rows}  # noqa: C416 - rows are not pairs to the type checker


def bookable(session: Session, newsletter_id: int, *, limit: int = 100) -> list[ListedIssue]:
    """The issues that wait for a slot."""
    return listed(session, newsletter_id, states=(IssueState.DRAFT, IssueState.APPROVED, IssueState.MISSED)).items[:limit]


def series(session: Session, newsletter_id: int) -> list[Series]:
    """The newsletter's weekly strands."""
    return list(session.scalars(select(Series).where(Series.newsletter_id == newsletter_id).order_by(Series.name)))
