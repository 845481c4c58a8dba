"""Which blocks of a letter belong together."""

from service.issues.blocks import CallToAction, Digest, Heading, Hero, Prose, Story
from service.issues.document import Document
from service.statistics import sections


def test_heading_and_story_begin_a_section_and_what_follows_belongs_to_it() -> None:
    blocks = (Hero("h"), Prose("p1", text="Hello"), Story("s1", emoji="🧭", title="First"), Prose("p2"), Heading("x", text="Second"))
    document = Document("Title", blocks=(*blocks, Digest("d", title="Short"), CallToAction("c", lines=("Join us",))))

    found = sections.of(document)

    assert [(section.key, section.heading) for section in found] == [
        ("h", ""),
        ("s1", "🧭 First"),
        ("x", "Second"),
        ("d", "Short"),
        ("c", "Join us"),
    ]
    assert sections.by_block(found)["p1"] == "h"
    assert sections.by_block(found)["p2"] == "s1"


def test_letter_without_blocks_has_no_sections() -> None:
    assert sections.of(Document("Title")) == []
