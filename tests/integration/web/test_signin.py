"""Signing in: counted tries, equal work for known and unknown, sessions that end (F1, F2, F11)."""

import re

import pytest
from flask import Flask
from time_machine import Traveller
from werkzeug.test import TestResponse

from service.accounts import passwords, users
from service.accounts.models import Role, User
from service.runtime import Runtime
from tests.support import desk
from tests.support.desk import PASSWORD, Browser

pytestmark = pytest.mark.usefixtures("clock")  # before anybody signs in


@pytest.fixture(scope="module")
def password_hash() -> str:
    return passwords.hashed(PASSWORD)


@pytest.fixture
def otto_account(runtime: Runtime, password_hash: str) -> User:
    return desk.user(runtime, "Otto", Role.OPERATOR, password_hash=password_hash)


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """The hashes that a password was checked against: the work of a try."""
    seen: list[str | None] = []
    check = passwords.is_correct

    def watch(password_hash: str | None, password: str) -> bool:
        seen.append(password_hash)
        return check(password_hash, password)

    monkeypatch.setattr(passwords, "is_correct", watch)
    return seen


def sign_in(browser: Browser, password: str = PASSWORD, email: str = "otto@example.com", **fields: str) -> TestResponse:
    return browser.post("/admin/sign-in", {"email": email, "password": password, **fields})


