"""Leaving by the page and by one click; choosing by the preferences page (A5, A6, B4, B16, C9, C10, F12)."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from time_machine import Traveller

from service.core.database import Database
from service.core.settings import Settings
from service.newsletters.models import OpenMeasurement
from service.runtime import Runtime
from service.subscribers import tokens
from service.subscribers.models import ConsentEvent, Standing, Subscription
from service.tracking import tokens as measuring_tokens
from service.web.app import make_app
from tests.support import factories

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
FORM = "application/x-www-form-urlencoded"


class Ada:
    """An active reader, and what the links in her letters let their holder do."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        with runtime.writing() as session:
            letter = factories.newsletter(session, open_measurement=OpenMeasurement.CONSENT)
            ada = factories.reader(session, letter, "ada.lovelace@naver.com", confirmed_at=letter.created_at, wants_advertising=True)
            issue = factories.issue(session, letter)
            self.key = (letter.id, ada.id)
            self.token = tokens.acting(runtime.signer, issue.id, ada.id)
            self.token_of_notice = tokens.acting_for_newsletter(runtime.signer, letter.id, ada.id)
            self.measuring = measuring_tokens.measuring(runtime.signer, issue.id, ada.id)

    @property
    def subscription(self) -> Subscription:
        with self._runtime.database.reading() as session:
            found = session.get_one(Subscription, self.key)
            session.expunge(found)
            return found

    @property
    def state(self) -> Standing:
        return self.subscription.state

    def events(self) -> list[str]:
        with self._runtime.database.reading() as session:
            return list(session.scalars(select(ConsentEvent.source).order_by(ConsentEvent.id)))


@pytest.fixture
def ada(runtime: Runtime) -> Ada:
    return Ada(runtime)


