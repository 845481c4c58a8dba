"""A compiled issue is kept once, its links keep their numbers, and a number is never given twice."""

import dataclasses
import threading

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.core.database import Database
from service.core.problems import Problem, Severity
from service.core.settings import ROOT
from service.issues.blocks import Mark, Prose, Rich
from service.issues.document import Document
from service.rendering import compile as compiling
from service.rendering import engine, fields, letterhead
from service.rendering.compile import Rendered
from service.rendering.models import CompiledIssue
from service.tracking import links
from service.tracking.paths import LinkUse
from tests.support import documents, factories

ENVIRONMENT = engine.make_environment(ROOT / "templates/email")


def rendered(document: Document | None = None) -> Rendered:
    head = letterhead.sample("ko")
    return compiling.render(document or documents.letter(), head, environment=ENVIRONMENT, image_url=documents.FILES.get)


def linked(*urls: str) -> Document:
    blocks = (Prose(f"p-{number}", Rich("여기", (Mark("link", 0, 2, url),))) for number, url in enumerate(urls))
    return Document(title="제목", blocks=tuple(blocks))


@pytest.fixture
def issue(session: Session) -> tuple[int, int]:
    """The ids of a draft and its revision."""
    issue = factories.issue(session, factories.newsletter(session))
    return issue.id, factories.revision(session, issue).id


def test_a_rendered_letter_is_kept_with_its_numbers(session: Session, issue: tuple[int, int]) -> None:
    compiled = compiling.store(session, *issue, rendered())

    session.expire_all()
    assert (compiled.version, compiled.is_ready, compiled.subject) == (1, True, "도서관이 밤에 문을 여는 까닭")
    assert not fields.LINK.search(compiled.html + compiled.text)
    assert f"/c/{fields.token('measuring')}/1" in compiled.html
    assert links.destinations(session, issue[0])[1] == "https://example.com/read?a=1&b=2"


def test_the_same_letter_again_is_the_same_row(session: Session, issue: tuple[int, int]) -> None:
    first = compiling.store(session, *issue, rendered())

    second = compiling.store(session, *issue, rendered())

    assert second.id == first.id
    assert session.scalar(select(func.count()).select_from(CompiledIssue)) == 1


def test_a_changed_letter_is_the_next_version_and_the_first_stays(session: Session, issue: tuple[int, int]) -> None:
    first = compiling.store(session, *issue, rendered())
    kept = first.html

    second = compiling.store(session, *issue, rendered(documents.letter(title="새 제목")))

    session.refresh(first)
    assert (second.version, second.subject) == (2, "새 제목")
    assert first.html == kept


def test_links_keep_their_numbers_across_versions(session: Session, issue: tuple[int, int]) -> None:
    compiling.store(session, *issue, rendered(linked("https://a.example", "https://b.example")))

    compiling.store(session, *issue, rendered(linked("https://new.example", "https://b.example")))

    assert links.destinations(session, issue[0]) == {1: "https://a.example", 2: "https://b.example", 3: "https://new.example"}


def test_the_same_address_in_two_blocks_has_two_numbers(session: Session, issue: tuple[int, int]) -> None:
    uses = [LinkUse("https://a.example", "x", "one"), LinkUse("https://a.example", "y", "two"), LinkUse("https://a.example", "z", "one")]

    assert links.number(session, issue[0], uses) == [1, 2, 1]
    assert links.number(session, issue[0], list(reversed(uses))) == [1, 2, 1]


def test_a_blocking_problem_of_either_kind_makes_it_not_ready(session: Session, issue: tuple[int, int]) -> None:
    letter = rendered()

    lacking = compiling.store(session, *issue, letter, found=[Problem(Severity.ERROR, "The headline is missing.")])
    warned = compiling.store(session, *issue, letter, found=[Problem(Severity.WARNING, "The byline is missing.")])
    blocked = compiling.store(session, *issue, dataclasses.replace(letter, problems=(Problem(Severity.ERROR, "Too large."),)))

    assert [compiled.is_ready for compiled in (lacking, warned, blocked)] == [False, True, False]


def test_two_workers_at_once_make_one_version(database: Database) -> None:
    with database.writing() as session:
        issue = factories.issue(session, factories.newsletter(session))
        ids = issue.id, factories.revision(session, issue).id
    letter, gate = rendered(), threading.Barrier(2)

    def work() -> None:
        gate.wait()
        with database.writing() as session:
            compiling.store(session, *ids, letter)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    with database.reading() as session:
        assert session.scalars(select(CompiledIssue.version)).all() == [1]
        assert sorted(links.destinations(session, ids[0])) == [1, 2, 3, 4]
