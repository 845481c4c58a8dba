"""Editorial checks of a document, however it came to be: read from a text or written at the desk. They look, and change nothing."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from service.core.problems import Problem, Severity
from service.issues import links, offsets
from service.issues.blocks import (
    QA,
    Block,
    CallToAction,
    Contents,
    ContentsItem,
    Digest,
    Figure,
    Hero,
    Image,
    Insight,
    Mark,
    More,
    Rich,
    Signoff,
    Story,
    plain,
)
from service.issues.credits import is_empty_credit
from service.issues.document import Byline, Document
from service.issues.texts import texts_of


def check(document: Document) -> list[Problem]:
    """Everything that an editor should know about this document; an ERROR blocks booking."""
    problems = list(_check_head(document))
    for block in document.blocks:
        problems += _check_block(block)
    problems += _check_contents(document)
    problems += _check_ids(document)
    return problems


def _problem(severity: Severity, message: str, block: Block | None = None, **values: Any) -> Problem:
    return Problem(severity, message, block.id if block else None, values=values)


def _error(message: str, block: Block | None = None, **values: Any) -> Problem:
    return _problem(Severity.ERROR, message, block, **values)


def _warning(message: str, block: Block | None = None, **values: Any) -> Problem:
    return _problem(Severity.WARNING, message, block, **values)


def _note(message: str, block: Block | None = None, **values: Any) -> Problem:
    return _problem(Severity.NOTE, message, block, **values)


def _check_head(document: Document) -> Iterator[Problem]:
    if not document.title.strip():
        yield _error("The headline is missing.")
    if not any(plain(text).strip() for block in document.blocks for text in texts_of(block)):
        yield _error("The issue has no text below its headline.")
    if document.period and not document.period_from:
        yield _note("The period “{period}” could not be read as dates.", period=document.period)
    if document.byline is None or not (document.byline.author or document.byline.text):
        yield _warning("The byline is missing.", part="byline")
    else:
        yield from _check_byline(document.byline)


def _check_byline(byline: Byline) -> Iterator[Problem]:
    if not byline.author:
        yield _warning("The byline names no author.", part="byline")
    if byline.at is None:
        if any(letter.isdigit() for letter in byline.text or ""):
            yield _warning("The date in the byline “{text}” cannot be understood.", part="byline", text=byline.text)
        return
    try:
        at = datetime.fromisoformat(byline.at)
    except ValueError:
        yield _error("The time of the byline, {at}, is no ISO 8601 time.", part="byline", at=byline.at)
        return
    if "T" not in byline.at:
        yield _note("The byline gives a day without a time.", part="byline")
    elif byline.zone is None and at.tzinfo is None:
        yield _warning("The byline's time has no zone; write it behind the time, as in 10:25 PDT.", part="byline")
    elif at.tzinfo is None:
        yield _warning("The zone {zone} is unknown; the byline's time is kept without an offset.", part="byline", zone=byline.zone)
    elif byline.zone and offsets.is_out_of_season(byline.zone, at.replace(tzinfo=None)):
        yield _warning(
            "{zone} is not in use on the byline's day; summer and winter time differ by an hour.", part="byline", zone=byline.zone
        )


def _check_block(block: Block) -> Iterator[Problem]:
    if isinstance(block, Hero | Figure):
        yield from _check_image(Image(block.image, block.alt, block.caption, block.credit), block)
    if isinstance(block, Story | Insight | Digest) and block.figure is not None:
        yield from _check_image(block.figure, block)
    if isinstance(block, Story | Insight) and block.more is not None:
        yield from _check_more(block.more, block)
    if isinstance(block, Story):
        yield from _check_story(block)
    if isinstance(block, Digest):
        yield from _check_digest(block)
    if isinstance(block, QA):
        yield from _check_question(block)
    if isinstance(block, Signoff) and not block.author:
        yield _warning("The sign-off names no author.", block)
    if isinstance(block, CallToAction) and block.url and not links.is_address(block.url):
        yield _error("The address {url} of the link “{text}” is no web address.", block, url=block.url, text=_short(" ".join(block.lines)))
    for text in texts_of(block):
        yield from _check_links(text, block)


def _check_image(image: Image, block: Block) -> Iterator[Problem]:
    if image.image and image.image.lower().startswith(("http://", "https://")):
        yield _warning(
            "The picture at {server} lies on another server; upload it, or it may vanish, and that server sees who reads.",
            block,
            part="figure",
            server=image.image.split("/")[2],
        )
    if image.image and not (image.alt or "").strip():
        yield _warning("A picture has no alternative text.", block, part="figure")
    if not image.caption and image.credit:
        yield _warning("A picture has a credit but no caption.", block, part="figure")
    if image.credit and is_empty_credit(image.credit):
        yield _warning("The credit {credit} names no source.", block, part="figure", credit=image.credit)
    if image.caption and not image.credit:
        yield _warning("A picture has a caption but no credit.", block, part="figure")


def _check_more(more: More, block: Block) -> Iterator[Problem]:
    if not (more.url or "").strip():
        yield _error("The link “{text}” has no address.", block, part="more", text=more.text or more.label or "")
    elif not links.is_address(more.url):
        yield _error("The address {url} of the link “{text}” is no web address.", block, part="more", url=more.url, text=more.text)


def _check_story(story: Story) -> Iterator[Problem]:
    if not story.title.strip():
        yield _error("A story has no title.", story)
    if story.summary is None and story.labels.summary:
        yield _warning("“{label}” is followed by nothing.", story, label=story.labels.summary)
    if not story.why and story.labels.why:
        yield _warning("“{label}” is followed by nothing.", story, label=story.labels.why)
    for other in story.other:
        yield _note("A paragraph was not recognised as a part of the story and stands as it is: “{text}”.", story, text=_short(other.text))


def _check_digest(digest: Digest) -> Iterator[Problem]:
    for item in digest.items:
        if item.guessed:
            yield _note("It is not certain where the bold lead of this item ends: “{text}”.", digest, text=_short(item.text))


def _check_question(block: QA) -> Iterator[Problem]:
    if not plain(block.answer).strip():
        yield _warning("A question has no answer.", block)


def _check_links(text: str | Rich, block: Block) -> Iterator[Problem]:
    if isinstance(text, str):
        return
    for mark in text.marks:
        if mark.kind == "link":
            yield from _check_link(text, mark, block)


def _check_link(text: Rich, mark: Mark, block: Block) -> Iterator[Problem]:
    words = text.text[mark.start : mark.end]
    if not (mark.url or "").strip():
        yield _error("The link “{text}” has no address.", block, text=words)
    elif not links.is_address(mark.url):
        yield _error("The address {url} of the link “{text}” is no web address.", block, url=mark.url, text=words)


def _check_contents(document: Document) -> Iterator[Problem]:
    """Lines without a section, sections without a line, and lines in another order than their sections."""
    contents = [block for block in document.blocks if isinstance(block, Contents)]
    if not any(_is_filled(item) for block in contents for item in block.items):
        return
    order = {block.id: at for at, block in enumerate(document.blocks)}
    for block in contents:
        last = -1
        for item in block.items:
            if not _is_filled(item):
                continue
            if item.target not in order:
                yield _warning("The contents announce “{text}”, and no section has that title.", block, text=item.text)
            elif order[item.target] < last:
                yield _warning("In the contents “{text}” stands in another place than its section.", block, text=item.text)
            else:
                last = order[item.target]
    listed = {item.target for block in contents for item in block.items}
    for section in document.blocks:
        if isinstance(section, Story | Insight | Digest) and section.id not in listed:
            yield _warning("The section “{title}” is missing in the contents.", section, title=section.title)


def _is_filled(item: ContentsItem) -> bool:
    """Whether anybody has written anything into a row of the contents yet."""
    return bool(plain(item.text).strip() or item.emoji or item.target)


def _check_ids(document: Document) -> Iterator[Problem]:
    seen: set[str] = set()
    for block in document.blocks:
        if block.id in seen:
            yield _error("Two blocks have the same id {id}.", block, id=block.id)
        seen.add(block.id)


def _short(text: str | Rich) -> str:
    words = plain(text)
    return words if len(words) <= 60 else words[:59] + "…"
