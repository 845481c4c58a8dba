"""The desk shows what came back: on its own pages, on a reader's, in an issue's report; strangers' text only as text (F17)."""

import pytest

from service.delivery.models import Delivery, Launch
from service.delivery.states import DeliveryState
from service.feedback import intake
from service.feedback.models import Source
from service.runtime import Runtime
from service.tracking import tokens as measuring
from tests.support import factories
from tests.support.desk import Browser
from tests.support.returned_mail import arf, dsn

EVIL = "<script>alert(1)</script>"
pytestmark = pytest.mark.both_databases


@pytest.fixture
def issue_id(runtime: Runtime) -> int:
    """An issue that bounced at Dora and of which somebody forged a bounce and a complaint."""
    runtime.signer = factories.SIGNER
    with runtime.writing() as session:
        letter = factories.newsletter(session)
        dora = factories.reader(session, letter, "dora@reader.test")
        issue = factories.issue(session, letter)
        compiled = factories.compiled_issue(session, issue)
        session.add(Launch(issue_id=issue.id, compiled_id=compiled.id, started_at=compiled.compiled_at, give_up_at=compiled.compiled_at))
        session.add(Delivery(issue_id=issue.id, subscriber_id=dora.id, batch_no=1, state=DeliveryState.ACCEPTED))
        address = f"b+{measuring.verp(runtime.signer, issue.id, dora.id)}@bounces.example.com"
        for raw, to in (
            (dsn("5.1.1", f"smtp; 550 5.1.1 User unknown {EVIL}", words=EVIL), address),
            (dsn("5.1.1", f"smtp; 550 5.1.1 User unknown {EVIL}", words=EVIL), "b+forged@bounces.example.com"),
            (arf(fields=f"Original-Rcpt-To: <ada@naver.com>\nX-Evil: {EVIL}\n"), "fbl@example.com"),
        ):
            intake.receive(session, runtime.signer, intake.of_mail(raw, Source.LMTP, [to]))
        return issue.id


def test_what_fits_no_letter_is_listed_and_shown_as_text(otto: Browser, issue_id: int) -> None:
    listed, everything, shown = (
        otto.get(path).text
        for path in ("/admin/subscribers/returned", "/admin/subscribers/returned?show=all", "/admin/subscribers/returned/2")
    )

    assert listed.count("/admin/subscribers/returned/") == 2
    assert everything.count("/admin/subscribers/returned/") == 3
    assert "ada@naver.com" in listed
    assert EVIL not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown


def test_a_readers_page_says_why_she_is_not_mailed(otto: Browser, issue_id: int) -> None:
    page = otto.get("/admin/subscribers/1").text

    assert "The address does not exist" in page
    assert "There is no such mailbox" in page
    assert f"/admin/issues/{issue_id}" in page


def test_the_report_counts_by_reason(otto: Browser, issue_id: int) -> None:
    page, sheet = otto.get(f"/admin/statistics/{issue_id}").text, otto.get(f"/admin/statistics/{issue_id}.csv").text

    assert "There is no such mailbox" in page
    assert '"bounced","1"' in sheet
    assert '"complained","0"' in sheet
    assert '"bounce: unknown_user","1"' in sheet


def test_returned_mail_is_for_operators(edith: Browser, stranger: Browser, issue_id: int) -> None:
    assert [edith.get(path).status_code for path in ("/admin/subscribers/returned", "/admin/subscribers/returned/1")] == [403, 403]
    assert stranger.get("/admin/subscribers/returned").status_code in (302, 303)
    assert edith.get(f"/admin/statistics/{issue_id}").status_code == 200


def test_an_empty_list_says_what_to_set_up(otto: Browser) -> None:
    assert "Nothing lies here" in otto.get("/admin/subscribers/returned").text
    assert "LMTP" in otto.get("/admin/subscribers/returned?show=all").text


def test_what_is_our_own_fault_is_listed_with_the_providers_words(otto: Browser, edith: Browser, runtime: Runtime, issue_id: int) -> None:
    with runtime.writing() as session:
        address = f"b+{measuring.verp(runtime.signer, issue_id, 1)}@bounces.example.com"
        refused = dsn("5.7.1", f"smtp; 554 5.7.1 Message rejected as spam {EVIL}", words="")
        intake.receive(session, runtime.signer, intake.of_mail(refused, Source.LMTP, [address]))

    ours, of_issue, of_another, report = (
        each.get(path).text
        for each, path in (
            (otto, "/admin/subscribers/returned?show=ours"),
            (otto, f"/admin/subscribers/returned?show=all&issue={issue_id}"),
            (otto, "/admin/subscribers/returned?show=all&issue=999"),
            (edith, f"/admin/statistics/{issue_id}"),
        )
    )

    assert ours.count("/admin/subscribers/returned/") == 1
    assert "554 5.7.1 Message rejected as spam &lt;script&gt;" in ours
    assert (of_issue.count("/admin/subscribers/returned/"), of_another.count("/admin/subscribers/returned/")) == (2, 0)
    assert "554 5.7.1 Message rejected as spam &lt;script&gt;" in report  # an editor reads it there
