"""Pasted HTML keeps links, bold, italics, lists, headings and alternative texts, and nothing that runs."""

import pytest

from service.issues.blocks import Digest, Heading, Hero, ListBlock, Mark, Prose, Quote, Rich, Story
from service.issues.decoding import UnreadableText
from service.issues.document import Document
from service.issues.reading import html as reading_html


def read(html: str) -> Document:
    return reading_html.from_html(html).document


def test_marks_of_a_paragraph_are_kept() -> None:
    html = '<h1>T</h1><p>Hi <b>dear</b>\n reader, see <a href="https://e.example/1">this <i>link</i></a> &amp; &lt;b&gt;.</p>'

    (block,) = read(html).blocks

    assert isinstance(block, Prose)
    assert block.text == Rich(
        "Hi dear reader, see this link & <b>.",
        (Mark("bold", 3, 7), Mark("link", 20, 29, "https://e.example/1"), Mark("italic", 25, 29)),
    )


def test_what_runs_or_hides_is_dropped() -> None:
    html = (
        '<h1>T</h1><style>p{}</style><script>alert(1)</script><div style="display: none">hidden</div><p onclick="x()">One '
        '<a href="javascript:alert(1)">two</a></p><img src="https://t.example/o.gif" width="1" height="1"><!-- three -->'
    )

    (block,) = read(html).blocks

    assert isinstance(block, Prose)
    assert block.text == "One two"


def test_lists_quotations_and_headings_are_blocks() -> None:
    html = "<h1>T</h1><p>First.</p><h2>Two</h2><ul><li>a</li><li><b>b</b> c</li></ul><ol><li>d</li></ol><blockquote>Quiet.</blockquote>"

    blocks = read(html).blocks

    assert [type(block) for block in blocks] == [Prose, Heading, ListBlock, ListBlock, Quote]
    assert isinstance(blocks[2], ListBlock)
    assert blocks[2].items == ("a", Rich("b c", (Mark("bold", 0, 1),)))
    assert isinstance(blocks[3], ListBlock)
    assert blocks[3].ordered


def test_pictures_keep_address_and_alternative_text() -> None:
    html = '<h1>T</h1><p>Ada 2026.03.04 09:40 PST</p><img src="https://e.example/h.jpg" alt="Tanks"><p>Ice (Photo: B)</p><p>Text.</p>'

    hero = read(html).blocks[0]

    assert isinstance(hero, Hero)
    assert (hero.image, hero.alt, hero.caption, hero.credit) == ("https://e.example/h.jpg", "Tanks", "Ice", "(Photo: B)")


def test_story_in_html_has_its_parts() -> None:
    html = (
        "<h1>T</h1><h2>🧊 Ice</h2><h3>Fact summary: it works</h3><ol><li>One</li><li>Two</li></ol>"
        "<p><strong>Why it matters:</strong> so.</p>"
        '<p>👉Learn more: <a href="https://e.example/m">all of it</a></p>'
    )

    (story,) = read(html).blocks

    assert isinstance(story, Story)
    assert (story.title, story.summary, story.facts, story.why) == ("Ice", "it works", ("One", "Two"), ("so.",))
    assert story.more is not None
    assert (story.more.text, story.more.url) == ("all of it", "https://e.example/m")


def test_bold_lead_of_a_digest_is_certain() -> None:
    html = "<h1>T</h1><h2>➕ News in brief</h2><ul><li><strong>A glider flew</strong>The wind was even.</li></ul>"

    (digest,) = read(html).blocks

    assert isinstance(digest, Digest)
    assert [(item.lead, item.text, item.guessed) for item in digest.items] == [("A glider flew", "The wind was even.", False)]


def test_line_breaks_part_lines_and_two_part_paragraphs() -> None:
    blocks = read("<h1>T</h1><div>One.<br>Two.<br><br>Three.</div>").blocks

    assert [block.text for block in blocks if isinstance(block, Prose)] == ["One.", "Two.", "Three."]


def test_bold_switched_off_by_style_is_not_bold() -> None:
    (block,) = read('<h1>T</h1><b style="font-weight:normal"><p>One <span style="font-weight:700">two</span></p></b>').blocks

    assert isinstance(block, Prose)
    assert block.text == Rich("One two", (Mark("bold", 4, 7),))


@pytest.mark.parametrize("html", ["", "  ", "<!-- x -->", "<div></div>", "<script>x</script>"])
def test_html_that_shows_nothing_is_refused(html: str) -> None:
    with pytest.raises(UnreadableText, match="empty"):
        reading_html.from_html(html)
