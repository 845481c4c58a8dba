"""Every save is a revision; who is out of date overwrites nobody; what goes out no longer changes."""

from threading import Barrier, Thread

import pytest
from sqlalchemy.orm import Session

from service.core.database import Database
from service.core.errors import Conflict, NotFound
from service.issues import document as documents
from service.issues import editing, queries, workflow
from service.issues.blocks import Prose
from service.issues.document import Document
from service.issues.models import Issue, IssueState
from service.newsletters.models import Series
from tests.support import factories

FIRST = Document("A calm week", series="Weekly", blocks=(Prose("prose-1", "Good morning."),))
SECOND = Document("A calmer week", blocks=(Prose("prose-1", "Good evening."),))


def _created(session: Session) -> tuple[Issue, int]:
    letter = factories.newsletter(session)
    issue = editing.create(session, letter.id, FIRST, user_id=1)
    return issue, queries.text(session, issue.id).revision.id


def test_a_new_issue_is_a_draft_with_its_first_revision(session: Session) -> None:
    letter = factories.newsletter(session)
    series = Series(newsletter_id=letter.id, name="Weekly", labels={})
    session.add(series)
    session.flush()

    issue = editing.create(session, letter.id, FIRST, user_id=1)

    text = queries.text(session, issue.id)
    assert (issue.state, issue.series_id, text.edition.language) == (IssueState.DRAFT, series.id, "ko")
    assert (text.revision.number, text.edition.title, text.document) == (1, "A calm week", FIRST)


def test_a_save_makes_the_next_revision_and_renames_the_issue(session: Session) -> None:
    issue, first = _created(session)

    editing.save(session, issue.id, SECOND, based_on=first, user_id=1)

    text = queries.text(session, issue.id)
    assert (text.revision.number, text.edition.title) == (2, "A calmer week")
    assert queries.text(session, issue.id, first).document == FIRST


def test_a_save_that_changes_nothing_makes_no_revision(session: Session) -> None:
    issue, first = _created(session)

    saved = editing.save(session, issue.id, FIRST, based_on=first, user_id=1)

    assert saved.id == first
    assert len(queries.revisions(session, issue.id)) == 1


def test_of_two_editors_saving_at_once_one_is_told_to_compare(database: Database) -> None:
    with database.writing() as session:
        issue, first = _created(session)
    outcomes: list[str] = []
    start = Barrier(2)

    def save(words: str) -> None:
        start.wait()
        try:
            with database.writing() as session:
                editing.save(session, issue.id, Document(words), based_on=first, user_id=1)
            outcomes.append("saved")
        except editing.StaleRevision:
            outcomes.append("stale")

    threads = [Thread(target=save, args=(words,)) for words in ("Mine", "Yours")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["saved", "stale"]
    with database.reading() as session:
        assert len(queries.revisions(session, issue.id)) == 2


def test_restoring_puts_the_old_text_on_top(session: Session) -> None:
    issue, first = _created(session)
    second = editing.save(session, issue.id, SECOND, based_on=first, user_id=1)

    restored = editing.restore(session, issue.id, first, based_on=second.id, user_id=1)

    assert (restored.number, restored.note) == (3, "restored:1")
    assert documents.from_json(restored.document) == FIRST


def test_a_revision_of_another_issue_is_not_found(session: Session) -> None:
    issue, first = _created(session)
    other = editing.create(session, issue.newsletter_id, SECOND, user_id=1)

    with pytest.raises(NotFound):
        editing.restore(session, other.id, first, based_on=queries.text(session, other.id).revision.id, user_id=1)


@pytest.mark.parametrize("state", [IssueState.SENDING, IssueState.SENT, IssueState.CANCELLED])
def test_an_issue_that_goes_out_no_longer_changes(session: Session, state: IssueState) -> None:
    issue, first = _created(session)
    issue.state = state
    session.flush()

    with pytest.raises(Conflict):
        editing.save(session, issue.id, SECOND, based_on=first, user_id=1)


def test_advertising_cannot_change_while_the_issue_is_booked(session: Session) -> None:
    issue, _ = _created(session)
    issue.state = IssueState.SCHEDULED
    session.flush()

    with pytest.raises(Conflict):
        editing.classify(session, issue.id, series_id=None, is_advertising=True, user_id=1)


def test_a_state_moves_only_where_the_table_leads(session: Session) -> None:
    issue, _ = _created(session)

    workflow.move(session, issue.id, IssueState.SCHEDULED)
    with pytest.raises(workflow.WrongState, match="is booked"):
        workflow.move(session, issue.id, IssueState.SENT)

    assert issue.state is IssueState.SCHEDULED


def test_a_state_is_not_moved_from_one_that_was_not_named(session: Session) -> None:
    issue, _ = _created(session)

    with pytest.raises(workflow.WrongState):
        workflow.move(session, issue.id, IssueState.CANCELLED, from_={IssueState.SENDING})
    with pytest.raises(ValueError, match="no issue becomes"):
        workflow.move(session, issue.id, IssueState.SENT, from_={IssueState.DRAFT})


def test_nothing_leaves_cancelled_and_what_was_sent_is_only_sent_again_to_readers_by_name() -> None:
    assert workflow.MOVES[IssueState.CANCELLED] == frozenset()
    assert workflow.MOVES[IssueState.SENT] == {IssueState.SENDING}
    assert set(workflow.MOVES) == set(IssueState)
