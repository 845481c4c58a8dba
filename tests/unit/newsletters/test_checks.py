"""What is missing before anything may go out (A11, A14, B3, B15)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from service.core.problems import Severity, is_blocking
from service.newsletters.checks import NEEDED, check
from service.newsletters.models import Newsletter, OpenMeasurement

WHOLE: dict[str, Any] = {
    "slug": "letter",
    "name": "The Letter",
    "sender_name": "The Letter",
    "sender_email": "hello@news.example.com",
    "reply_to": "",
    "legal_name": "Letter Company",
    "legal_email": "desk@example.com",
    "legal_telephone": "+82 2 123 4567",
    "legal_address": "1 Sample Street, Seoul",
    "privacy_url": "",
    "open_measurement": OpenMeasurement.CONSENT,
    "created_at": datetime(2026, 9, 14, tzinfo=UTC),
}


def settings_of(newsletter: Newsletter) -> list[tuple[Severity, str]]:
    return [(problem.severity, problem.values["setting"]) for problem in check(newsletter)]


def test_whole_newsletter_lacks_nothing() -> None:
    assert check(Newsletter(**WHOLE)) == []


@pytest.mark.parametrize("name", [name for name, _ in NEEDED])
@pytest.mark.parametrize("empty", ["", "  "])
def test_each_missing_line_blocks_and_is_named(name: str, empty: str) -> None:
    # given
    newsletter = Newsletter(**WHOLE | {name: empty})

    # when
    found = check(newsletter)

    # then
    assert is_blocking(found)
    assert [problem.values["setting"] for problem in found] == [name]


def test_freemail_sender_blocks() -> None:
    assert settings_of(Newsletter(**WHOLE | {"sender_email": "letter@gmail.com"})) == [(Severity.ERROR, "sender_email")]


def test_notice_without_its_address_blocks() -> None:
    newsletter = Newsletter(**WHOLE | {"open_measurement": OpenMeasurement.NOTICE})

    assert settings_of(newsletter) == [(Severity.ERROR, "privacy_url")]


def test_deaf_reply_address_is_worth_a_look() -> None:
    assert settings_of(Newsletter(**WHOLE | {"reply_to": "no-reply@example.com"})) == [(Severity.WARNING, "reply_to")]
    assert settings_of(Newsletter(**WHOLE | {"sender_email": "noreply@example.com"})) == [(Severity.WARNING, "sender_email")]
