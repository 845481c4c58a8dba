"""The slot's page in its last half hour: send as approved, hold it back, or replace it."""

from datetime import time, timedelta

import pytest
import time_machine
from sqlalchemy import select

from service.core import clock as core_clock
from service.core.problems import Problem, Severity
from service.issues.models import Issue
from service.runtime import Runtime
from service.schedule import booking, cadence, verification
from service.schedule.models import Replacement, Slot
from tests.support import correcting as texts
from tests.support import factories
from tests.support.desk import Browser
from workers import issues as worker

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def slot_id(runtime: Runtime) -> int:
    """A ready slot, twenty minutes ahead."""
    with runtime.writing() as session:
        letter = factories.newsletter(session)
        factories.readers(session, letter, 3)
        cadence.change(session, letter.id, zone="Asia/Seoul", weekdays=(3,), local_time=time(7, 30), user_id=None)
        issue = factories.issue(session, letter)
        approved = factories.compiled_issue(session, issue, factories.revision(session, issue, texts.document()))
        return factories.slot(session, letter, approved, fires_at=core_clock.now() + timedelta(minutes=20)).id


@pytest.mark.both_databases
def test_hold_shows_both_clocks_everywhere_and_can_be_taken_back(edith: Browser, runtime: Runtime, slot_id: int) -> None:
    page = edith.get(f"/admin/schedule/slots/{slot_id}").text
    assert "Hold it back" in page

    seen = page.split('name="seen" value="')[1].split('"')[0]
    for _ in range(2):  # a second click on the same page
        edith.post(f"/admin/schedule/slots/{slot_id}/hold", {"minutes": 30, "seen": seen})

    page = edith.get(f"/admin/schedule/slots/{slot_id}").text
    assert "Held back: it goes out Mon 14 Sep, 12:50 Seoul · Sun 13 Sep, 20:50 Los Angeles." in page
    assert "Its own hour is Mon 14 Sep, 12:20 Seoul" in page
    assert "held back" in edith.get("/admin/schedule?view=list").text.lower()
    assert "Held back; its own hour is" in edith.get(f"/admin/issues/{_slot(runtime).issue_id}").text
    edith.post(f"/admin/schedule/slots/{slot_id}/let-go")
    assert _slot(runtime).planned_at is None


def test_a_newer_text_is_made_shown_and_swapped_in(edith: Browser, runtime: Runtime, slot_id: int) -> None:
    newer = _newer(runtime)
    page = edith.get(f"/admin/schedule/slots/{slot_id}").text
    assert "There is a newer text than the approved one." in page
    assert "Good morning." in page
    assert "Good evening." in page

    edith.post(f"/admin/schedule/slots/{slot_id}/replace", {"revision_id": newer})
    moving = edith.get(f"/admin/schedule/slots/{slot_id}").text.split('id="close" hidden hx-get="')[1].split('"')[0].replace("&amp;", "&")
    assert "HX-Refresh" not in edith.get(moving).headers
    worker.compile_replacement(runtime, replacement_id=1)
    assert edith.get(moving).headers["HX-Refresh"] == "true"
    assert "The newer version is made and checked." in edith.get(f"/admin/schedule/slots/{slot_id}").text
    assert "Good evening." in edith.get(f"/admin/schedule/slots/{slot_id}/versions/2").text
    edith.post(f"/admin/schedule/slots/{slot_id}/swap", {"compiled_id": 2})

    assert (_slot(runtime).revision_id, _slot(runtime).compiled_id) == (newer, 2)


def test_keeping_the_approved_one_drops_the_newer(edith: Browser, runtime: Runtime, slot_id: int) -> None:
    edith.post(f"/admin/schedule/slots/{slot_id}/replace", {"revision_id": _newer(runtime)})

    answer = edith.post(f"/admin/schedule/slots/{slot_id}/drop", follow_redirects=True)

    assert "The approved version stays." in answer.text
    with runtime.reading() as session:
        assert session.scalars(select(Replacement)).all() == []


def test_the_look_before_the_hour_is_shown_with_its_faults(edith: Browser, runtime: Runtime, slot_id: int) -> None:
    assert "Being looked at" in edith.get(f"/admin/schedule/slots/{slot_id}").text
    with runtime.writing() as session:
        verification.record(session, booking.get(session, slot_id), [], 3)
    assert "3 readers would receive it." in edith.get(f"/admin/schedule/slots/{slot_id}").text

    with runtime.writing() as session:
        fault = Problem(Severity.ERROR, "The store that answers clicks is not reachable.")
        verification.record(session, booking.get(session, slot_id), [fault], 3)

    for address in (f"/admin/schedule/slots/{slot_id}", f"/admin/issues/{_slot(runtime).issue_id}", "/admin/schedule?view=list"):
        page = edith.get(address).text
        assert "Fault found" in page
        assert "The store that answers clicks is not reachable." in page
    assert "the last look has found a fault" in edith.get("/admin").text


def test_booking_over_what_is_approved_is_refused_in_words(edith: Browser, runtime: Runtime, slot_id: int) -> None:
    newer, issue_id = _newer(runtime), _slot(runtime).issue_id

    answer = edith.post(
        "/admin/schedule/book", {"issue_id": issue_id, "slot_id": slot_id, "revision_id": newer}, follow_redirects=True
    ).text

    assert "only what was approved goes out by itself" in answer
    assert "It goes out in less than half an hour." in answer


def test_outside_the_last_half_hour_nothing_of_it_is_offered(
    edith: Browser, runtime: Runtime, slot_id: int, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(minutes=-15))
    assert "Hold it back" not in edith.get(f"/admin/schedule/slots/{slot_id}").text

    answer = edith.post(f"/admin/schedule/slots/{slot_id}/hold", {"minutes": 15}, follow_redirects=True)

    assert "Only a slot in its last half hour" in answer.text


def _newer(runtime: Runtime) -> int:
    with runtime.writing() as session:
        return factories.revision(session, session.scalars(select(Issue)).one(), texts.document("Good evening.")).id


def _slot(runtime: Runtime) -> Slot:
    with runtime.reading() as session:
        return session.scalars(select(Slot).where(Slot.issue_id.is_not(None))).one()
