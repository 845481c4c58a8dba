"""The letter in a browser: what was sent, and nothing of the reader it was sent to (B15, F4, F12)."""

import pytest
from flask import Flask

from service.delivery.models import Delivery, DeliveryState
from service.rendering import fields
from service.runtime import Runtime
from service.tracking import tokens
from service.tracking.models import Link
from service.web.app import make_app
from tests.support import factories

HTML = (
    "<html><body><p>For {name}</p><a href='https://go.example.com/c/{measuring}/1'>Read on</a>"
    '<a class="x" href="https://news.example.com/u/{acting}">Unsubscribe</a>'
    "{begin}<img src='https://go.example.com/o/{measuring}.gif'>{end}</body></html>"
)


def letter_html(mark: str) -> str:
    return mark + HTML.format(
        name=fields.token(fields.NAME), measuring=fields.token(fields.MEASURING), acting=fields.token(fields.ACTING),
        begin=fields.begin(fields.TRACKED), end=fields.end(fields.TRACKED),
    )  # fmt: skip


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    return make_app(runtime)


def sent_issue(runtime: Runtime) -> tuple[int, int]:
    """An issue with two versions; Ada was sent the first."""
    with runtime.writing() as session:
        letter = factories.newsletter(session)
        ada, issue = factories.reader(session, letter), factories.issue(session, letter)
        first = factories.compiled_issue(session, issue, html=letter_html("first"))
        factories.compiled_issue(session, issue, html=letter_html("second"))
        session.add(Link(issue_id=issue.id, number=1, url="https://example.org/story?a=1&b=2"))
        session.add(Delivery(issue_id=issue.id, subscriber_id=ada.id, batch_no=1, state=DeliveryState.ACCEPTED, compiled_id=first.id))
        return issue.id, ada.id


def test_reader_sees_the_version_that_was_sent_and_nobodys_name(app: Flask, runtime: Runtime) -> None:
    token = tokens.measuring(runtime.signer, *sent_issue(runtime))

    page = app.test_client().get(f"/v/{token}")

    assert page.status_code == 200
    assert page.text.startswith("first")
    assert "https://example.org/story?a=1&amp;b=2" in page.text
    assert "Ada" not in page.text
    assert not any(secret in page.text for secret in (token, "/c/", "/o/", "/u/", "pr0"))
    assert "sandbox" in page.headers["Content-Security-Policy"]
    assert "allow-scripts" not in page.headers["Content-Security-Policy"]


def test_test_mail_shows_the_newest_version(app: Flask, runtime: Runtime) -> None:
    issue_id, _ada = sent_issue(runtime)

    page = app.test_client().get(f"/v/{tokens.measuring(runtime.signer, issue_id, tokens.NOBODY)}")

    assert page.text.startswith("second")


@pytest.mark.parametrize("token", ["x", "A" * 32])
def test_any_other_token_gives_the_neutral_page(app: Flask, token: str) -> None:
    assert app.test_client().get(f"/v/{token}").status_code == 404


def test_nobody_sees_an_issue_that_was_not_sent_to_them(app: Flask, runtime: Runtime) -> None:
    issue_id, ada_id = sent_issue(runtime)

    page = app.test_client().get(f"/v/{tokens.measuring(runtime.signer, issue_id, ada_id + 1)}")

    assert page.status_code == 404
