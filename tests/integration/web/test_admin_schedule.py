"""The calendar at the desk: slots on both clocks, booked, moved, released, skipped with a reason, sent now and stopped."""

from datetime import time

import pytest
import time_machine
from sqlalchemy import select

from service.core import clock as now_clock
from service.issues import editing, queries
from service.issues.blocks import Prose
from service.issues.document import Byline, Document
from service.issues.models import IssueState
from service.newsletters.models import Newsletter
from service.runtime import Runtime
from service.schedule import booking, cadence
from service.schedule import queries as schedule
from service.schedule.models import Slot, SlotState
from tests.support import factories
from tests.support.desk import Browser

pytestmark = pytest.mark.usefixtures("clock")  # before anybody signs in


@pytest.fixture
def letter(runtime: Runtime) -> Newsletter:
    with runtime.database.writing() as session:
        letter = factories.newsletter(session)
        cadence.change(session, letter.id, zone="Asia/Seoul", weekdays=(1, 3, 5), local_time=time(7, 30), user_id=None)
    return letter


@pytest.fixture
def issue_id(runtime: Runtime, letter: Newsletter) -> int:
    document = Document("A calm week", byline=Byline(author="Edith"), blocks=(Prose("prose-1", "Good morning."),))
    with runtime.database.writing() as session:
        return editing.create(session, letter.id, document, user_id=1).id


def _slots(runtime: Runtime) -> list[Slot]:
    with runtime.database.reading() as session:
        return list(session.scalars(select(Slot).order_by(Slot.fires_at)))


def _state(runtime: Runtime, issue_id: int) -> IssueState:
    with runtime.database.reading() as session:
        return queries.issue(session, issue_id).state


@pytest.mark.both_databases
def test_the_month_shows_its_slots_and_leads_to_each(runtime: Runtime, letter: Newsletter, edith: Browser) -> None:
    page = edith.get("/admin/schedule").text

    first = _slots(runtime)[0]
    assert "September 2026" in page
    assert f"/admin/schedule/slots/{first.id}" in page
    assert "Monday, Wednesday, Friday at 07:30, Seoul time" in page
    assert "15:30 Los Angeles" in page  # the other clock, in each cell


def test_the_list_shows_both_clocks_with_their_weekdays(letter: Newsletter, edith: Browser) -> None:
    page = edith.get("/admin/schedule?view=list").text

    assert "Wed 16 Sep, 07:30 Seoul" in page
    assert "Tue 15 Sep, 15:30 Los Angeles" in page


@pytest.mark.parametrize("month", ["2026-13", "soon", "9999-01", "2027-03"])
def test_any_month_may_be_asked_for(letter: Newsletter, edith: Browser, month: str) -> None:
    assert edith.get(f"/admin/schedule?month={month}").status_code == 200


def test_a_later_month_is_filled_on_demand(runtime: Runtime, letter: Newsletter, edith: Browser) -> None:
    edith.post("/admin/schedule/ahead", {"month": "2027-01", "newsletter_id": letter.id})

    assert _slots(runtime)[-1].local_date.isoformat() == "2027-01-29"


def test_a_slot_in_a_gap_says_where_it_really_is(runtime: Runtime, letter: Newsletter, edith: Browser) -> None:
    with runtime.database.writing() as session:
        cadence.change(session, letter.id, zone="America/Los_Angeles", weekdays=(7,), local_time=time(2, 30), user_id=None)
        cadence.ensure(session, letter.id, until=now_clock.now().date().replace(year=2027, month=3, day=20))
    gap = next(slot for slot in _slots(runtime) if slot.local_date.isoformat() == "2027-03-14")

    page = edith.get(f"/admin/schedule/slots/{gap.id}").text

    assert "02:30 does not exist" in page
    assert "The slot is at 03:00" in page


def test_an_issue_is_booked_from_its_slot_and_released(runtime: Runtime, edith: Browser, issue_id: int) -> None:
    slot = _slots(runtime)[0]

    edith.post("/admin/schedule/book", {"slot_id": slot.id, "issue_id": issue_id})
    booked = _state(runtime, issue_id)
    edith.post("/admin/schedule/release", {"issue_id": issue_id})

    assert (booked, _state(runtime, issue_id)) == (IssueState.SCHEDULED, IssueState.DRAFT)
    assert _slots(runtime)[0].state is SlotState.EMPTY


def test_the_second_of_two_editors_is_told_what_happened(
    runtime: Runtime, letter: Newsletter, edith: Browser, otto: Browser, issue_id: int
) -> None:
    slot = _slots(runtime)[0]
    with runtime.database.writing() as session:
        other = editing.create(session, letter.id, Document("Another", blocks=(Prose("prose-1", "Words."),)), user_id=1).id
    edith.post("/admin/schedule/book", {"slot_id": slot.id, "issue_id": issue_id})

    page = otto.post("/admin/schedule/book", {"slot_id": slot.id, "issue_id": other}, follow_redirects=True).text

    assert "Another issue has been booked into this slot." in page
    assert _state(runtime, other) is IssueState.DRAFT


@pytest.mark.both_databases
def test_a_booking_is_moved(runtime: Runtime, edith: Browser, issue_id: int) -> None:
    first, second, *_ = _slots(runtime)
    edith.post("/admin/schedule/book", {"slot_id": first.id, "issue_id": issue_id})

    edith.post("/admin/schedule/move", {"slot_id": second.id, "issue_id": issue_id})

    states = [slot.state for slot in _slots(runtime)[:2]]
    assert states == [SlotState.EMPTY, SlotState.BOOKED]


