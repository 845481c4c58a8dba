"""A letter on narrow screens: nothing sticks out, whatever an editor pastes (A35)."""

import dataclasses
from typing import TYPE_CHECKING

import pytest

from service.core.settings import ROOT
from service.issues.blocks import More, Prose, Quote, Story
from service.issues.document import Document
from service.rendering import compile as compiling
from service.rendering import engine, letterhead, preview
from tests.support import documents

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LONG, ADDRESS = "가" * 60, "https://example.com/" + "x" * 80

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [320, 375, 720])
def test_no_letter_is_wider_than_its_screen(chromium: "Browser", width: int) -> None:
    story = Story("s", emoji="📚", title=LONG, summary=LONG, facts=(ADDRESS,), why=(LONG,), more=More(LONG, ADDRESS, ADDRESS))
    blocks = (Prose("p", f"{LONG} {ADDRESS}"), story, Quote("q", ADDRESS), *documents.letter().blocks)
    document = dataclasses.replace(documents.letter(), title=LONG, blocks=blocks)

    wide = shown_width(chromium, document, width)

    assert wide <= width


def shown_width(chromium: "Browser", document: Document, width: int) -> int:
    """How far a reader of this screen would have to scroll to the right, in pixels."""
    environment = engine.make_environment(ROOT / "templates/email")
    letter = compiling.render(document, letterhead.sample("ko"), environment=environment, image_url=documents.FILES.get)
    page = chromium.new_page(viewport={"width": width, "height": 900})
    page.route("http*://**/*", lambda route: route.abort())
    page.set_content(preview.preview(letter).html)
    found: int = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    return found
