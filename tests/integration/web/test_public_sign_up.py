"""The sign-up and confirmation pages: the same for everyone, nothing by GET, limits, languages (F11, F16, B1, B12, B15, C9)."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from time_machine import Traveller

from service.newsletters.models import OpenMeasurement
from service.runtime import Runtime
from service.subscribers import confirming, signing_up
from service.subscribers.models import Confirmation, Purpose, SignUp, Standing, Subscription
from service.web.app import make_app
from tests.integration.web.public_pages import fill_in
from tests.support import factories


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    """A newsletter with the cast."""
    with runtime.writing() as session:
        factories.cast(session, factories.newsletter(session, open_measurement=OpenMeasurement.CONSENT))
    return make_app(runtime)


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


def forms(runtime: Runtime) -> list[SignUp]:
    with runtime.database.reading() as session:
        found = list(session.scalars(select(SignUp).order_by(SignUp.id)))
        session.expunge_all()
        return found


def confirmation_link(runtime: Runtime, email: str = "new@naver.com") -> str:
    words = {Purpose.NEWSLETTER: "I am 14.", Purpose.ADVERTISING: "Ads, please."}
    with runtime.writing() as session:
        letter_id = session.scalars(select(factories.Newsletter.id)).one()
        signing_up.ask(session, newsletter_id=letter_id, email=email, language="en", words=words)
        signing_up.admit(session, runtime.signer, session.scalars(select(SignUp.id)).one())
        return "/confirm/" + confirming.token_of(runtime.signer, session.scalars(select(Confirmation)).one())


def states(runtime: Runtime) -> dict[str, int]:
    with runtime.reading() as session:
        rows = session.execute(select(Subscription.state, func.count()).group_by(Subscription.state))
        return {state.value: number for state, number in rows}


def test_every_address_gets_the_same_answer(browser: FlaskClient, runtime: Runtime, clock: Traveller) -> None:
    addresses = ("nobody@naver.com", "ada@naver.com", "ben@gmail.com", "cleo@daum.net", "dora@example.com")

    answers = [fill_in(browser, clock, email=email, newsletter="1") for email in addresses]
    pages = [browser.get(answer.location) for answer in answers]

    assert {(answer.status_code, answer.location, answer.data) for answer in answers} == {(303, "/n/letter/sent?lang=en", answers[0].data)}
    assert len({page.text for page in pages}) == 1
    assert len(forms(runtime)) == len(addresses)


def test_form_is_stored_with_the_words_that_were_ticked(browser: FlaskClient, runtime: Runtime, clock: Traveller) -> None:
    fill_in(browser, clock, email="Ada@Naver.com", name=" Ada  L ", newsletter="1", advertising="1")

    stored = forms(runtime)[0]
    assert (stored.email, stored.name, stored.language) == ("Ada@naver.com", "Ada L", "en")
    assert list(stored.words) == ["newsletter", "advertising"]
    assert stored.words["newsletter"] in browser.get("/n/letter?lang=en").text.replace("&#34;", '"')
    assert stored.ip_hash
    assert "127.0.0.1" not in stored.ip_hash


def test_no_box_is_ticked_beforehand(browser: FlaskClient) -> None:
    page = browser.get("/n/letter?lang=ko")

    assert page.text.count('type="checkbox"') == 3
    assert "checked" not in page.text
    assert "만 14세 이상" in page.text
    assert "광고성 정보" in page.text


@pytest.mark.parametrize("measurement", [OpenMeasurement.OFF, OpenMeasurement.NOTICE])
def test_opens_are_asked_about_only_where_consent_decides(runtime: Runtime, measurement: OpenMeasurement) -> None:
    with runtime.writing() as session:
        factories.newsletter(session, open_measurement=measurement)

    page = make_app(runtime).test_client().get("/n/letter")

    assert page.text.count('type="checkbox"') == 2


@pytest.mark.parametrize(
    "values",
    [
        {"email": "ada@naver.com"},
        {"email": "ada@naver.com", "advertising": "1"},
        {"email": "", "newsletter": "1"},
        {"email": "not an address", "newsletter": "1"},
        {"email": "ada@naver.com\nBcc: ben@gmail.com", "newsletter": "1"},
        {"email": "ada@naver.com", "name": "a\u2028b", "newsletter": "1"},
        {"email": "ada@naver.com", "name": "x" * 121, "newsletter": "1"},
    ],
)
def test_what_is_missing_or_wrong_is_said_and_nothing_is_stored(
    browser: FlaskClient, runtime: Runtime, clock: Traveller, values: dict[str, str]
) -> None:
    answer = fill_in(browser, clock, **values)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert forms(runtime) == []


def test_what_was_written_is_kept_and_escaped(browser: FlaskClient, clock: Traveller) -> None:
    answer = fill_in(browser, clock, email='"><script>alert(1)</script>', name="<b>Ada</b>")

    assert "<script>alert" not in answer.text
    assert "&lt;b&gt;Ada&lt;/b&gt;" in answer.text


@pytest.mark.parametrize("seconds", [0, 1, 12 * 3600 + 1])
def test_machines_speed_is_not_believed(browser: FlaskClient, runtime: Runtime, clock: Traveller, seconds: float) -> None:
    answer = fill_in(browser, clock, seconds=seconds, email="ada@naver.com", newsletter="1")

    assert answer.status_code in (400, 422)
    assert forms(runtime) == []


def test_honeypot_is_answered_like_any_other_and_kept_out(browser: FlaskClient, runtime: Runtime, clock: Traveller) -> None:
    answer = fill_in(browser, clock, email="ada@naver.com", newsletter="1", website="https://spam.example")

    assert (answer.status_code, answer.location) == (303, "/n/letter/sent?lang=en")
    assert forms(runtime) == []


def test_sixth_sign_up_of_an_hour_from_one_network_is_refused(browser: FlaskClient, clock: Traveller) -> None:
    answers = [fill_in(browser, clock, email=f"reader{number}@naver.com", newsletter="1").status_code for number in range(6)]
    elsewhere = browser.get("/n/letter", environ_base={"REMOTE_ADDR": "192.0.2.7"})

    assert answers == [303] * 5 + [429]
    assert elsewhere.status_code == 200


def test_mistyped_forms_are_not_counted(browser: FlaskClient, clock: Traveller) -> None:
    mistyped = [fill_in(browser, clock, email="ada@", newsletter="1").status_code for _ in range(6)]

    answer = fill_in(browser, clock, email="ada@naver.com", newsletter="1")

    assert mistyped == [422] * 6
    assert answer.status_code == 303


def test_sign_up_goes_on_while_valkey_is_away(runtime: Runtime, clock: Traveller) -> None:
    runtime.settings = runtime.settings.model_copy(update={"valkey_url": "redis://127.0.0.1:1/0"})
    with runtime.database.writing() as session:
        factories.newsletter(session)

    answer = fill_in(make_app(runtime).test_client(), clock, email="ada@naver.com", newsletter="1")

    assert answer.status_code == 303


@pytest.mark.parametrize("slug", ["nothing", "secret"])
def test_newsletter_that_is_not_public_is_not_there(app: Flask, runtime: Runtime, slug: str) -> None:
    with runtime.writing() as session:
        factories.newsletter(session, "secret", is_public=False)

    assert app.test_client().get(f"/n/{slug}").status_code == 404


def test_form_of_another_site_is_refused(browser: FlaskClient, runtime: Runtime) -> None:
    answer = browser.post("/n/letter", data={"email": "ada@naver.com", "newsletter": "1"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code in (400, 403)
    assert forms(runtime) == []


@pytest.mark.parametrize(("header", "words"), [("ko-KR,ko;q=0.9", "구독하기"), ("en-US", "Subscribe"), ("fr", "구독하기")])
def test_page_speaks_the_browsers_language_else_the_newsletters(browser: FlaskClient, header: str, words: str) -> None:
    assert words in browser.get("/n/letter", headers={"Accept-Language": header}).text


def test_scanners_change_nothing_and_the_button_confirms(browser: FlaskClient, runtime: Runtime) -> None:
    link = confirmation_link(runtime)

    seen = {browser.open(link, method=method).status_code for method in ("GET", "HEAD", "OPTIONS") * 7}
    before = states(runtime)
    answer = browser.post(link)

    assert seen == {200}
    assert before["pending"] == 2
    assert answer.status_code == 200
    assert "You are subscribed" in answer.text
    assert states(runtime) == {"active": 3, "pending": 1, "unsubscribed": 1}


def test_confirmation_shows_what_is_agreed_to(browser: FlaskClient, runtime: Runtime) -> None:
    page = browser.get(confirmation_link(runtime))

    assert "Advertising information by e-mail" in page.text


def test_used_link_says_already_confirmed(browser: FlaskClient, runtime: Runtime) -> None:
    link = confirmation_link(runtime)
    browser.post(link)

    again, looked = browser.post(link), browser.get(link)

    assert (again.status_code, looked.status_code) == (200, 200)
    assert "already confirmed" in again.text
    assert "already confirmed" in looked.text


def test_link_that_ran_out_leads_to_the_sign_up_page(browser: FlaskClient, runtime: Runtime, clock: Traveller) -> None:
    link = confirmation_link(runtime)
    clock.shift(72 * 3600 + 1)

    answer = browser.post(link)

    assert answer.status_code == 410
    assert "/n/letter" in answer.text
    assert states(runtime)["pending"] == 2


def test_unknown_link_gives_a_neutral_page(browser: FlaskClient) -> None:
    answers = [browser.open("/confirm/nothing", method=method) for method in ("GET", "POST")]

    assert {answer.status_code for answer in answers} == {404}
    assert len({re.sub(r"\s+", " ", answer.text) for answer in answers}) == 1


def test_confirmed_reader_is_active_and_the_pages_show_no_address(browser: FlaskClient, runtime: Runtime) -> None:
    link = confirmation_link(runtime)

    pages = [browser.get(link), browser.post(link)]

    assert all("new@naver.com" not in page.text for page in pages)
    with runtime.reading() as session:
        assert session.scalar(select(func.count()).where(Subscription.state == Standing.ACTIVE)) == 3
