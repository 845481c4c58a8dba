"""A link of letters that are out is led elsewhere and back; its numbers, its clicks and its letters stay what they were."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.core import clock
from service.core.audit import AuditEntry
from service.core.errors import Conflict, Invalid, NotFound
from service.core.jobs import Job
from service.delivery.launching import link_repairs
from service.delivery.models import Launch
from service.rendering import compile as compiling
from service.rendering import fields
from service.rendering.models import CompiledIssue
from service.tracking import chains, links
from service.tracking.models import Link, LinkRepair
from service.tracking.paths import Destination, LinkUse
from tests.support import factories

EDGE = "https://news.example.com"
OLD, NEW, NEWER = "https://example.com/old", "https://example.com/new", "https://example.com/newer"


def sent(session: Session) -> int:
    """An issue that is out, with the links 1 (OLD) and 2."""
    compiled = factories.ready_issue(session, factories.newsletter(session))
    links.number(session, compiled.issue_id, [LinkUse(OLD, "Story", "a"), LinkUse("https://example.com/other", "Other", "b")])
    session.add(Launch(issue_id=compiled.issue_id, compiled_id=compiled.id, started_at=clock.now(), give_up_at=clock.now()))
    session.flush()
    return compiled.issue_id


def repair(session: Session, issue_id: int, number: int, url: str) -> LinkRepair:
    return link_repairs.repair(session, issue_id, number, url, edge_url=EDGE, user_id=7)


def leads_to(session: Session, issue_id: int) -> dict[int, Destination]:
    return links.table(session, issue_id)


def test_a_repaired_link_leads_to_a_link_of_its_own_and_keeps_its_address(session: Session) -> None:
    issue_id = sent(session)

    row = repair(session, issue_id, 1, NEW)

    assert (row.from_url, row.to_url, row.from_number, row.to_number, row.user_id) == (OLD, NEW, 1, 3, 7)
    assert leads_to(session, issue_id)[1] == leads_to(session, issue_id)[3] == Destination(3, NEW)
    assert leads_to(session, issue_id)[2].number == 2
    old, new = session.get_one(Link, (issue_id, 1)), session.get_one(Link, (issue_id, 3))
    assert (old.url, new.url, new.text, new.block) == (OLD, NEW, "Story", "a")


def test_it_is_told_to_the_edges_by_a_job_and_written_down(session: Session) -> None:
    issue_id = sent(session)

    repair(session, issue_id, 1, NEW)

    assert [(job.name, job.ids) for job in session.scalars(select(Job))] == [(link_repairs.JOB, {"issue_id": issue_id})]
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.act == "link.repaired"))
    assert (entry.user_id, entry.noun_id, entry.details["before"], entry.details["after"]) == (7, issue_id, OLD, NEW)


def test_repaired_twice_it_leads_to_the_last_address(session: Session) -> None:
    issue_id = sent(session)
    repair(session, issue_id, 1, NEW)

    repair(session, issue_id, 3, NEWER)

    assert {leads_to(session, issue_id)[number] for number in (1, 3, 4)} == {Destination(4, NEWER)}
    with pytest.raises(Conflict):
        repair(session, issue_id, 1, OLD)


def test_repaired_back_to_its_first_address_it_counts_there_again(session: Session) -> None:
    issue_id = sent(session)
    repair(session, issue_id, 1, NEW)

    row = repair(session, issue_id, 3, OLD)

    assert row.to_number == 1
    assert {leads_to(session, issue_id)[number] for number in (1, 3)} == {Destination(1, OLD)}


def test_led_back_from_its_first_address_it_leads_where_it_led_between(session: Session) -> None:
    issue_id = sent(session)
    first = repair(session, issue_id, 1, NEW)
    second = repair(session, issue_id, 3, OLD)
    assert [link_repairs.may_undo(session, each) for each in (first, second)] == [False, True]

    link_repairs.undo(session, second.id, user_id=None)

    assert {leads_to(session, issue_id)[number] for number in (1, 3)} == {Destination(3, NEW)}
    assert link_repairs.last(session, issue_id, 1) is first


def test_undone_it_leads_where_it_led_and_a_letter_written_with_the_new_address_keeps_that(session: Session) -> None:
    issue_id = sent(session)
    row = repair(session, issue_id, 1, NEW)

    undone = link_repairs.undo(session, row.id, user_id=8)

    assert (undone.undone_by, undone.undone_at is None) == (8, False)
    assert leads_to(session, issue_id)[1] == Destination(1, OLD)
    assert leads_to(session, issue_id)[3] == Destination(3, NEW)
    with pytest.raises(Conflict):
        link_repairs.undo(session, row.id, user_id=8)


def test_repairs_are_undone_one_after_the_other(session: Session) -> None:
    issue_id = sent(session)
    first = repair(session, issue_id, 1, NEW)
    second = repair(session, issue_id, 3, NEWER)
    with pytest.raises(Conflict):
        link_repairs.undo(session, first.id, user_id=None)

    link_repairs.undo(session, second.id, user_id=None)
    link_repairs.undo(session, first.id, user_id=None)

    assert leads_to(session, issue_id)[1] == Destination(1, OLD)


def test_only_links_that_readers_meet_are_offered(session: Session) -> None:
    issue_id = sent(session)

    def offered() -> list[int]:
        return [each.number for each in link_repairs.repairable(session, issue_id)]

    row = repair(session, issue_id, 1, NEW)
    assert offered() == [2, 3]
    link_repairs.undo(session, row.id, user_id=None)
    assert offered() == [1, 2]
    session.scalars(select(CompiledIssue)).one().html += f'<a href="/c/{fields.token("measuring")}/3">Story</a>'
    assert offered() == [1, 2, 3]


def test_a_corrected_letter_takes_the_number_of_the_repaired_address(session: Session) -> None:
    issue_id = sent(session)
    repair(session, issue_id, 1, NEW)

    assert links.number(session, issue_id, [LinkUse(NEW, "Story", "a"), LinkUse(OLD, "Story", "a")]) == [3, 1]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "javascript:alert(1)",
        "mailto:ada@example.com",
        "https://name:secret@example.com/",
        f"{EDGE}/c/x/1",
        "HTTPS://News.Example.com/c/x/1",
        OLD,
        "https://example.com/" + "a" * 2000,
    ],
)
def test_what_readers_cannot_follow_is_refused(session: Session, url: str) -> None:
    issue_id = sent(session)

    with pytest.raises(Invalid):
        repair(session, issue_id, 1, url)


def test_there_is_nothing_to_repair_where_there_is_no_link_or_no_letter_is_out(session: Session) -> None:
    issue_id = sent(session)
    draft = factories.issue(session, factories.newsletter(session, "second"))
    links.number(session, draft.id, [LinkUse(OLD, "Story", "a")])

    with pytest.raises(NotFound):
        repair(session, issue_id, 9, NEW)
    with pytest.raises(Conflict):
        repair(session, draft.id, 1, NEW)


def test_what_was_approved_counts_as_unchanged_after_a_repair(session: Session) -> None:
    issue_id = sent(session)
    compiled = session.scalars(select(CompiledIssue).where(CompiledIssue.issue_id == issue_id)).one()
    compiled.sha256 = compiling.fingerprint(compiled, links.written(session, issue_id))

    repair(session, issue_id, 1, NEW)

    assert compiling.is_unchanged(session, compiled)


@given(st.dictionaries(st.integers(1, 6), st.integers(1, 6)))
def test_every_chain_ends(replaced_by: dict[int, int]) -> None:
    assert all(chains.end(number, replaced_by) in range(1, 7) for number in range(1, 7))
