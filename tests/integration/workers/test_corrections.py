"""A corrected text is compiled by a worker; the links of letters that are already out keep leading where they led."""

import pytest
from sqlalchemy import select

from service.core.errors import NotFound
from service.delivery.launching import correcting, launch
from service.delivery.models import Correction, Launch
from service.issues import document as documents
from service.issues import editing
from service.issues import queries as issues
from service.issues.blocks import Mark, Prose, Rich
from service.issues.document import Byline, Document
from service.issues.models import IssueState
from service.rendering import compile as compiling
from service.rendering import editions
from service.rendering.models import CompiledIssue
from service.runtime import Runtime
from service.tracking.linktable import LinkTable
from tests.support import factories
from workers import issues as worker

pytestmark = pytest.mark.usefixtures("clock")


def test_links_keep_their_numbers_and_new_ones_are_known_before_the_first_mail_leaves(runtime: Runtime) -> None:
    issue_id = _stopped(runtime, ("First", "https://example.com/first"), ("Wrong", "https://example.com/wrong"))
    correction_id = _asked(runtime, ("First", "https://example.com/first"), ("Right", "https://example.com/right"))

    worker.compile_correction(runtime, correction_id=correction_id)

    edge = LinkTable(runtime.redis, runtime.settings.var_dir / "links")
    assert [found and found.url for found in (edge.destination(issue_id, number) for number in ("1", "2", "3"))] == [
        "https://example.com/first",
        "https://example.com/wrong",
        "https://example.com/right",
    ]
    with runtime.reading() as session:
        first, second = session.scalars(select(CompiledIssue).order_by(CompiledIssue.version))
        assert session.get_one(Launch, issue_id).compiled_id == second.id
    assert ("/1" in _numbers(first.html), "/2" in _numbers(first.html), "/3" in _numbers(first.html)) == (True, True, False)
    assert ("/1" in _numbers(second.html), "/2" in _numbers(second.html), "/3" in _numbers(second.html)) == (True, False, True)


def test_a_correction_is_compiled_once_however_often_it_is_asked_for(runtime: Runtime) -> None:
    _stopped(runtime, ("First", "https://example.com/first"))
    correction_id = _asked(runtime, ("Second", "https://example.com/second"))

    worker.compile_correction(runtime, correction_id=correction_id)
    worker.compile_correction(runtime, correction_id=correction_id)

    with runtime.reading() as session:
        assert session.scalars(select(CompiledIssue.version).order_by(CompiledIssue.version)).all() == [1, 2]


def test_a_text_that_cannot_be_made_leaves_the_issue_stopped_and_says_why(runtime: Runtime) -> None:
    issue_id = _stopped(runtime, ("First", "https://example.com/first"))
    correction_id = _asked(runtime, *((f"Link {number} " + "and many words " * 40, "https://example.com/") for number in range(220)))

    worker.compile_correction(runtime, correction_id=correction_id)

    with runtime.reading() as session:
        correction = session.get_one(Correction, correction_id)
        assert "too large" in correction.problems[0]["message"]
        assert session.get_one(factories.Issue, issue_id).state is IssueState.PAUSED
    with runtime.writing() as session, pytest.raises(correcting.CorrectionOpen):
        launch.resume(session, issue_id, user_id=None)


def test_a_correction_that_was_dropped_is_not_compiled(runtime: Runtime) -> None:
    issue_id = _stopped(runtime, ("First", "https://example.com/first"))
    correction_id = _asked(runtime, ("Second", "https://example.com/second"))
    with runtime.writing() as session:
        correcting.drop(session, issue_id, user_id=None)

    worker.compile_correction(runtime, correction_id=correction_id)

    with runtime.writing() as session:
        assert session.scalars(select(CompiledIssue.version)).all() == [1]
        with pytest.raises(NotFound):
            correcting.drop(session, issue_id, user_id=None)


def _document(*links: tuple[str, str]) -> Document:
    parts = tuple(
        Prose(f"prose-{number}", Rich(words, (Mark("link", 0, len(words), url),))) for number, (words, url) in enumerate(links, start=1)
    )
    return Document("A calm week", byline=Byline(author="Edith"), blocks=parts)


def _stopped(runtime: Runtime, *links: tuple[str, str]) -> int:
    """An issue with these links whose sending was begun and paused."""
    with runtime.writing() as session:
        letter = factories.newsletter(session)
        factories.readers(session, letter, 2)
        issue = editing.create(session, letter.id, _document(*links), user_id=None)
        source = editions.gather(session, issue.id, base_url=runtime.settings.base_url, edge_url=runtime.settings.edge_url)
        compiled = compiling.store(session, issue.id, source.revision_id, source.render(runtime.email_environment))
        issue.state = IssueState.SCHEDULED
        session.flush()
        launch.start(session, runtime.settings, issue.id, compiled.id)
        launch.pause(session, issue.id, user_id=None)
        return issue.id


def _asked(runtime: Runtime, *links: tuple[str, str]) -> int:
    """The editor saves another text, which a paused issue allows, and asks for its version."""
    with runtime.writing() as session:
        issue_id = session.scalars(select(Launch.issue_id)).one()
        before = issues.text(session, issue_id)
        saved = editing.save(session, issue_id, _document(*links), based_on=before.revision.id, user_id=None)
        assert saved.document == documents.to_json(_document(*links))
        return correcting.ask(session, issue_id, saved.id, note="A wrong link", user_id=None).id


def _numbers(html: str) -> list[str]:
    return [f"/{piece.split(chr(34))[0].rpartition('/')[2]}" for piece in html.split('href="')[1:] if "/c/" in piece.split('"')[0]]
