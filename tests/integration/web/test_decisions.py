"""Issues that wait for a decision: the page says what happened and what follows, and an operator lets them go on (E15, E8)."""

from datetime import timedelta

from service.core import clock
from service.delivery.identity import instance
from service.delivery.launching import launch
from service.delivery.sending import remembered
from service.issues.models import IssueState
from service.newsletters.models import Newsletter
from service.runtime import Runtime
from tests.support import copies, factories, sending
from tests.support.desk import Browser


def restored(runtime: Runtime) -> tuple[int, int]:
    """A started and a booked issue in a database that has forgotten one batch; their ids."""
    started = sending.start(runtime.database, runtime.settings)
    with runtime.writing() as session:
        letter = session.query(Newsletter).one()
        letter.readers_zone, letter.editors_zone = "Asia/Seoul", "America/Los_Angeles"
        compiled = factories.ready_issue(session, letter)
        factories.slot(session, letter, compiled, fires_at=clock.now() + timedelta(days=1))
        booked = compiled.issue_id
    restore = copies.backup(runtime.database)
    copies.drain(runtime.database, runtime.settings)
    restore()
    instance.may_send(runtime.database, runtime.settings)
    return started, booked


def test_the_start_page_says_it_first_and_keeps_all_slots_at_once(runtime: Runtime, otto: Browser) -> None:
    _, booked = restored(runtime)

    page = otto.get("/admin").text

    assert "restored from a backup" in page
    assert "Keep their slots (1)" in page
    otto.post("/admin/decisions/keep-slots")
    assert sending.issue_state(runtime.database, booked) is IssueState.SCHEDULED


def test_the_delivery_page_names_how_many_may_get_two_and_promises_nothing_else(runtime: Runtime, otto: Browser) -> None:
    started, _ = restored(runtime)

    page = otto.get(f"/admin/deliveries/{started}").text

    assert "Up to 6 of the others may have it already" in page
    assert "nobody gets it twice" not in page
    assert "Go on" in page


def test_once_the_hosts_have_marked_whom_they_remember_nobody_gets_two(runtime: Runtime, otto: Browser) -> None:
    started, _ = restored(runtime)
    remembered.answer_questions(runtime.database, runtime.settings)

    page = otto.get(f"/admin/deliveries/{started}").text
    otto.post(f"/admin/decisions/{started}/go-on")

    assert "6 readers it remembers having mailed" in page
    assert "6 of 6 readers are known to have it" in page
    assert "Nobody else is known to have it." in page
    assert copies.drain(runtime.database, runtime.settings) == []
    assert sending.issue_state(runtime.database, started) is not IssueState.NEEDS_DECISION


def test_a_booked_issue_shows_both_clocks_and_keeps_its_slot(runtime: Runtime, otto: Browser) -> None:
    _, booked = restored(runtime)

    page = otto.get(f"/admin/issues/{booked}").text
    otto.post(f"/admin/decisions/{booked}/go-on")

    assert "Keep its slot" in page
    assert "Seoul" in page
    assert "Los Angeles" in page
    assert sending.issue_state(runtime.database, booked) is IssueState.SCHEDULED


def test_a_late_issue_says_how_late_and_is_sent_on_a_word(runtime: Runtime, otto: Browser) -> None:
    instance.may_send(runtime.database, runtime.settings)
    with runtime.writing() as session:
        letter = factories.newsletter(session)
        factories.readers(session, letter, 2, domains=("naver.com",))
        compiled = factories.ready_issue(session, letter)
        factories.slot(session, letter, compiled, fires_at=clock.now() - timedelta(hours=3))
        launch.launch_due(session, runtime.settings, clock.now())

    page = otto.get(f"/admin/issues/{compiled.issue_id}").text
    otto.post(f"/admin/decisions/{compiled.issue_id}/go-on")

    assert "3 hours late" in page
    assert sending.issue_state(runtime.database, compiled.issue_id) is IssueState.SENDING


def test_an_editor_reads_and_an_operator_decides(runtime: Runtime, edith: Browser) -> None:
    started, _ = restored(runtime)

    page = edith.get(f"/admin/deliveries/{started}").text

    assert "An operator decides." in page
    assert edith.post(f"/admin/decisions/{started}/go-on").status_code == 403
    assert sending.issue_state(runtime.database, started) is IssueState.NEEDS_DECISION


def test_a_letter_of_which_no_copy_can_be_made_says_what_is_wrong_with_it(runtime: Runtime, otto: Browser) -> None:
    instance.may_send(runtime.database, runtime.settings)
    with runtime.writing() as session:
        letter = factories.newsletter(session)
        factories.reader(session, letter)
        compiled = factories.compiled_issue(session, factories.issue(session, letter), html="<p>pr0field0salary0</p>")
        launch.start(session, runtime.settings, compiled.issue_id, compiled.id)
    sending.drain(runtime.database, runtime.settings)

    page = otto.get(f"/admin/deliveries/{compiled.issue_id}").text

    assert "The letter has fields that nobody fills: salary." in page
    assert "Correct it first" in page
