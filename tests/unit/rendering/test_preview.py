"""A letter shown to nobody in particular measures nothing and acts for nobody."""

from service.core.settings import ROOT
from service.rendering import compile as compiling
from service.rendering import engine, letterhead, preview
from service.rendering.compile import Rendered
from tests.support import documents, html


def rendered() -> Rendered:
    environment = engine.make_environment(ROOT / "templates/email")
    return compiling.render(documents.letter(), letterhead.sample("ko"), environment=environment, image_url=documents.FILES.get)


def test_preview_leads_straight_and_counts_nothing() -> None:
    seen = preview.preview(rendered())

    assert "https://example.com/read?a=1&b=2" in html.addresses(seen.html)
    assert "https://example.com/hours" in seen.text
    for part in (seen.subject, seen.preheader, seen.html, seen.text):
        assert "pr0" not in part
        assert "go.example.com" not in part
    assert "독자님" in seen.text


def test_browser_shows_the_stored_letter_without_what_was_its_readers() -> None:
    letter = rendered()
    stored = compiling.numbered(letter.html, lambda index: index + 1)
    destinations = {number: link.url for number, link in enumerate(letter.links, start=1)}

    page = preview.browser_html(stored, name="<에이다>", destinations=destinations)

    assert {link.url for link in letter.links} <= set(html.addresses(page))
    assert not any(part in page for part in ("pr0", "go.example.com", "/u/", "/p/", "/v/"))
    assert "&lt;에이다&gt;님" in page
    assert "수신거부" in html.visible_text(page)
