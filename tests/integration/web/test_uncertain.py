"""Deciding about mails of which nobody knows whether they arrived: on the dashboard, and by the signed link of a notice."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from service.core import clock as core_clock
from service.core.jobs import Job
from service.core.settings import Settings
from service.delivery.ledger import doubts
from service.delivery.models import Doubt, Notice
from service.delivery.sending import reconcile
from service.delivery.telling import notice_mail, settling_notices
from service.delivery.uncertain import decision_links
from service.newsletters.models import Newsletter
from service.runtime import Runtime
from tests.support import factories, sending
from tests.support.desk import Browser
from tests.support.doubts import in_doubt
from workers.delivery import tell_desk_uncertain

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def case(runtime: Runtime, settings: Settings) -> tuple[int, list[int]]:
    """An issue with three readers in doubt."""
    return in_doubt(runtime.database, settings)


def link(runtime: Runtime, issue_id: int, user_id: int = 1) -> str:
    return decision_links.link(runtime.signer, "", issue_id, user_id)


def waiting(runtime: Runtime, issue_id: int) -> int:
    with runtime.reading() as session:
        return doubts.pending(session, issue_id)


def test_the_dashboard_shows_what_is_known_and_every_consequence(otto: Browser, case: tuple[int, list[int]]) -> None:
    page = otto.get(f"/admin/deliveries/{case[0]}").text

    assert page.count('name="reader"') == 3
    assert "the connection ended" in page
    assert "No. 2" in page
    assert "***@naver.com" in page
    for words in ("They are counted as taken", "who has it already may see it twice", "are never sent to again"):
        assert words in page
    assert "For all 3" in page


@pytest.mark.both_databases
def test_the_start_page_asks_for_the_decision(otto: Browser, case: tuple[int, list[int]]) -> None:
    page = otto.get("/admin").text

    assert "It is not sure whether 3 mails of" in page
    assert f"/admin/deliveries/{case[0]}#uncertain" in page


def test_an_editor_sees_it_and_decides_nothing(edith: Browser, runtime: Runtime, case: tuple[int, list[int]]) -> None:
    page = edith.get(f"/admin/deliveries/{case[0]}").text

    assert "An operator decides about them." in page
    assert 'name="act"' not in page
    assert edith.post(f"/admin/deliveries/{case[0]}/uncertain", {"act": "leave:all"}).status_code == 403
    assert waiting(runtime, case[0]) == 3


@pytest.mark.both_databases
def test_otto_decides_for_one_for_some_and_for_all(otto: Browser, runtime: Runtime, case: tuple[int, list[int]]) -> None:
    issue_id, (one, two, _) = case
    path = f"/admin/deliveries/{issue_id}/uncertain"

    otto.post(path, {"act": "took-it:some", "reader": [one]})
    otto.post(path, {"act": "send-again:some", "reader": [one, two]})
    assert waiting(runtime, issue_id) == 1
    otto.post(path, {"act": "leave:all"})
    otto.post(path, {"act": "leave:all"})

    assert waiting(runtime, issue_id) == 0
    assert sending.states(runtime.database, issue_id) == {"accepted": 2, "deferred": 1, "uncertain": 1}
    assert "had been settled meanwhile" in otto.get(f"/admin/deliveries/{issue_id}").text


@pytest.mark.parametrize(("form", "words"), [({"act": "leave:some"}, "Nobody is ticked"), ({"act": "burn:all"}, "not known here")])
def test_a_press_that_means_nothing_changes_nothing(
    otto: Browser, runtime: Runtime, case: tuple[int, list[int]], form: dict[str, str], words: str
) -> None:
    otto.post(f"/admin/deliveries/{case[0]}/uncertain", form)

    assert words in otto.get(f"/admin/deliveries/{case[0]}").text
    assert waiting(runtime, case[0]) == 3


def test_the_page_is_loaded_anew_once_somebody_has_to_decide_or_no_longer(edith: Browser, case: tuple[int, list[int]]) -> None:
    before = edith.get(f"/admin/deliveries/{case[0]}/progress?state=sending&unsure=0")
    now = edith.get(f"/admin/deliveries/{case[0]}/progress?state=sending&unsure=1")

    assert before.headers["HX-Refresh"] == "true"
    assert "HX-Refresh" not in now.headers


@pytest.mark.both_databases
def test_the_link_opens_a_page_and_only_a_press_decides(
    otto: Browser, stranger: Browser, runtime: Runtime, case: tuple[int, list[int]]
) -> None:
    issue_id, _ = case
    path = link(runtime, issue_id)

    pages = [stranger.get(path) for _ in range(3)]
    assert waiting(runtime, issue_id) == 3
    answer = stranger.post(path, {"act": "took-it:all"})
    again = stranger.post(path, {"act": "took-it:all"})

    assert "You decide as Otto." in pages[0].text
    assert "For all 3" in pages[0].text
    assert "reader000002@" not in pages[0].text
    assert "Counted as having it, by your decision: 3." in answer.text
    assert "had been settled meanwhile" in again.text
    with runtime.reading() as session:
        assert set(session.scalars(select(Doubt.user_id))) == {1}


def test_a_forged_link_and_one_of_somebody_who_may_not_decide_open_nothing(
    edith: Browser, stranger: Browser, runtime: Runtime, case: tuple[int, list[int]]
) -> None:
    forged = link(runtime, case[0])[:-1] + "x"
    paths = [forged, "/decide/abc", link(runtime, case[0], user_id=1), link(runtime, case[0], 99)]

    codes = [stranger.get(path).status_code for path in paths]

    assert codes == [404] * 4
    assert stranger.post(link(runtime, case[0]), {"act": "leave:all"}).status_code == 404
    assert waiting(runtime, case[0]) == 3


@pytest.mark.both_databases
def test_one_notice_tells_every_operator_once_evidence_has_had_its_time(
    otto: Browser, edith: Browser, runtime: Runtime, settings: Settings, case: tuple[int, list[int]], clock: time_machine.Traveller
) -> None:
    issue_id, _ = case
    reconcile.sweep(runtime.database, settings)
    assert asked(runtime) == 0
    clock.shift(timedelta(minutes=3))
    for _ in range(3):
        reconcile.sweep(runtime.database, settings)
    assert asked(runtime) == 1

    for _ in range(2):
        tell_desk_uncertain(runtime, issue_id)

    with runtime.reading() as session:
        (notice,) = session.scalars(select(Notice)).all()
        mail = notice_mail.prepare(session, notice, runtime.signer, "https://news.example.com")
    assert mail is not None
    message = notice_mail.compose(mail, runtime.email_environment).decode()
    assert notice.email == "otto@example.com"
    assert "Did they arrive? 3 mails of:" in message
    assert "https://news.example.com/decide/" in mail.values["url"]
    assert decision_links.link(runtime.signer, "", issue_id, 1) not in str(notice.values)


@pytest.mark.both_databases
def test_mails_that_become_uncertain_later_are_told_of_although_the_first_still_wait(
    otto: Browser, runtime: Runtime, settings: Settings, case: tuple[int, list[int]], clock: time_machine.Traveller
) -> None:
    issue_id, (late, *_) = case
    clock.shift(timedelta(minutes=3))
    reconcile.sweep(runtime.database, settings)
    tell_desk_uncertain(runtime, issue_id)
    with runtime.writing() as session:
        row = session.scalars(select(Doubt).where(Doubt.subscriber_id == late)).one()
        row.since, row.told_at = core_clock.now(), None  # as one that was noted only now
    clock.shift(timedelta(minutes=40))

    reconcile.sweep(runtime.database, settings)
    for _ in range(2):
        tell_desk_uncertain(runtime, issue_id)

    with runtime.reading() as session:
        assert session.scalars(select(Notice.email)).all() == ["otto@example.com"] * 2


def test_the_person_on_duty_is_told_and_nobody_else(otto: Browser, runtime: Runtime, case: tuple[int, list[int]], app: object) -> None:
    from tests.support import desk

    olga = desk.user(runtime, "Olga")
    with runtime.writing() as session:
        session.scalars(select(Newsletter)).one().on_duty_id = olga.id

    tell_desk_uncertain(runtime, case[0])

    with runtime.reading() as session:
        assert session.scalars(select(Notice.email)).all() == ["olga@example.com"]


def test_what_the_policy_sends_again_by_itself_disturbs_nobody(
    otto: Browser, runtime: Runtime, settings: Settings, case: tuple[int, list[int]], clock: time_machine.Traveller
) -> None:
    with runtime.writing() as session:
        session.scalars(select(Newsletter)).one().uncertain_policy = "resend"
    clock.shift(timedelta(minutes=5))

    with runtime.writing() as session:
        assert settling_notices.ask(session) == 0


def test_the_settings_page_keeps_the_policy_and_refuses_senseless_minutes(otto: Browser, runtime: Runtime) -> None:
    with runtime.writing() as session:
        letter = factories.newsletter(session)
    page = otto.get(f"/admin/newsletters/{letter.id}").text
    form = {"name": letter.name, "language": "ko", "readers_zone": "Asia/Seoul", "editors_zone": "Asia/Seoul", "brand_color": "#112233"}

    wrong = otto.post(f"/admin/newsletters/{letter.id}", {**form, "hold_minutes": "2"})
    kept = otto.post(
        f"/admin/newsletters/{letter.id}",
        {**form, "uncertain_policy": "resend", "hold_minutes": "60", "resend_minutes": "15", "on_duty_id": "1"},
    )

    assert "Hold and ask" in page
    assert "from 5 to 1440" in wrong.text
    assert kept.status_code == 303
    with runtime.reading() as session:
        found = session.get_one(Newsletter, letter.id)
        assert (found.uncertain_policy, found.hold_minutes, found.resend_minutes, found.on_duty_id) == ("resend", 60, 15, 1)


def asked(runtime: Runtime) -> int:
    with runtime.reading() as session:
        now = core_clock.now()
        return len([job for job in session.scalars(select(Job)) if job.name == settling_notices.JOB and job.due_at <= now])
