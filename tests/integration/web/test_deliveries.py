"""The delivery dashboard: what is shown, what keeps asking, and what only an operator may do (E12, F19)."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session
from time_machine import Traveller

from service.core import clock as our_clock
from service.core.audit import AuditEntry
from service.delivery.models import Batch, BatchState, Delivery, Launch
from service.delivery.pacing import lanes
from service.delivery.reasons import Reason
from service.delivery.states import DeliveryState
from service.issues.models import Edition, Issue, IssueState, Revision
from service.rendering.models import CompiledIssue
from service.runtime import Runtime
from tests.support import factories
from tests.support.desk import Browser

pytestmark = pytest.mark.usefixtures("clock")

STATES = [DeliveryState.ACCEPTED] * 6 + [DeliveryState.QUEUED] * 3 + [DeliveryState.REFUSED]


def launched(session: Session, state: IssueState = IssueState.SENDING) -> Issue:
    """An issue on its way to ten readers: six have it, three wait, one was refused."""
    now = our_clock.now()
    letter = factories.newsletter(session)
    ids = factories.readers(session, letter, len(STATES))
    issue = factories.issue(session, letter, state)
    edition = Edition(issue_id=issue.id, language="ko", title="A <quiet> week")
    session.add(edition)
    session.flush()
    revision = Revision(edition_id=edition.id, number=1, document={}, created_at=now)
    session.add(revision)
    session.flush()
    edition.revision_id = revision.id
    compiled = CompiledIssue(
        issue_id=issue.id,
        revision_id=revision.id,
        language="ko",
        version=1,
        subject="A quiet week",
        html="",
        text="",
        sha256="0" * 64,
        is_ready=True,
        compiled_at=now,
    )
    session.add(compiled)
    session.flush()
    day = timedelta(days=1)
    session.add(
        Launch(
            issue_id=issue.id, compiled_id=compiled.id, recipients=len(STATES), batches=1, tracked=4, started_at=now, give_up_at=now + day
        )
    )
    session.add(Batch(issue_id=issue.id, no=1, lane="naver", size=len(STATES), state=BatchState.OPEN, next_at=now, recorded_at=now))
    for number, (reader, delivery_state) in enumerate(zip(ids, STATES, strict=True)):
        session.add(
            Delivery(
                issue_id=issue.id,
                subscriber_id=reader,
                batch_no=1,
                state=delivery_state,
                reason="unknown_user" if delivery_state is DeliveryState.REFUSED else None,
                changed_at=now + timedelta(seconds=number),
            )
        )
    return issue


@pytest.fixture
def issue(runtime: Runtime) -> Issue:
    with runtime.writing() as session:
        return launched(session)


@pytest.mark.both_databases
def test_dashboard_speaks_plainly_and_never_says_delivered(edith: Browser, issue: Issue) -> None:
    page = edith.get(f"/admin/deliveries/{issue.id}").text

    assert "A &lt;quiet&gt; week" in page
    assert "Taken by the mail server" in page
    assert "There is no such mailbox" in page
    assert "Naver" in page
    assert "70.0 %" in page
    assert "elivered" not in page


def test_dashboard_asks_again_while_sending(edith: Browser, issue: Issue) -> None:
    assert 'hx-trigger="every 2s"' in edith.get(f"/admin/deliveries/{issue.id}").text


def test_dashboard_stops_asking_when_the_issue_is_through(edith: Browser, runtime: Runtime) -> None:
    # given
    with runtime.writing() as session:
        sent = launched(session, IssueState.SENT)

    # when
    part = edith.get(f"/admin/deliveries/{sent.id}/progress?state=sending")

    # then the page loads itself anew, and then asks no more
    assert "hx-trigger" not in part.text
    assert part.headers["HX-Refresh"] == "true"


def test_progress_part_is_only_a_part(edith: Browser, issue: Issue) -> None:
    # when
    part = edith.get(f"/admin/deliveries/{issue.id}/progress?state=sending", headers={"HX-Request": "true"})

    # then
    assert part.text.lstrip().startswith('<div id="progress"')
    assert "HX-Refresh" not in part.headers


def test_editor_looks_but_does_not_act(edith: Browser, issue: Issue) -> None:
    page = edith.get(f"/admin/deliveries/{issue.id}").text

    assert "/pause" not in page
    assert edith.post(f"/admin/deliveries/{issue.id}/pause").status_code == 403


def test_operator_pauses_resumes_and_cancels(otto: Browser, issue: Issue, runtime: Runtime) -> None:
    # given
    states = []

    # when each step is taken
    for step in ("pause", "resume", "cancel"):
        assert otto.post(f"/admin/deliveries/{issue.id}/{step}").status_code == 303
        with runtime.reading() as session:
            states.append(session.get_one(Issue, issue.id).state)

    # then those who have it keep it, nobody else gets it, and it is said
    assert states == [IssueState.PAUSED, IssueState.SENDING, IssueState.CANCELLED]
    page = otto.get(f"/admin/deliveries/{issue.id}").text
    assert "6 readers have it" in page
    with runtime.reading() as session:
        rows = {row.state for row in session.query(Delivery).filter_by(issue_id=issue.id)}
    assert rows == {DeliveryState.ACCEPTED, DeliveryState.REFUSED, DeliveryState.SKIPPED}


def test_what_waits_for_somebody_can_be_resumed_while_the_issue_is_sending(otto: Browser, issue: Issue, runtime: Runtime) -> None:
    with runtime.writing() as session:
        lanes.hold(session, lanes.EVERY, Reason.AUTHENTICATION, "5.7.26 unauthenticated")

    page = otto.get(f"/admin/deliveries/{issue.id}").text
    answer = otto.post(f"/admin/deliveries/{issue.id}/resume")

    assert f"/admin/deliveries/{issue.id}/resume" in page
    assert answer.status_code == 303
    with runtime.reading() as session:
        assert lanes.troubles(session) == []


def test_step_that_no_longer_fits_is_a_conflict(otto: Browser, issue: Issue) -> None:
    otto.post(f"/admin/deliveries/{issue.id}/cancel")

    assert otto.post(f"/admin/deliveries/{issue.id}/pause").status_code == 409


def test_consequence_is_named_before_cancelling(otto: Browser, issue: Issue) -> None:
    page = otto.get(f"/admin/deliveries/{issue.id}").text

    assert "6 readers have it and keep it; 3 others will never get it. This cannot be taken back." in page


@pytest.mark.both_databases
def test_one_readers_story_is_told_and_the_asking_is_written_down(otto: Browser, issue: Issue, runtime: Runtime) -> None:
    # when
    answer = otto.post(f"/admin/deliveries/{issue.id}/reader", {"email": "reader000004@naver.com"})
    unknown = otto.post(f"/admin/deliveries/{issue.id}/reader", {"email": "nobody@naver.com"})

    # then
    assert "In the audience" in answer.text
    assert "Nobody with this address" in unknown.text
    with runtime.reading() as session:
        acts = [entry.act for entry in session.query(AuditEntry)]
    assert acts.count("delivery.looked_up") == 2


@pytest.mark.both_databases
def test_list_shows_every_started_issue(edith: Browser, issue: Issue) -> None:
    page = edith.get("/admin/deliveries").text

    assert "A &lt;quiet&gt; week" in page
    assert "Being sent" in page
    assert "60.0 %" in page


def test_empty_list_says_what_to_do(edith: Browser) -> None:
    assert "Book an issue into a slot" in edith.get("/admin/deliveries").text


def test_delivery_record_can_be_kept(edith: Browser, issue: Issue) -> None:
    answer = edith.get(f"/admin/deliveries/{issue.id}/record")

    assert answer.json["recipients"] == len(STATES)
    assert "attachment" in answer.headers["Content-Disposition"]


def test_issue_that_was_not_started_is_not_found(edith: Browser) -> None:
    assert edith.get("/admin/deliveries/4711").status_code == 404


@pytest.mark.both_databases
def test_home_shows_what_needs_a_look(edith: Browser, issue: Issue, clock: Traveller) -> None:
    page = edith.get("/admin").text

    assert "is being sent" in page
    assert f"/admin/deliveries/{issue.id}" in page
