"""Otto's journey: he signs in, sees what needs a look, and fills in what is missing."""

from typing import TYPE_CHECKING

import pytest

from service.accounts.models import Role
from tests.browser.conftest import Desk, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_operator_signs_in_and_sees_the_dashboard(desk: Desk, page: "Page") -> None:
    # given
    otto = desk.person("Otto", Role.OPERATOR)

    # when
    sign_in(page, otto)

    # then
    assert page.get_by_role("heading", level=1).inner_text() == "Hello, Otto"
    page.get_by_role("link", name="Deliveries").click()
    page.get_by_text("Nothing has gone out yet").wait_for()


def test_operator_makes_the_first_newsletter(desk: Desk, page: "Page") -> None:
    # given
    sign_in(page, desk.person("Otto", Role.OPERATOR))

    # when
    page.get_by_role("link", name="New newsletter").click()
    page.get_by_label("Name of the newsletter").fill("The Letter")
    page.get_by_label("Short name").fill("letter")
    page.get_by_role("button", name="Make the newsletter").click()

    # then the page says what is missing, and a link leads to the field
    warning = page.get_by_role("status").filter(has_text="can be booked yet")
    warning.get_by_role("link", name="telephone").click()
    assert page.url.endswith("#legal_telephone")


def test_wrong_password_is_told_and_nothing_else(desk: Desk, page: "Page") -> None:
    # given
    otto = desk.person("Otto", Role.OPERATOR)

    # when
    page.goto("/admin/sign-in")
    page.get_by_label("E-mail").fill(otto)
    page.get_by_label("Password").fill("not the right one")
    with page.expect_response("**/admin/sign-in"):
        page.get_by_role("button", name="Sign in").click()

    # then
    page.get_by_text("The address or the password is not right.").wait_for()


def test_keyboard_alone_reaches_the_content(desk: Desk, page: "Page") -> None:
    # given
    sign_in(page, desk.person("Otto", Role.OPERATOR))

    # when
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    # then
    assert page.url.endswith("#content")