@pytest.fixture
def app(runtime: Runtime, ada: Ada) -> Flask:
    return make_app(runtime)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A mail provider: keeps no cookies."""
    return app.test_client(use_cookies=False)


def test_opening_changes_nothing_a_hundred_times(client: FlaskClient, ada: Ada) -> None:
    answers = {client.open(f"/u/{ada.token}", method=method).status_code for method in ("GET", "HEAD") * 50}

    assert answers == {200}
    assert ada.state is Standing.ACTIVE


def test_page_has_one_leave_button_and_masks_the_address(client: FlaskClient, ada: Ada) -> None:
    page = client.get(f"/u/{ada.token}?lang=en")

    assert page.text.count('value="leave"') == 1
    assert "ad***@naver.com" in page.text
    assert "ada.lovelace" not in page.text
    assert "Set-Cookie" not in page.headers


@pytest.mark.both_databases
@pytest.mark.parametrize("body", ["urlencoded", "multipart", "plain"])
def test_one_click_is_done_and_committed_when_it_is_answered(client: FlaskClient, ada: Ada, body: str) -> None:
    sent = {
        "urlencoded": {"data": urlencode(ONE_CLICK), "content_type": FORM},
        "multipart": {"data": ONE_CLICK, "content_type": "multipart/form-data"},
        "plain": {"data": urlencode(ONE_CLICK)},
    }[body]

    answer = client.post(f"/u/{ada.token}", headers={"Origin": "null", "Sec-Fetch-Site": "cross-site"}, **sent)  # type: ignore[arg-type]

    assert answer.status_code == 200
    assert "Location" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    assert ada.state is Standing.UNSUBSCRIBED
    assert set(ada.events()) == {"one-click"}
    assert not ada.subscription.wants_advertising


def test_one_click_twice_is_answered_alike(client: FlaskClient, ada: Ada) -> None:
    first, second = (client.post(f"/u/{ada.token}", data=ONE_CLICK) for _ in range(2))

    assert (first.status_code, second.status_code) == (200, 200)
    assert len(ada.events()) == 2  # the newsletter and advertising, once each


@pytest.mark.parametrize(
    "data", ["", "List-Unsubscribe=", "List-Unsubscribe=No", "list-unsubscribe=One-Click", "act=", "act=erase", "x" * 5000]
)
def test_body_that_does_not_ask_changes_nothing(client: FlaskClient, ada: Ada, data: str) -> None:
    answer = client.post(f"/u/{ada.token}", data=data, content_type=FORM)

    assert answer.status_code == 400
    assert ada.state is Standing.ACTIVE


def test_many_posts_from_one_network_all_succeed(client: FlaskClient, ada: Ada) -> None:
    answers = {client.post(f"/u/{ada.token}", data=ONE_CLICK).status_code for _ in range(100)}

    assert answers == {200}


@pytest.mark.parametrize("path", ["/u/{}", "/p/{}"])
@pytest.mark.parametrize("change", ["nothing", "cut", "bent", "measuring", "confirmation"])
def test_unknown_tokens_are_one_neutral_page(client: FlaskClient, ada: Ada, path: str, change: str) -> None:
    bent = ada.token[:-1] + ("A" if ada.token[-1] != "A" else "B")
    token = {"nothing": "x", "cut": ada.token[:-1], "bent": bent, "measuring": ada.measuring, "confirmation": "c" * 43}[change]

    answers = [client.get(path.format(token)), client.post(path.format(token), data=ONE_CLICK | {"choices": "1"})]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers} | {client.get(path.format("y")).text}) == 1
    assert ada.state is Standing.ACTIVE


def test_link_of_a_letter_works_after_years(client: FlaskClient, ada: Ada, clock: Traveller) -> None:
    clock.shift(timedelta(days=800))

    assert client.post(f"/u/{ada.token}", data=ONE_CLICK).status_code == 200
    assert ada.state is Standing.UNSUBSCRIBED


def test_button_of_the_page_leaves_and_offers_the_way_back(client: FlaskClient, ada: Ada) -> None:
    left = client.post(f"/u/{ada.token_of_notice}?lang=en", data={"act": "leave"})
    after_leaving = ada.state
    back = client.post(f"/u/{ada.token_of_notice}?lang=en", data={"act": "back"})

    assert (left.status_code, after_leaving) == (200, Standing.UNSUBSCRIBED)
    assert 'value="back"' in left.text
    assert back.status_code == 200
    assert (ada.state, ada.subscription.wants_advertising) == (Standing.ACTIVE, False)


def test_way_back_closes_after_an_hour(client: FlaskClient, ada: Ada, clock: Traveller) -> None:
    client.post(f"/u/{ada.token}", data={"act": "leave"})
    clock.shift(timedelta(minutes=61))

    answer = client.post(f"/u/{ada.token}?lang=en", data={"act": "back"})

    assert answer.status_code == 409
    assert "/n/letter" in answer.text
    assert 'value="back"' not in client.get(f"/u/{ada.token}").text
    assert ada.state is Standing.UNSUBSCRIBED


def test_pausing_instead_of_leaving(client: FlaskClient, ada: Ada) -> None:
    answer = client.post(f"/u/{ada.token}", data={"act": "pause"})

    assert answer.status_code == 200
    assert ada.state is Standing.PAUSED


def test_database_away_asks_to_try_again(settings: Settings, valkey_url: str) -> None:
    runtime = Runtime(settings.model_copy(update={"database_url": "postgresql://nobody@127.0.0.1:1/nothing", "valkey_url": valkey_url}))
    token = tokens.acting(runtime.signer, 1, 1)

    answer = make_app(runtime).test_client().post(f"/u/{token}", data=ONE_CLICK)

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.both_databases
def test_preferences_record_what_differs(client: FlaskClient, ada: Ada) -> None:
    page = client.get(f"/p/{ada.token}?lang=en")
    saved = client.post(f"/p/{ada.token}?lang=en", data={"choices": "1", "pause": "1", "open_tracking": "1"})
    changed = ada.subscription

    assert page.text.count("checked") == 1
    assert "ada.lovelace" not in page.text
    assert saved.status_code == 200
    assert (changed.state, changed.wants_advertising, changed.may_track_opens) == (Standing.PAUSED, False, True)


def test_saving_the_same_records_nothing(client: FlaskClient, ada: Ada) -> None:
    client.post(f"/p/{ada.token}", data={"choices": "1", "advertising": "1"})

    assert ada.events() == []


def test_preferences_of_who_has_left_offer_signing_up(client: FlaskClient, ada: Ada) -> None:
    client.post(f"/u/{ada.token}", data=ONE_CLICK)

    page = client.get(f"/p/{ada.token}")
    saved = client.post(f"/p/{ada.token}", data={"choices": "1", "advertising": "1"})

    assert 'name="choices"' not in page.text
    assert "/n/letter" in page.text
    assert saved.status_code == 409
    assert not ada.subscription.wants_advertising


def test_consent_taken_back_keeps_no_words_of_agreement(client: FlaskClient, ada: Ada, database: Database) -> None:
    client.post(f"/p/{ada.token}", data={"choices": "1", "open_tracking": "1"})

    with database.reading() as session:
        texts = {event.purpose.value: event.text for event in session.scalars(select(ConsentEvent))}
        count = session.scalar(select(func.count()).select_from(ConsentEvent))
    assert count == 2
    assert texts["advertising"] == ""
    assert texts["open_tracking"]
