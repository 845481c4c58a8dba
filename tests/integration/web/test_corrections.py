"""The correction at the desk: stop, see the difference, make the version, go on; and who may do what (E12)."""

import pytest
from sqlalchemy import select, update

from service.core import clock as core_clock
from service.delivery.launching import launch
from service.delivery.models import Batch, Correction, Delivery
from service.delivery.states import DeliveryState
from service.issues.models import Issue, IssueState
from service.newsletters.models import Newsletter
from service.rendering.models import CompiledIssue
from service.runtime import Runtime
from tests.support import correcting as corrected
from tests.support import factories
from tests.support.desk import Browser
from workers import issues as worker

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def issue_id(runtime: Runtime) -> int:
    """An issue that is sending; one of its three readers has it."""
    with runtime.writing() as session:
        letter = factories.newsletter(session)
        ids = factories.readers(session, letter, 3)
        issue = factories.issue(session, letter)
        compiled = factories.compiled_issue(session, issue, factories.revision(session, issue, corrected.document("Good morning.")))
        launch.start(session, runtime.settings, issue.id, compiled.id)
        has_it = update(Delivery).where(Delivery.subscriber_id == ids[0])
        session.execute(has_it.values(state=DeliveryState.ACCEPTED, compiled_id=compiled.id))
        session.execute(update(Batch).values(recorded_at=core_clock.now()))
        return issue.id


@pytest.mark.both_databases
def test_from_the_stop_to_the_second_version(edith: Browser, runtime: Runtime, issue_id: int) -> None:
    address = f"/admin/deliveries/{issue_id}/correction"
    assert "1. Stop the sending" in edith.get(address).text

    edith.post(f"{address}/stop")
    _edited(runtime, issue_id)
    page = edith.get(address).text
    assert "Good morning." in page
    assert "Good evening." in page
    edith.post(f"{address}/make", {"revision_id": _newest(runtime), "note": "The time of day"})
    assert "A worker compiles and checks it" in edith.get(address).text
    worker.compile_correction(runtime, correction_id=1)
    page = edith.get(address).text
    assert "Version 2 is ready. 2 readers will receive it" in page
    assert "What was wrong before: The time of day" in page
    edith.post(f"{address}/go-on")

    with runtime.reading() as session:
        assert session.get_one(Issue, issue_id).state is IssueState.SENDING
    assert "Versions" in edith.get(f"/admin/deliveries/{issue_id}").text


def test_an_editor_does_not_let_go_on_what_an_operator_paused(edith: Browser, otto: Browser, runtime: Runtime, issue_id: int) -> None:
    otto.post(f"/admin/deliveries/{issue_id}/pause")

    answer = edith.post(f"/admin/deliveries/{issue_id}/correction/go-on")

    assert answer.status_code == 403
    with runtime.reading() as session:
        assert session.get_one(Issue, issue_id).state is IssueState.PAUSED


def test_resuming_while_a_version_is_being_made_is_refused_in_words(otto: Browser, runtime: Runtime, issue_id: int) -> None:
    otto.post(f"/admin/deliveries/{issue_id}/correction/stop")
    _edited(runtime, issue_id)
    otto.post(f"/admin/deliveries/{issue_id}/correction/make", {"revision_id": _newest(runtime), "note": "The time of day"})

    answer = otto.post(f"/admin/deliveries/{issue_id}/resume", follow_redirects=True)

    assert "A corrected version of this issue is not ready yet" in answer.text
    otto.post(f"/admin/deliveries/{issue_id}/correction/drop")
    otto.post(f"/admin/deliveries/{issue_id}/resume")
    with runtime.reading() as session:
        assert session.get_one(Issue, issue_id).state is IssueState.SENDING


def test_without_a_note_the_form_asks_for_it_and_keeps_the_page(edith: Browser, runtime: Runtime, issue_id: int) -> None:
    edith.post(f"/admin/deliveries/{issue_id}/correction/stop")
    _edited(runtime, issue_id)

    answer = edith.post(f"/admin/deliveries/{issue_id}/correction/make", {"revision_id": _newest(runtime), "note": " "})

    assert answer.status_code == 422
    assert "Say what was wrong." in answer.text
    with runtime.reading() as session:
        assert session.scalars(select(Correction)).all() == []


def test_what_forbids_the_correction_is_listed(edith: Browser, runtime: Runtime, issue_id: int) -> None:
    edith.post(f"/admin/deliveries/{issue_id}/correction/stop")
    _edited(runtime, issue_id)
    with runtime.writing() as session:
        session.execute(update(Newsletter).values(legal_name=""))

    answer = edith.post(f"/admin/deliveries/{issue_id}/correction/make", {"revision_id": _newest(runtime), "note": "The time of day"})

    assert answer.status_code == 422
    assert "The legal sender is missing" in answer.text


def test_the_moving_part_loads_the_page_anew_once_the_version_is_made(edith: Browser, runtime: Runtime, issue_id: int) -> None:
    edith.post(f"/admin/deliveries/{issue_id}/correction/stop")
    _edited(runtime, issue_id)
    edith.post(f"/admin/deliveries/{issue_id}/correction/make", {"revision_id": _newest(runtime), "note": "The time of day"})
    page = edith.get(f"/admin/deliveries/{issue_id}/correction").text
    moving = page.split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    assert "HX-Refresh" not in edith.get(moving).headers

    worker.compile_correction(runtime, correction_id=1)

    assert edith.get(moving).headers["HX-Refresh"] == "true"


def test_a_version_is_shown_as_it_is_stored(edith: Browser, runtime: Runtime, issue_id: int) -> None:
    with runtime.writing() as session:
        compiled = session.scalars(select(CompiledIssue)).one()
        other = factories.ready_issue(session, session.scalars(select(Newsletter)).one())

    assert "<p>Hello</p>" in edith.get(f"/admin/deliveries/{issue_id}/correction/versions/{compiled.id}").text
    assert edith.get(f"/admin/deliveries/{issue_id}/correction/versions/{other.id}").status_code == 404


def test_the_editor_of_a_stopped_issue_says_that_it_is_a_correction(edith: Browser, issue_id: int) -> None:
    assert "can no longer change" in edith.get(f"/admin/issues/{issue_id}/edit").text

    edith.post(f"/admin/deliveries/{issue_id}/correction/stop")

    page = edith.get(f"/admin/issues/{issue_id}/edit").text
    assert "Correction: the sending of this issue has begun and is stopped." in page
    assert "can no longer change" not in page


def _edited(runtime: Runtime, issue_id: int) -> None:
    with runtime.writing() as session:
        factories.revision(session, session.get_one(Issue, issue_id), corrected.document("Good evening."))


def _newest(runtime: Runtime) -> int:
    with runtime.reading() as session:
        return session.scalars(select(factories.Revision.id).order_by(factories.Revision.id.desc())).first() or 0