def test_a_slot_is_skipped_with_a_reason_and_opened_again(runtime: Runtime, letter: Newsletter, edith: Browser) -> None:
    slot = _slots(runtime)[0]

    without = edith.post(f"/admin/schedule/slots/{slot.id}/skip", {"reason": " "}, follow_redirects=True).text
    edith.post(f"/admin/schedule/slots/{slot.id}/skip", {"reason": "Harvest holiday"})
    skipped, month = _slots(runtime)[0], edith.get("/admin/schedule").text
    edith.post(f"/admin/schedule/slots/{slot.id}/unskip")

    assert "Say why this slot is skipped." in without
    assert (skipped.state, skipped.skip_reason) == (SlotState.SKIPPED, "Harvest holiday")
    assert "Harvest holiday" in month
    assert _slots(runtime)[0].state is SlotState.EMPTY


def test_send_now_names_its_readers_counts_down_and_is_stopped(runtime: Runtime, letter: Newsletter, edith: Browser, issue_id: int) -> None:
    with runtime.database.writing() as session:
        factories.cast(session, letter)
        revision_id = queries.text(session, issue_id).revision.id

    page = edith.get(f"/admin/issues/{issue_id}").text
    edith.post("/admin/schedule/send-now", {"issue_id": issue_id, "revision_id": revision_id})
    counting = edith.get(f"/admin/issues/{issue_id}/slot")
    edith.post("/admin/schedule/stop", {"issue_id": issue_id})
    stopped = edith.get(f"/admin/issues/{issue_id}/slot")

    assert "Readers who get it: 1." in page
    assert "data-countdown" in counting.text
    assert "Stop" in counting.text
    assert ("HX-Refresh" in counting.headers, "HX-Refresh" in stopped.headers) == (False, True)
    assert _state(runtime, issue_id) is IssueState.DRAFT
    assert all(not slot.is_extra for slot in _slots(runtime))


def test_stopping_too_late_is_said(runtime: Runtime, edith: Browser, issue_id: int) -> None:
    page = edith.post("/admin/schedule/stop", {"issue_id": issue_id}, follow_redirects=True).text

    assert "It is too late to stop" in page


def test_a_slot_that_is_not_ready_says_why(runtime: Runtime, edith: Browser, issue_id: int) -> None:
    slot = _slots(runtime)[0]
    edith.post("/admin/schedule/book", {"slot_id": slot.id, "issue_id": issue_id})
    with runtime.database.writing() as session:
        revision_id = queries.text(session, issue_id).revision.id
        row = {"severity": "error", "block": None, "message": "The letter is too large: {size} KB.", "values": {"size": 104}}
        booking.could_not_be_made_ready(session, revision_id=revision_id, problems=[row])

    paths = (f"/admin/issues/{issue_id}", "/admin/schedule?view=list", f"/admin/schedule/slots/{slot.id}")
    pages = [edith.get(path).text for path in paths]

    assert all("The letter is too large: 104 KB." in page and "Not ready" in page for page in pages)


def test_slots_that_no_longer_fit_the_rhythm_are_shown(runtime: Runtime, letter: Newsletter, edith: Browser, issue_id: int) -> None:
    edith.post("/admin/schedule/book", {"slot_id": _slots(runtime)[0].id, "issue_id": issue_id})
    with runtime.database.writing() as session:
        cadence.change(session, letter.id, zone="Asia/Seoul", weekdays=(2,), local_time=time(9, 0), user_id=1)

    assert "Slots that no longer fit the rhythm: 1" in edith.get("/admin/schedule").text


def test_a_desk_without_newsletter_or_rhythm_says_what_to_do(runtime: Runtime, edith: Browser) -> None:
    nothing = edith.get("/admin/schedule").text
    with runtime.database.writing() as session:
        factories.newsletter(session)

    assert "No newsletter yet" in nothing
    assert "No rhythm yet" in edith.get("/admin/schedule").text


def test_a_missed_hour_offers_a_decision(
    runtime: Runtime, letter: Newsletter, edith: Browser, issue_id: int, clock: time_machine.Traveller
) -> None:
    edith.post("/admin/schedule/book", {"slot_id": _slots(runtime)[0].id, "issue_id": issue_id})
    with runtime.database.writing() as session:
        queries.issue(session, issue_id).state = IssueState.NEEDS_DECISION
        later = schedule.empty(session, letter.id)[1].slot.id

    page = edith.get(f"/admin/issues/{issue_id}").text
    edith.post("/admin/schedule/move", {"issue_id": issue_id, "slot_id": later})

    assert "waits for your decision" in page
    assert _state(runtime, issue_id) is IssueState.SCHEDULED


def test_send_now_without_a_named_text_takes_the_newest(runtime: Runtime, edith: Browser, issue_id: int) -> None:
    answer = edith.post("/admin/schedule/send-now", {"issue_id": issue_id})

    assert answer.status_code == 303
    assert _state(runtime, issue_id) is IssueState.SCHEDULED


def test_the_booking_pages_say_when_each_provider_will_have_it(
    runtime: Runtime, letter: Newsletter, edith: Browser, issue_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = runtime.settings.model_copy(update={"lane_paces": "naver=1/min", "relay_daily_quota": 30})
    monkeypatch.setattr(runtime, "settings", given)
    with runtime.writing() as session:
        factories.readers(session, letter, 40, domains=("naver.com", "gmail.com"))
    slot = _slots(runtime)[0]

    issue = edith.get(f"/admin/issues/{issue_id}").text
    page = edith.get(f"/admin/schedule/slots/{slot.id}").text

    for shown in (issue, page):
        assert "Readers have it: Naver about" in shown
        assert "daily quota does not reach for everyone at once" in shown
        assert "PRESSRUN_RELAY_DAILY_QUOTA" in shown
