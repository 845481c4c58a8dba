"""An editor reads how an issue went."""

from typing import TYPE_CHECKING

import pytest

from service.accounts.models import Role
from service.delivery.models import Launch
from service.feedback.models import Label
from service.issues import document as documents
from service.issues.blocks import Story
from service.issues.models import Revision
from service.rendering import fields
from service.rendering.models import CompiledIssue
from service.tracking.models import Link
from service.tracking.paths import CLICK_PATH
from tests.browser.conftest import Desk, sign_in
from tests.integration.statistics.test_issue_report import count, event, sent_issue

if TYPE_CHECKING:
    from playwright.sync_api import Page


STORY = Story("story-1", title="Ice")
FAR = '<div style="height:3000px">Elsewhere in the letter</div>'


def an_issue_that_was_clicked(desk: Desk) -> int:
    """Two people and a machine have pressed the link of its one story, far down in the letter."""
    with desk.runtime.writing() as session:
        issue_id = sent_issue(session)
        compiled = session.get_one(CompiledIssue, session.get_one(Launch, issue_id).compiled_id)
        address = f"https://edge.test{CLICK_PATH}{fields.token(fields.MEASURING)}/1"
        compiled.html = f'<html><body>{FAR}<a id="{STORY.id}"></a><h2>Ice</h2><a href="{address}">Read it</a>{FAR}</body></html>'
        session.get_one(Revision, compiled.revision_id).document = documents.to_json(documents.Document(title="Ice", blocks=(STORY,)))
        session.get_one(Link, (issue_id, 1)).block = STORY.id
        for subscriber_id, label in ((1, Label.HUMAN), (2, Label.HUMAN), (3, Label.MACHINE)):
            event(session, issue_id, subscriber_id, link=1, label=label)
        count(session)
    return issue_id


expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect


def test_edith_reads_a_report(desk: Desk, page: "Page") -> None:
    # given an issue that two people and a machine have clicked in
    an_issue_that_was_clicked(desk)
    sign_in(page, desk.person("Edith", Role.EDITOR))

    # when she opens its report and counts machines, too
    page.get_by_role("link", name="Reports").click()
    page.locator("main .row-title").first.click()
    page.get_by_text("66.7 % of mails taken; 3 readers with machines").wait_for()
    page.get_by_role("navigation", name="Whose opens and clicks").get_by_role("link", name="With machines").click()
    page.get_by_text("100.0 % of mails taken; 2 readers are people").wait_for()

    # and asks by keyboard what a figure counts
    page.locator("#glance").get_by_role("button", name="What “readers who left” counts").press("Enter")
    page.locator("#meaning-left").wait_for(state="visible")
    page.keyboard.press("Escape")
    page.locator("#meaning-left").wait_for(state="hidden")

    # and follows a part into the letter, where everything else is far away
    page.locator("#sections").get_by_role("link", name="Ice").click()
    letter = page.frame_locator("iframe[name=letter]")
    expect(letter.get_by_text("3 readers clicked in this part")).to_be_in_viewport()
    page.locator(".map-parts").get_by_role("link", name="Ice").click()
    expect(letter.get_by_text("3 readers clicked in this part")).to_be_in_viewport()

    # then the figures are hers to take away
    page.get_by_role("navigation", name="You are here").get_by_role("link").last.click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()
    assert download.value.suggested_filename.endswith(".csv")
