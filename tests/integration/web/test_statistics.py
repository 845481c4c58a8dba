"""The report of an issue and the letter with its clicks, as the desk shows them."""

import re

import pytest
from sqlalchemy import select

from service.delivery.models import Launch
from service.feedback.models import Label
from service.rendering import fields
from service.rendering.models import CompiledIssue
from service.runtime import Runtime
from service.tracking.paths import CLICK_PATH
from tests.integration.statistics.test_issue_report import count, event, sent_issue
from tests.support.desk import Browser


@pytest.fixture
def issue_id(runtime: Runtime) -> int:
    """An issue with three clicks, one of them a machine's."""
    with runtime.writing() as session:
        issue_id = sent_issue(session)
        for subscriber_id, label in ((1, Label.HUMAN), (2, Label.HUMAN), (3, Label.MACHINE)):
            event(session, issue_id, subscriber_id, link=1, label=label)
        event(session, issue_id, 1)
        compiled_id = session.get_one(Launch, issue_id).compiled_id
        compiled = session.get_one(CompiledIssue, compiled_id)
        token = fields.token(fields.MEASURING)
        compiled.html = f'<html><body><a href="https://e.test{CLICK_PATH}{token}/1">Read it</a></body></html>'
        count(session)
        return issue_id


def test_report_names_the_base_of_opens_and_tells_people_from_machines(otto: Browser, issue_id: int) -> None:
    page = otto.get(f"/admin/statistics/{issue_id}").text

    assert "% of 2 readers whose opens we may count" in page
    assert "3 readers with machines" in page
    assert "Which part of the letter works" in page
    assert "By mailbox provider" in page
    pressed = set(re.findall(r'popovertarget="(meaning-\w+)"', page))
    assert pressed <= set(re.findall(r'<div popover class="meaning-text" id="(meaning-\w+)">', page))  # each definition is one press away
    assert {"meaning-clicked_human", "meaning-opens", "meaning-base", "meaning-all_clicks", "meaning-deferred"} <= pressed


def test_clicks_are_drawn_on_the_letter_and_stand_in_a_table(otto: Browser, issue_id: int) -> None:
    page, letter = otto.get(f"/admin/statistics/{issue_id}/map"), otto.get(f"/admin/statistics/{issue_id}/map.html")

    assert f'src="/admin/statistics/{issue_id}/map.html?count=people"' in page.text
    assert "<table" in page.text
    assert "100 %</span></a>" in letter.text
    assert "https://example.com/a" in letter.text  # nobody's token is in it
    assert letter.headers["Content-Security-Policy"].startswith("sandbox ")
    assert "script-src" not in letter.headers["Content-Security-Policy"]


def test_report_of_an_issue_that_was_never_sent_says_so(otto: Browser, runtime: Runtime, issue_id: int) -> None:
    with runtime.writing() as session:
        session.delete(session.scalars(select(Launch)).one())

    assert "Nothing was sent yet." in otto.get(f"/admin/statistics/{issue_id}").text
    assert otto.get(f"/admin/statistics/{issue_id}/map.html").status_code == 404


def test_letters_with_clicks_are_for_the_desk(stranger: Browser, issue_id: int) -> None:
    assert stranger.get(f"/admin/statistics/{issue_id}/map").status_code in (302, 303)


def test_charts_show_people_or_everybody_and_the_tables_both(otto: Browser, issue_id: int) -> None:
    people, everybody = otto.get(f"/admin/statistics/{issue_id}").text, otto.get(f"/admin/statistics/{issue_id}?count=all").text

    assert "Machines and unknown" not in charts_of(people)
    assert "Machines and unknown" in charts_of(everybody)
    assert '<span class="stat-value">2</span><span class="stat-note">66.7 % of mails taken; 3 readers with machines' in people
    assert '<span class="stat-value">3</span><span class="stat-note">100.0 % of mails taken; 2 readers are people' in everybody


def test_letter_with_clicks_counts_whom_the_page_counts(otto: Browser, issue_id: int) -> None:
    table = otto.get(f"/admin/statistics/{issue_id}/map?count=all").text

    assert f'src="/admin/statistics/{issue_id}/map.html?count=all"' in table
    assert '<td class="num">3</td>' in table


def test_part_that_is_not_in_the_letter_leads_nowhere(otto: Browser, issue_id: int) -> None:
    page = otto.get(f"/admin/statistics/{issue_id}/map", query_string={"part": '"><script>'}).text

    assert f'src="/admin/statistics/{issue_id}/map.html?count=people"' in page


def test_all_reports_stand_in_a_list_with_their_rates(otto: Browser, issue_id: int) -> None:
    page = otto.get("/admin/statistics").text

    assert f'href="/admin/statistics/{issue_id}"' in page
    assert "66.7 %" in page
    assert "50.0–50.0 %" in page  # opens are a range, of those who may be counted


def test_list_of_reports_says_what_comes_while_nothing_was_sent(otto: Browser, runtime: Runtime, issue_id: int) -> None:
    with runtime.writing() as session:
        session.delete(session.scalars(select(Launch)).one())

    assert "The first report is here a minute after the first issue begins to go out." in otto.get("/admin/statistics").text


def charts_of(page: str) -> str:
    return "".join(re.findall(r'data-values="([^"]*)"', page))
