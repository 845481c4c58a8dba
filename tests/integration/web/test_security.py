"""Headers, hosts, tokens, cookies, sizes and errors of the web application (F2, F3, F4, F10, F18)."""

from pathlib import Path

import pytest
from flask import Flask, Response
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError, OperationalError

from service.accounts.models import User
from service.core.settings import Settings
from service.runtime import Runtime
from service.subscribers.models import Subscriber
from service.web import access, security
from service.web.app import make_app
from tests.support import desk
from tests.support.desk import Browser


def policy(answer: Response) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in answer.headers["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


@pytest.mark.parametrize("path", ["/admin", "/admin/sign-in", "/admin/newsletters", "/nothing-here", "/healthz"])
def test_policy_allows_nothing_inline(otto: Browser, path: str) -> None:
    # when
    answer = otto.get(path)

    # then
    rules = policy(answer)
    assert rules["default-src"] == "'none'"
    assert {rules[name] for name in ("script-src", "style-src", "img-src", "font-src", "connect-src", "form-action")} == {"'self'"}
    assert (rules["frame-ancestors"], rules["base-uri"]) == ("'none'", "'none'")
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "Permissions-Policy" in answer.headers


def test_pages_hold_no_inline_script_or_style(otto: Browser) -> None:
    # given the pages of the desk
    paths = ("/admin", "/admin/account", "/admin/users", "/admin/users/new", "/admin/newsletters", "/admin/audit", "/admin/deliveries")

    # when
    texts = [otto.get(path).text for path in paths]

    # then the policy would have nothing to forbid
    for text in texts:
        assert "<style" not in text
        assert " style=" not in text
        assert " onclick=" not in text
        assert "<script>" not in text


def test_pages_of_the_desk_are_not_kept(otto: Browser) -> None:
    assert otto.get("/admin/users").headers["Cache-Control"] == "no-store"


def test_letter_in_a_frame_has_its_own_policy(app: Flask) -> None:
    # given
    with app.test_request_context("/"):
        # when
        answer = security.letter_policy(Response("<p style='color:red'>letter</p>"))

    # then it runs nothing, sends nothing, and only our own pages may frame it
    rules = policy(answer)
    assert "script-src" not in rules
    assert rules["default-src"] == "'none'"
    assert rules["style-src"] == "'unsafe-inline'"
    assert "allow-scripts" not in rules["sandbox"]
    assert "allow-same-origin" not in rules["sandbox"]
    assert (rules["form-action"], rules["frame-ancestors"]) == ("'none'", "'self'")


def test_change_without_token_is_refused(otto: Browser) -> None:
    answer = otto.client.post("/admin/account/language", data={"language": "ko"})

    assert answer.status_code == 400
    assert "Open it again" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_change_from_another_site_is_refused_even_with_token(otto: Browser, headers: dict[str, str]) -> None:
    answer = otto.post("/admin/account/language", {"language": "ko"}, headers=headers)

    assert answer.status_code == 403
    assert "another site" in answer.text


def test_change_from_our_own_page_is_taken(otto: Browser) -> None:
    answer = otto.post(
        "/admin/account/language", {"language": "ko"}, headers={"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}
    )

    assert answer.status_code == 303


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_unknown_host_is_refused(otto: Browser, method: str) -> None:
    answer = otto.client.open("/admin/sign-in", method=method, headers={"Host": "evil.example"})

    assert answer.status_code == 400


def test_too_large_form_is_refused_in_words(otto: Browser) -> None:
    answer = otto.post("/admin/account", {"name": "x" * (security.LARGEST_FORM + 1)}, content_type="multipart/form-data")

    assert answer.status_code == 413
    assert "too much at once" in answer.text


def test_long_issue_as_one_field_is_taken(otto: Browser) -> None:
    # given a field beyond Flask's own 500 kB
    text = "긴 글 " * 200_000

    # when
    answer = otto.post("/admin/account", {"name": text, "language": "en", "zone": "Asia/Seoul"})

    # then it is read, and refused for its own reason
    assert answer.status_code == 422
    assert "At most" in answer.text


def test_over_https_cookies_are_bound_to_the_host(runtime: Runtime) -> None:
    # given a desk that readers reach over https, behind a proxy
    secure = Runtime(runtime.settings.model_copy(update={"base_url": "https://news.example.com", "behind_proxy": True}))
    secure.database = runtime.database
    browser = desk.Browser(make_app(secure))

    # when
    answer = browser.get("/admin/sign-in", headers={"X-Forwarded-Proto": "https", "X-Forwarded-Host": "news.example.com"})

    # then
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-pressrun-form=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_forwarded_headers_count_only_behind_a_proxy(otto: Browser) -> None:
    answer = otto.get("/admin/sign-in", headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"})

    assert "Strict-Transport-Security" not in answer.headers


def test_fault_tells_a_number_and_nothing_else(app: Flask, otto: Browser) -> None:
    # given a page with a fault
    def broken() -> str:
        raise RuntimeError("secret_keys=1:abcdef")

    app.view_functions["home.show"] = access.editor(broken)

    # when
    answer = otto.get("/admin")

    # then
    assert answer.status_code == 500
    assert "Number of this fault" in answer.text
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


def test_database_away_is_503_with_retry_after(app: Flask, otto: Browser) -> None:
    # given
    def away() -> str:
        raise OperationalError("SELECT 1", {}, Exception("connection refused"))

    app.view_functions["home.show"] = access.editor(away)

    # when
    answer = otto.get("/admin")

    # then
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Nothing is lost" in answer.text


def test_missing_page_speaks_the_language_of_who_is_signed_in(runtime: Runtime, otto: Browser) -> None:
    with runtime.writing() as session:
        session.execute(update(User).values(language="ko"))

    page = otto.get("/admin/nothing-here", headers={"Accept-Language": "en"})

    assert page.status_code == 404
    assert "없는 페이지입니다." in page.text


def test_missing_page_names_the_way_back(stranger: Browser) -> None:
    # given a page of the desk and one for readers, who have no business at the desk
    desk_page, readers_page = (stranger.get(f"{where}/nothing-here", headers={"Accept-Language": "en"}) for where in ("/admin", ""))

    # then
    assert (desk_page.status_code, readers_page.status_code) == (404, 404)
    assert "To the start page" in desk_page.text
    assert "/admin" not in readers_page.text


def test_health_tells_what_answers(stranger: Browser) -> None:
    assert stranger.get("/healthz").json == {"status": "alive"}
    assert stranger.get("/readyz").json == {"status": "ready", "database": True, "valkey": True}


def test_not_ready_while_valkey_is_away(runtime: Runtime, tmp_path: Path) -> None:
    # given a runtime whose Valkey is not there
    lonely = Runtime(Settings(_env_file=None, var_dir=tmp_path / "lonely", valkey_url="redis://127.0.0.1:1"))  # type: ignore[call-arg]
    lonely.database = runtime.database

    # when
    answer = desk.Browser(make_app(lonely)).get("/readyz")

    # then
    assert answer.status_code == 503
    assert answer.json == {"status": "not ready", "database": True, "valkey": False}


def test_pages_work_without_the_built_front_end(runtime: Runtime, tmp_path: Path) -> None:
    # given
    app = make_app(runtime)
    app.static_folder = str(tmp_path)
    person = desk.user(runtime, "Olga")

    # when
    answer = desk.browser(app, runtime, person).get("/admin/users")

    # then
    assert answer.status_code == 200
    assert "stylesheet" not in answer.text


def test_database_fault_keeps_the_values_out_of_its_text(runtime: Runtime) -> None:
    # when a statement fails over a reader's name
    with pytest.raises(IntegrityError) as failure, runtime.writing() as session:
        session.execute(insert(Subscriber), [{"name": "Ada Lovelace"}])

    # then neither the log nor a page can repeat it
    assert "Ada" not in str(failure.value)
