"""Repairing a link at the desk and from a terminal: seen before it is done, done, told to the edges, taken back."""

import pytest
from click.testing import CliRunner

from service.cli.issues import issues
from service.core import clock as core_clock
from service.delivery.models import Launch
from service.runtime import Runtime
from service.tracking import links
from service.tracking.linktable import LinkTable
from service.tracking.paths import LinkUse
from tests.support import factories
from tests.support.desk import Browser
from workers import feedback
from workers.jobs import work_off

OLD, NEW = "https://example.com/old", "https://example.com/new"


@pytest.fixture
def issue_id(runtime: Runtime) -> int:
    """An issue that is out and has one link."""
    with runtime.writing() as session:
        issue = factories.issue(session, factories.newsletter(session))
        compiled = factories.compiled_issue(session, issue)
        links.number(session, issue.id, [LinkUse(OLD, "Story", "a")])
        now = core_clock.now()
        session.add(Launch(issue_id=issue.id, compiled_id=compiled.id, started_at=now, give_up_at=now))
        return issue.id


def destination(runtime: Runtime, issue_id: int) -> str:
    """Where an edge sends a reader, once the jobs that are due are done."""
    work_off(runtime, "publish_links")
    edge = LinkTable(runtime.redis, runtime.settings.var_dir / "links")
    edge.refresh()
    found = edge.destination(issue_id, "1")
    return found.url if found else ""


@pytest.mark.both_databases
def test_a_link_is_led_elsewhere_after_its_consequence_was_seen_and_led_back(edith: Browser, runtime: Runtime, issue_id: int) -> None:
    feedback.publish_links_of(runtime, issue_id)
    address = f"/admin/statistics/{issue_id}/links"
    assert OLD in edith.get(address).text

    shown = edith.post(f"{address}/1", {"url": "example.com/new"}).text
    assert (NEW in shown, "Yes, lead it there" in shown, destination(runtime, issue_id)) == (True, True, OLD)
    edith.post(f"{address}/1", {"url": NEW, "sure": "1"})

    page = edith.get(address).text
    assert destination(runtime, issue_id) == NEW
    assert (OLD in page, NEW in page, "Edith" in page, "Lead it back" in page) == (True, True, True, True)
    edith.post(f"{address}/repairs/1/undo")
    assert destination(runtime, issue_id) == OLD


def test_what_is_no_address_is_said_at_the_field(edith: Browser, issue_id: int) -> None:
    answer = edith.post(f"/admin/statistics/{issue_id}/links/1", {"url": "javascript:alert(1)"})

    assert "This is no web address." in answer.text


def test_before_a_letter_is_out_its_page_leads_to_the_text(edith: Browser, runtime: Runtime) -> None:
    with runtime.writing() as session:
        draft = factories.issue(session, factories.newsletter(session, "second"))
        factories.revision(session, draft)
        links.number(session, draft.id, [LinkUse(OLD, "Story", "a")])

    page = edith.get(f"/admin/statistics/{draft.id}/links").text

    assert ("No letter of this issue is out yet." in page, f"/admin/issues/{draft.id}/edit" in page, "Repair" in page) == (
        True,
        True,
        False,
    )


def test_the_terminal_shows_repairs_and_leads_back(
    runtime: Runtime, issue_id: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("service.cli.link_repairs.settings.load", lambda: runtime.settings)
    terminal = CliRunner()

    refused = terminal.invoke(issues, ["repair-link", str(issue_id), "1", NEW], input="n\n")
    done = terminal.invoke(issues, ["repair-link", str(issue_id), "1", NEW, "--yes"])
    led_to = destination(runtime, issue_id)
    listed = terminal.invoke(issues, ["links", str(issue_id)])
    back = terminal.invoke(issues, ["repair-link", str(issue_id), "1", "--undo", "--yes"])

    assert (refused.exit_code, done.exit_code, back.exit_code) == (1, 0, 0), (refused.output, done.output, back.output)
    assert led_to == NEW
    assert f"{OLD} -> {NEW}" in listed.output
    assert destination(runtime, issue_id) == OLD
