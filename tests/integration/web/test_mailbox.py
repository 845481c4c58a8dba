"""The mailbox beside the local catcher: mails as they arrived, harmless, and only there (F4)."""

from pathlib import Path

import pytest
from flask import Flask

from service.runtime import Runtime
from service.web.app import make_app
from tests.support import desk
from tests.support.desk import Browser

MAIL = """\
Return-Path: <b+token@news.example.com>\r
Delivered-To: {to}\r
From: The Letter <hello@news.example.com>\r
To: {to}\r
Subject: {subject}\r
MIME-Version: 1.0\r
Content-Type: multipart/alternative; boundary=x\r
\r
--x\r
Content-Type: text/plain; charset=utf-8\r
\r
Plain words\r
--x\r
Content-Type: text/html; charset=utf-8\r
\r
<html><head></head><body><script>alert(1)</script><a href="https://example.com">link</a></body></html>\r
--x--\r
"""


@pytest.fixture
def mails(runtime: Runtime) -> Path:
    """Two mails in the catcher's folder, and a file that is none."""
    folder = runtime.settings.var_dir / "mail" / "new"
    folder.mkdir(parents=True)
    (folder / "1790000001.000001.7_0.catcher").write_text(MAIL.format(to="ada@naver.com", subject="First <b>letter</b>"), newline="")
    (folder / "1790000002.000001.7_1.catcher").write_text(MAIL.format(to="ben@gmail.com", subject="Second letter"), newline="")
    (folder / "notes.txt").write_text("not a mail")
    return folder


def test_mails_are_listed_newest_first(otto: Browser, mails: Path) -> None:
    page = otto.get("/admin/mailbox").text

    assert page.index("Second letter") < page.index("First &lt;b&gt;letter")
    assert "not a mail" not in page


def test_search_finds_by_recipient(otto: Browser, mails: Path) -> None:
    page = otto.get("/admin/mailbox?q=ADA@").text

    assert "ada@naver.com" in page
    assert "ben@gmail.com" not in page
    assert "No mail to such an address" in otto.get("/admin/mailbox?q=cleo").text


def test_empty_mailbox_says_what_to_do(otto: Browser) -> None:
    assert "Send an issue or a test" in otto.get("/admin/mailbox").text


def test_letter_is_shown_under_its_own_policy(otto: Browser, mails: Path) -> None:
    # given
    name = "1790000001.000001.7_0.catcher"

    # when
    page, letter, source = (otto.get(f"/admin/mailbox/{name}{part}") for part in ("", "/letter", "/source"))

    # then
    assert 'sandbox="allow-popups' in page.text
    assert "Plain words" in page.text
    assert "<script>alert" not in page.text
    assert "sandbox" in letter.headers["Content-Security-Policy"]
    assert '<base target="_blank">' in letter.text
    assert source.mimetype == "text/plain"
    assert source.data.startswith(b"Return-Path:")


@pytest.mark.parametrize("name", ["..%2f..%2fsecret_keys", "1.1...%2fx", "notes.txt", "1790000009.000001.7_0.catcher"])
def test_nothing_else_can_be_read(otto: Browser, mails: Path, name: str) -> None:
    assert otto.get(f"/admin/mailbox/{name}/source").status_code == 404


def test_there_is_no_mailbox_where_mails_really_leave(runtime: Runtime) -> None:
    # given
    away = Runtime(runtime.settings.model_copy(update={"smtp_url": "smtps://relay.example.com:465"}))
    away.database = runtime.database
    app: Flask = make_app(away)

    # when
    browser = desk.browser(app, away, desk.user(away, "Olga"))

    # then
    assert browser.get("/admin/mailbox").status_code == 404
    assert "/admin/mailbox" not in browser.get("/admin").text
