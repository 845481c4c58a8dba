"""Edith's journey: she pastes a text, mends what was found, looks at the letter, books it, and stops what she sent too soon."""

from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from service.accounts.models import Role
from service.core.settings import ROOT
from service.issues import editing, queries
from service.issues.reading import pasted
from service.newsletters.models import Newsletter
from service.schedule import booking, cadence
from tests.browser.conftest import Desk, sign_in
from tests.support import factories
from workers import issues as worker

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

SAMPLE = (ROOT / "service/cli/samples/issue.en.txt").read_text(encoding="utf-8")
HTML = "<h1>A headline</h1><p>Good <b>morning</b>, here is <a href='https://example.com/x'>a link</a> to begin with.</p>"
COLOR = "words => getComputedStyle(words).color"
PASTE = """([area, html]) => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  data.setData("text/plain", "A headline");
  area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  area.value = "A headline";
  area.dispatchEvent(new InputEvent("input", { bubbles: true }));
}"""


@pytest.fixture
def letter(desk: Desk) -> Newsletter:
    with desk.runtime.writing() as session:
        letter = factories.newsletter(session, language="en")
        cadence.change(session, letter.id, zone="Asia/Seoul", weekdays=(1, 3, 5), local_time=time(7, 30), user_id=None)
        factories.reader(session, letter, "ada@naver.com")
    return letter


@pytest.fixture
def edith(desk: Desk, page: "Page", letter: Newsletter) -> "Page":
    sign_in(page, desk.person("Edith", Role.EDITOR))
    return page


def _draft(desk: Desk, letter: Newsletter) -> int:
    with desk.runtime.writing() as session:
        return editing.create(session, letter.id, pasted.read(SAMPLE).document, user_id=None).id


def test_editor_takes_a_pasted_text_to_its_slot(desk: Desk, edith: "Page", letter: Newsletter) -> None:
    # given a text that was read and made a draft
    edith.goto("/admin/issues/new")
    edith.get_by_label("Text of the issue").fill(SAMPLE)
    edith.get_by_role("button", name="Read the text").click()
    edith.locator(".read-part").nth(10).wait_for()
    edith.get_by_role("button", name="Make the draft").click()

    # when the headline is changed with the keyboard, and the issue is booked
    edith.get_by_label("Headline").fill("Ice for the afternoon")
    edith.keyboard.press("Control+s")
    edith.get_by_text("Saved.").wait_for()
    edith.get_by_role("link", name="Check and book").click()
    edith.get_by_role("button", name="Book it").click()

    # then the slot stands there on both clocks, and turns ready by itself once a worker has made it so
    assert "Seoul" in edith.locator(".slot-clock").inner_text()
    edith.get_by_text("Being made ready").first.wait_for()
    with desk.runtime.reading() as session:
        issue_id = queries.listed(session, letter.id).items[0].id
        slot = booking.slot_of(session, issue_id)
    assert slot is not None
    worker.compile_issue(desk.runtime, revision_id=slot.revision_id or 0)
    edith.locator(".slot-readiness").get_by_text("Ready", exact=True).wait_for()


def test_pasted_html_brings_links_and_bold_along(edith: "Page") -> None:
    # given
    edith.goto("/admin/issues/new")

    # when
    area = edith.get_by_label("Text of the issue")
    edith.evaluate(PASTE, [area.element_handle(), HTML])

    # then
    edith.get_by_text("Links, bold and lists of the paste are kept.").wait_for()
    edith.get_by_role("button", name="Read the text").click()
    edith.get_by_role("button", name="Make the draft").click()
    edith.get_by_role("link", name="Unfold all").click()
    text = edith.get_by_label("Text", exact=True).first.input_value()
    assert text == "Good **morning**, here is [a link](https://example.com/x) to begin with."


def test_editor_sees_the_letter_as_desktop_phone_dark_and_text(desk: Desk, edith: "Page", letter: Newsletter) -> None:
    # given
    edith.goto(f"/admin/issues/{_draft(desk, letter)}/preview")

    # when and then
    frame = edith.frame_locator("#letter")
    light = frame.locator("h1").evaluate(COLOR)
    edith.get_by_role("link", name="Phone").click()
    assert edith.locator("#letter").bounding_box()["width"] == 375  # type: ignore[index]
    edith.get_by_role("link", name="Dark").click()
    edith.wait_for_url("**view=dark**")
    assert frame.locator("h1").evaluate(COLOR) != light
    edith.get_by_role("link", name="Text", exact=True).click()
    assert edith.locator("pre").inner_text().strip()


def test_editor_moves_a_part_by_keyboard_and_gives_it_a_picture(desk: Desk, edith: "Page", letter: Newsletter, tmp_path: Path) -> None:
    # given
    issue_id = _draft(desk, letter)
    Image.new("RGB", (60, 40), (200, 80, 20)).save(tmp_path / "hero.png")
    edith.goto(f"/admin/issues/{issue_id}/edit?open=hero")
    before = edith.locator("[data-id]").evaluate_all("parts => parts.map((part) => part.dataset.id)")

    # when
    edith.locator("#part-hero input[type=file]").set_input_files(tmp_path / "hero.png")
    edith.locator("#part-hero").get_by_role("button", name="Down").focus()
    edith.keyboard.press("Enter")

    # then
    edith.locator("#part-hero img").wait_for()
    after = edith.locator("[data-id]").evaluate_all("parts => parts.map((part) => part.dataset.id)")
    assert after[:2] == [before[1], before[0]]


def test_editor_sends_now_and_stops_in_time(desk: Desk, edith: "Page", letter: Newsletter) -> None:
    # given
    issue_id = _draft(desk, letter)
    edith.goto(f"/admin/issues/{issue_id}")

    # when
    edith.locator("details.confirm summary", has_text="Send now").click()
    edith.get_by_text("Readers who get it: 1.").wait_for()
    edith.get_by_role("button", name="Yes, send it to all 1").click()

    # then the seconds run, and Stop works
    number = edith.locator("[data-countdown]")
    number.wait_for()
    assert 0 < int(number.inner_text()) <= 60
    edith.get_by_role("button", name="Stop").click()
    edith.get_by_text("Stopped. Nothing was sent").wait_for()


def test_month_is_walked_with_the_keyboard_and_a_slot_skipped(edith: "Page") -> None:
    # given
    edith.goto("/admin/schedule")
    slot = edith.locator(".day-slot").first
    if not slot.is_visible():
        edith.get_by_role("link", name="List").click()
        slot = edith.locator(".slot-row a").first

    # when
    slot.focus()
    edith.keyboard.press("Enter")
    edith.get_by_label("Reason").fill("Harvest holiday")
    edith.keyboard.press("Enter")

    # then
    edith.get_by_text("The slot is skipped.").wait_for()
    edith.get_by_text("Harvest holiday").wait_for()


PATHS = ["/admin/issues", "/admin/schedule", "/admin/schedule?view=list", "/admin/issues/new", "edit", "preview", ""]


@pytest.mark.parametrize("path", PATHS)
def test_no_page_is_wider_than_a_phone(desk: Desk, edith: "Page", letter: Newsletter, path: str) -> None:
    # given
    issue_id = _draft(desk, letter)
    edith.set_viewport_size({"width": 375, "height": 740})

    # when
    edith.goto(path if path.startswith("/") else f"/admin/issues/{issue_id}/{path}".rstrip("/"))

    # then
    assert edith.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
