"""Every text of a document that a reader sees or hears read out, in reading order: for counting, searching and for proving nothing lost."""

from collections.abc import Iterator

from service.issues.blocks import (
    QA,
    Block,
    CallToAction,
    Contents,
    Digest,
    Figure,
    Heading,
    Hero,
    Image,
    Insight,
    ListBlock,
    More,
    Prose,
    Quote,
    Signoff,
    Story,
    Tagline,
    Text,
)
from service.issues.document import Document


def document_texts(document: Document) -> Iterator[Text]:
    """Headline, series, byline, then the texts of each block; alternative texts, labels and emoji are among them."""
    yield document.title
    yield from _given(document.series, document.period)
    if document.byline is not None:
        yield from _given(document.byline.portrait_alt, document.byline.text or document.byline.author)
    for block in document.blocks:
        yield from texts_of(block)


def texts_of(block: Block) -> Iterator[Text]:
    """The texts of one block, in reading order."""
    match block:
        case Hero() | Figure():
            yield from _given(block.alt, block.caption, block.credit)
        case Contents():
            for entry in block.items:
                yield from _given(entry.emoji, entry.text)
        case Prose() | Heading() | Tagline():
            yield block.text
        case Quote():
            yield from _given(block.text, block.source)
        case ListBlock():
            yield from block.items
        case QA():
            yield from _given(block.question_label, block.question, block.answer_label, block.answer)
        case Story():
            yield from _story(block)
        case Insight():
            yield from _given(block.emoji, block.label, block.title)
            yield from _image(block.figure)
            yield from block.paragraphs
            yield from _more(block.more)
        case Digest():
            yield from _given(block.emoji, block.title)
            yield from _image(block.figure)
            for item in block.items:
                yield from _given(item.lead, item.text)
        case Signoff():
            yield from signoff_lines(block)
        case CallToAction():
            yield from block.lines


def others_after(story: Story, part: str) -> Iterator[Text]:
    """The other paragraphs of a story that stand behind `part` (`title`, `facts`, or between items `facts:2`)."""
    for other in story.other:
        if other.after == part:
            yield other.text


def signoff_lines(signoff: Signoff) -> tuple[str, ...]:
    """The lines of a sign-off: place (or greeting), then the author with the Korean closing word."""
    author = " ".join(part for part in (signoff.author, signoff.closing) if part)
    return tuple(line for line in (signoff.place, author) if line)


def _story(story: Story) -> Iterator[Text]:
    yield from _given(story.emoji, story.title)
    yield from others_after(story, "title")
    yield from _image(story.figure)
    yield from others_after(story, "figure")
    yield from _given(story.labels.summary, story.summary)
    yield from others_after(story, "summary")
    for number, fact in enumerate(story.facts, start=1):
        yield fact
        yield from others_after(story, f"facts:{number}")
    yield from others_after(story, "facts")
    yield from _given(story.labels.why)
    for number, paragraph in enumerate(story.why, start=1):
        yield paragraph
        yield from others_after(story, f"why:{number}")
    yield from others_after(story, "why")
    yield from _more(story.more)
    yield from others_after(story, "more")


def _image(image: Image | None) -> Iterator[Text]:
    if image is not None:
        yield from _given(image.alt, image.caption, image.credit)


def _more(more: More | None) -> Iterator[Text]:
    if more is not None:
        yield from _given(more.label, more.text)


def _given(*texts: Text | None) -> Iterator[Text]:
    yield from (text for text in texts if text)
