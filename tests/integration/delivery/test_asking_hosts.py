"""An issue of before a restore that is started anew: who has it by the memory of the machines gets no second copy (E15)."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from service.core import clock
from service.core.database import Database
from service.core.settings import Settings
from service.delivery.identity import instance
from service.delivery.launching import asking_hosts, deciding, launch
from service.delivery.models import Question
from service.delivery.sending import remembered
from service.issues import workflow
from service.issues.models import Issue, IssueState
from service.newsletters.models import Newsletter
from service.rendering.models import CompiledIssue
from tests.support import copies, factories, sending


def sent_and_forgotten(database: Database, settings: Settings, state: IssueState) -> int:
    """An issue that was sent to all six readers after the backup that is restored now; in the backup it has the given state."""
    with database.writing() as session:
        letter = factories.newsletter(session)
        factories.readers(session, letter, 6, domains=("naver.com",))
        compiled = factories.ready_issue(session, letter, state)
        if state is IssueState.SCHEDULED:
            factories.slot(session, letter, compiled, fires_at=clock.now() + timedelta(days=1))
    instance.may_send(database, settings)
    restore = copies.backup(database)
    start(database, settings, compiled.issue_id)
    assert len(copies.drain(database, settings)) == 6
    restore()
    instance.may_send(database, settings)
    return compiled.issue_id


def start(database: Database, settings: Settings, issue_id: int) -> None:
    """As its slot, or Send now, starts it."""
    with database.writing() as session:
        if session.get_one(Issue, issue_id).state is IssueState.DRAFT:
            workflow.move(session, issue_id, IssueState.SCHEDULED)
        compiled_id = session.scalars(select(CompiledIssue.id).where(CompiledIssue.issue_id == issue_id)).one()
        launch.start(session, settings, issue_id, compiled_id)


def go_on_by_themselves(database: Database) -> list[int]:
    with database.writing() as session:
        return deciding.go_on_by_themselves(session)


@pytest.mark.parametrize("state", [IssueState.SCHEDULED, IssueState.DRAFT])
def test_what_was_sent_after_the_backup_and_is_started_anew_reaches_nobody_twice(
    database: Database, few: Settings, state: IssueState
) -> None:
    issue_id = sent_and_forgotten(database, few, state)
    if state is IssueState.SCHEDULED:
        assert sending.go_on(database, few, issue_id) is IssueState.SCHEDULED

    start(database, few, issue_id)
    too_early = copies.drain(database, few)
    remembered.answer_questions(database, few)
    gone = go_on_by_themselves(database)
    after = copies.drain(database, few)

    assert (too_early, gone, after) == ([], [issue_id], [])
    assert sending.states(database, issue_id) == {"accepted": 6}


def test_a_machine_that_does_not_answer_is_waited_for_a_minute(database: Database, few: Settings) -> None:
    issue_id = sent_and_forgotten(database, few, IssueState.DRAFT)
    start(database, few, issue_id)

    at_once = go_on_by_themselves(database)
    with database.writing() as session:
        session.execute(update(Question).values(asked_at=clock.now() - asking_hosts.LONGEST))
    later = go_on_by_themselves(database)

    assert (at_once, later) == ([], [issue_id])


def test_an_issue_that_was_written_after_the_restore_is_sent_at_once(database: Database, few: Settings) -> None:
    sent_and_forgotten(database, few, IssueState.DRAFT)
    with database.writing() as session:
        new = factories.ready_issue(session, session.scalars(select(Newsletter)).one())

    start(database, few, new.issue_id)

    assert sending.issue_state(database, new.issue_id) is IssueState.SENDING
