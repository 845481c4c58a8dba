"""Single mails: every kind in both languages, whatever the reader's name is."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from jinja2 import Environment

from service.core.settings import ROOT
from service.delivery.telling.notices import Kind
from service.rendering import engine, letterhead, notices

TEMPLATES = ROOT / "templates/email/notices"
READER = {
    "subscriber_id": 1,
    "name": "Ada",
    "facts": [["newsletter", "granted"], ["advertising", "withdrawn"], ["open_tracking", "granted"]],
    "at": datetime(2026, 9, 13, 16, 0, tzinfo=UTC),
    "hours": 72,
    "confirm_url": "https://news.example.com/confirm/token",
    "unsubscribe_url": "https://news.example.com/u/token",
    "preferences_url": "https://news.example.com/p/token",
    "sign_up_url": "https://news.example.com/n/letter",
}
OF_READERS = (Kind.CONFIRM_SUBSCRIPTION, Kind.WELCOME, Kind.CONSENT_NOTICE, Kind.UNSUBSCRIBED)
DESK = {"title": "A title", "slot_text": "Wed 07:30", "reason": "A link is missing", "url": "https://news.example.com/admin/issues/1"}
COUNTED = {"counts": {"added": 3, "already": 1, "refused": 2}, "number": 4, "days_left": 11}


@pytest.fixture(scope="module")
def environment() -> Environment:
    return engine.make_environment(ROOT / "templates/email")


def render(environment: Environment, kind: str, language: str = "en", **values: Any) -> notices.RenderedNotice:
    given = READER if kind in OF_READERS else DESK | COUNTED
    return notices.render(
        kind, given | values, language=language, head=letterhead.sample(language), zone="Asia/Seoul", environment=environment
    )


def test_every_kind_has_its_templates_and_every_template_its_kind() -> None:
    found = {file.name for file in TEMPLATES.iterdir() if not file.name.startswith("_")}

    assert found == {f"{kind}.{form}" for kind in Kind for form in ("mjml", "txt")}


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("kind", list(Kind))
def test_html_and_text_say_the_same_and_have_the_same_links(environment: Environment, kind: Kind, language: str) -> None:
    notice = render(environment, kind, language)

    links = set(re.findall(r'href="(https://[^"]+)"', notice.html))
    assert links == set(re.findall(r"https://\S+", notice.text))
    assert notice.subject
    assert f'lang="{language}"' in notice.html
    assert "<img" not in notice.html


def test_notice_to_the_desk_needs_no_value_but_its_kind(environment: Environment) -> None:
    notice = notices.render("needs_decision", {}, language="en", head=None, zone="UTC", environment=environment)

    assert "Pressrun" in notice.text


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "{{ 7*7 }}", "{% raw %}", "{newsletter}", 'Ada "&" Ben', "에이다 ❤"])
def test_name_is_text_and_nothing_else(environment: Environment, name: str) -> None:
    notice = render(environment, "welcome", name=name)

    assert f"Welcome, {name}" in notice.text
    assert "<script>" not in notice.html
    assert "49" not in notice.text.splitlines()[0]


def test_line_break_in_a_title_stays_out_of_the_subject(environment: Environment) -> None:
    notice = render(environment, "issue_paused", title="A\r\nBcc: ben@gmail.com")

    assert "\n" not in notice.subject
    assert "\r" not in notice.subject


def test_consent_notice_names_sender_facts_day_and_result(environment: Environment) -> None:
    notice = render(environment, "consent_notice")

    for words in ("Sample News", "Advertising information by e-mail: withdrawn", "Measuring opens: agreed", "14 September 2026"):
        assert words in notice.text


def test_confirmation_never_holds_the_name(environment: Environment) -> None:
    notice = render(environment, "confirm_subscription", name="Visit evil.example now")

    assert "evil.example" not in notice.html + notice.text + notice.subject