def test_right_password_opens_the_desk(otto_account: User, stranger: Browser) -> None:
    # when
    answer = sign_in(stranger, email=" Otto@Example.com ", next="/admin/users")

    # then
    assert (answer.status_code, answer.location) == (303, "/admin/users")
    assert stranger.get("/admin/users").status_code == 200
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith("pressrun-session="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_signing_in_never_leads_elsewhere(otto_account: User, stranger: Browser) -> None:
    assert sign_in(stranger, next="//evil.example").location == "/admin"


def test_known_and_unknown_get_the_same_answer_and_the_same_work(otto_account: User, stranger: Browser, verified: list[str | None]) -> None:
    # when
    wrong, unknown = sign_in(stranger, "wrong password here"), sign_in(stranger, "wrong password here", "nobody@example.com")

    # then
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert wrong.text.replace("otto@", "nobody@").split("<h1>")[1].count("not right") == unknown.text.count("not right") == 1
    assert verified == [otto_account.password_hash, None]


def test_unknown_address_costs_a_real_check(monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    calls: list[str] = []

    class Hasher:
        def hash(self, _password: str) -> str:
            return "made-up"

        def verify(self, password_hash: str, _password: str) -> bool:
            calls.append(password_hash)
            return True

    monkeypatch.setattr(passwords, "_hasher", Hasher())
    passwords._nobody.cache_clear()

    # when
    is_correct = passwords.is_correct(None, "whatever it is")
    passwords._nobody.cache_clear()

    # then the same verification ran, and said no
    assert (is_correct, calls) == (False, ["made-up"])


def test_sixth_try_in_fifteen_minutes_waits(otto_account: User, stranger: Browser, clock: Traveller, verified: list[str | None]) -> None:
    # given five wrong ones
    for _ in range(5):
        assert sign_in(stranger, "wrong password here").status_code == 422

    # when even the right one comes
    answer = sign_in(stranger)

    # then it is not looked at; a quarter of an hour later it is
    assert answer.status_code == 429
    assert "15 minutes" in answer.text
    assert len(verified) == 5
    clock.shift(15 * 60 + 1)
    assert sign_in(stranger).status_code == 303


def test_tries_of_an_unknown_address_are_counted_alike(stranger: Browser, clock: Traveller) -> None:
    statuses = [sign_in(stranger, "wrong password here", "nobody@example.com").status_code for _ in range(6)]

    assert statuses == [422] * 5 + [429]


def test_disabled_user_cannot_sign_in(otto_account: User, stranger: Browser, runtime: Runtime) -> None:
    # given
    olga = desk.user(runtime, "Olga", Role.OPERATOR)
    with runtime.writing() as session:
        users.disable(session, otto_account.id, by=olga.id)

    # when
    answer = sign_in(stranger)

    # then
    assert answer.status_code == 422


def test_signing_in_gives_a_new_session_each_time(otto_account: User, stranger: Browser) -> None:
    # given a browser with a session, and a token planted by somebody else
    stranger.client.set_cookie("pressrun-session", "planted")

    # when
    first = sign_in(stranger).headers.getlist("Set-Cookie")[0]
    stranger.post("/admin/sign-out")
    second = sign_in(stranger).headers.getlist("Set-Cookie")[0]

    # then
    assert "planted" not in first
    assert first != second


def test_session_ends_when_idle(otto: Browser, clock: Traveller) -> None:
    clock.shift(29 * 60)
    assert otto.get("/admin").status_code == 200

    clock.shift(31 * 60)
    assert otto.get("/admin").status_code == 303


def test_session_ends_after_its_hours_however_busy(otto: Browser, clock: Traveller) -> None:
    for _ in range(12 * 3):
        clock.shift(20 * 60 - 1)
        assert otto.get("/admin").status_code == 200

    clock.shift(60)
    assert otto.get("/admin").status_code == 303


def test_what_a_page_asks_by_itself_does_not_keep_the_session(otto: Browser, clock: Traveller) -> None:
    # given a dashboard that asks every few minutes
    for _ in range(3):
        clock.shift(10 * 60)
        answer = otto.get("/admin", headers={"HX-Request": "true"})

    # then the page is told to go to the door
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].startswith("/admin/sign-in")


def test_signing_out_ends_the_session_on_the_server(otto: Browser) -> None:
    # given
    cookie = otto.client.get_cookie("pressrun-session")
    assert cookie is not None

    # when
    otto.post("/admin/sign-out")
    otto.client.set_cookie("pressrun-session", cookie.value)

    # then
    assert otto.get("/admin").status_code == 303


def test_new_password_ends_every_other_session(otto_account: User, app: Flask, runtime: Runtime) -> None:
    # given the same person in two browsers
    here, there = desk.browser(app, runtime, otto_account), desk.browser(app, runtime, otto_account)

    # when
    answer = here.post("/admin/account/password", {"current": PASSWORD, "new": "another four unrelated words"})

    # then
    assert answer.status_code == 303
    assert here.get("/admin").status_code == 200
    assert there.get("/admin").status_code == 303


def test_new_password_needs_the_present_one(otto_account: User, app: Flask, runtime: Runtime) -> None:
    here = desk.browser(app, runtime, otto_account)

    answer = here.post("/admin/account/password", {"current": "not the present one", "new": "another four unrelated words"})

    assert answer.status_code == 422
    assert "not your present password" in answer.text


@pytest.mark.parametrize("change", ["role", "password", "disable"])
def test_operator_changing_a_user_ends_that_users_sessions(otto: Browser, app: Flask, runtime: Runtime, change: str) -> None:
    # given
    edith = desk.user(runtime, "Edith", Role.EDITOR)
    browser = desk.browser(app, runtime, edith)
    assert browser.get("/admin").status_code == 200

    # when
    otto.post(f"/admin/users/{edith.id}/{change}", {"role": "operator", "password": "another four unrelated words"})

    # then
    assert browser.get("/admin").status_code == 303


def test_last_operator_stays(otto: Browser, runtime: Runtime) -> None:
    # when
    answer = otto.post("/admin/users/1/role", {"role": "editor"})

    # then
    assert answer.status_code == 409
    assert "only operator" in answer.text
    assert otto.get("/admin/users").status_code == 200


def test_first_visit_says_how_to_make_a_user(stranger: Browser) -> None:
    assert "pressrun users create" in stranger.get("/admin/sign-in").text


def test_later_visit_does_not(otto_account: User, stranger: Browser) -> None:
    assert "pressrun users create" not in stranger.get("/admin/sign-in").text


def test_person_chooses_the_language(otto: Browser) -> None:
    # when
    answer = otto.post("/admin/account/language", {"language": "ko", "next": "/admin/users"})

    # then
    assert answer.location == "/admin/users"
    assert '<html lang="ko">' in otto.get("/admin/users").text


def test_stranger_is_greeted_in_the_browsers_language(stranger: Browser) -> None:
    assert '<html lang="ko">' in stranger.get("/admin/sign-in", headers={"Accept-Language": "ko-KR,ko;q=0.9"}).text
    assert '<html lang="en">' in stranger.get("/admin/sign-in", headers={"Accept-Language": "fr"}).text


def test_reports_by_mail_are_switched_off_in_ones_account(otto: Browser, runtime: Runtime) -> None:
    page = otto.get("/admin/account")
    form = {"name": "Otto", "language": "en", "zone": "Asia/Seoul"}

    otto.post("/admin/account", form)

    assert re.search(r'name="gets_reports"[^>]*checked', page.text)
    assert not re.search(r'name="gets_reports"[^>]*checked', otto.get("/admin/account").text)
    otto.post("/admin/account", form | {"gets_reports": "1"})
    assert re.search(r'name="gets_reports"[^>]*checked', otto.get("/admin/account").text)
