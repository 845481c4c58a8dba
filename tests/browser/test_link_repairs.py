"""Edith's journey when a link in letters that are out is wrong: she sees what follows, leads it elsewhere, and back."""

from typing import TYPE_CHECKING

import pytest

from service.accounts.models import Role
from service.core import clock
from service.delivery.models import Launch
from service.issues.models import IssueState
from service.tracking import links
from service.tracking.paths import LinkUse
from tests.browser.conftest import Desk, sign_in
from tests.support import factories

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

OLD, NEW = "https://example.com/articles/2026/harvset", "https://example.com/articles/2026/harvest"
LONG = "https://example.com/" + "very-long-name" * 30


@pytest.fixture
def issue_id(desk: Desk) -> int:
    """An issue that is out, with a link that is wrong and one that is right."""
    with desk.runtime.writing() as session:
        compiled = factories.ready_issue(session, factories.newsletter(session, language="en"), IssueState.SENT)
        links.number(session, compiled.issue_id, [LinkUse(OLD, "How the harvest went", "a"), LinkUse(LONG, "The second story", "b")])
        now = clock.now()
        session.add(Launch(issue_id=compiled.issue_id, compiled_id=compiled.id, started_at=now, give_up_at=now, finished_at=now))
        return compiled.issue_id


@pytest.fixture
def edith(desk: Desk, page: "Page") -> "Page":
    sign_in(page, desk.person("Edith", Role.EDITOR))
    return page


def destination(desk: Desk, issue_id: int) -> str:
    with desk.runtime.reading() as session:
        return links.destinations(session, issue_id)[1]


def test_editor_leads_a_wrong_link_elsewhere_and_back(desk: Desk, edith: "Page", issue_id: int) -> None:
    # given the way from the report
    edith.goto(f"/admin/statistics/{issue_id}")
    edith.get_by_role("link", name="A link is wrong?").click()
    edith.get_by_role("listitem").filter(has_text="How the harvest went").get_by_role("link", name="Repair").click()

    # when the address is typed, without its beginning
    edith.get_by_label("New address").fill(NEW.removeprefix("https://"))
    edith.get_by_role("button", name="Check it").click()

    # then nothing has changed before she has seen what follows
    edith.get_by_text("Lead this link elsewhere?").wait_for()
    assert destination(desk, issue_id) == OLD
    edith.get_by_role("button", name="Yes, lead it there").click()
    edith.get_by_text(f"Within ten seconds every click on this link leads to {NEW}.").wait_for()
    assert destination(desk, issue_id) == NEW

    # and it is taken back where it was done
    edith.get_by_text("Lead it back", exact=True).click()
    edith.get_by_role("button", name="Yes, lead it back").click()
    edith.get_by_text("Led back. Within ten seconds").wait_for()
    assert destination(desk, issue_id) == OLD


def test_what_is_no_address_is_said_at_its_field(edith: "Page", issue_id: int) -> None:
    # given
    edith.goto(f"/admin/statistics/{issue_id}/links/1")

    # when
    edith.get_by_label("New address").fill("the right page")
    edith.get_by_role("button", name="Check it").click()

    # then
    edith.get_by_text("This is no web address.").wait_for()
    assert edith.get_by_label("New address").input_value() == "the right page"


def test_addresses_of_any_length_fit_a_phone(edith: "Page", issue_id: int) -> None:
    # given
    edith.set_viewport_size({"width": 375, "height": 740})

    for path in ("", "/2"):
        # when
        edith.goto(f"/admin/statistics/{issue_id}/links{path}")

        # then
        assert edith.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
