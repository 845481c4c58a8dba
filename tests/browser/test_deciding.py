"""Otto decides: a correction of what is going out, mails of which nobody knows whether they arrived, an issue after a restore."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from service.accounts.models import Role
from service.core import clock
from service.delivery.identity import instance
from service.delivery.launching import launch
from service.delivery.ledger import doubts
from service.delivery.models import Correction
from service.issues.models import IssueState
from service.newsletters.models import Newsletter
from tests.browser.conftest import Desk, sign_in
from tests.support import copies, factories, sending
from tests.support import correcting as corrected
from tests.support.doubts import in_doubt
from workers import issues as worker

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.fixture
def otto(desk: Desk, page: "Page") -> "Page":
    sign_in(page, desk.person("Otto", Role.OPERATOR))
    return page


def test_otto_stops_corrects_and_lets_it_go_on(desk: Desk, otto: "Page") -> None:
    # given an issue that is being sent
    with desk.runtime.writing() as session:
        letter = factories.newsletter(session)
        factories.readers(session, letter, 3)
        issue = factories.issue(session, letter)
        compiled = factories.compiled_issue(session, issue, factories.revision(session, issue, corrected.document("Good morning.")))
        launch.start(session, desk.runtime.settings, issue.id, compiled.id)
        issue_id = issue.id
    otto.goto(f"/admin/deliveries/{issue_id}/correction")

    # when it is stopped and its headline corrected
    otto.get_by_text("Stop it now").click()
    otto.get_by_role("button", name="Yes, stop it").click()
    otto.get_by_role("link", name="Open the text").click()
    otto.get_by_label("Headline").fill("Good evening, everybody")
    otto.get_by_role("button", name="Save").first.click()
    otto.get_by_role("link", name="To the correction").click()
    otto.get_by_role("cell", name="Good evening, everybody").wait_for()
    otto.get_by_label("What was wrong").fill("The time of day")
    otto.get_by_role("button", name="Make the corrected version").click()
    otto.get_by_text("Being made ready").wait_for()
    with desk.runtime.reading() as session:
        wanted = session.scalars(select(Correction.id)).one()
    worker.compile_correction(desk.runtime, correction_id=wanted)

    # then the page turns by itself, and the rest receives version 2
    otto.get_by_text("Go on with version 2").click()
    otto.get_by_role("button", name="Yes, go on").click()
    otto.get_by_text("Sending goes on.").wait_for()
    assert sending.issue_state(desk.runtime.database, issue_id) is IssueState.SENDING


def test_otto_settles_one_and_then_all_of_what_is_not_sure_to_have_arrived(desk: Desk, otto: "Page") -> None:
    # given three mails in doubt
    issue_id, who = in_doubt(desk.runtime.database, desk.runtime.settings)
    otto.goto(f"/admin/deliveries/{issue_id}")

    # when one is ticked
    otto.get_by_role("checkbox").first.check()
    otto.locator(".unsure-choices summary", has_text="They have it").click()
    otto.get_by_role("button", name="For those I ticked").first.click()
    otto.get_by_text("Counted as having it, by your decision: 1.").wait_for()

    # and the others are decided about at once
    otto.locator(".unsure-choices summary", has_text="Leave it").click()
    otto.get_by_role("button", name="For all 2").last.click()
    otto.get_by_text("Left as “not sure”: 2.").wait_for()

    # then nobody waits for a decision
    with desk.runtime.reading() as session:
        assert doubts.pending(session, issue_id) == 0
    assert len(who) == 3


def test_otto_keeps_the_slot_of_an_issue_that_waits_after_a_restore(desk: Desk, otto: "Page") -> None:
    # given a database that has forgotten a batch, and an issue for tomorrow
    database, settings = desk.runtime.database, desk.runtime.settings
    sending.start(database, settings)
    with desk.runtime.writing() as session:
        compiled = factories.ready_issue(session, session.scalars(select(Newsletter)).one())
        factories.slot(session, session.scalars(select(Newsletter)).one(), compiled, fires_at=clock.now() + timedelta(days=1))
        booked = compiled.issue_id
    restore = copies.backup(database)
    copies.drain(database, settings)
    restore()
    instance.may_send(database, settings)

    # when
    otto.goto("/admin")
    otto.get_by_role("link", name="is booked and waits for a decision").click()
    otto.locator(".slot-readiness").get_by_text("Needs a decision").wait_for()
    otto.locator("summary", has_text="Keep its slot").click()
    otto.get_by_role("button", name="Yes, keep it").click()

    # then
    otto.get_by_text("It keeps its slot.").wait_for()
    assert sending.issue_state(database, booked) is IssueState.SCHEDULED
