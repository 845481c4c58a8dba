"""From the outline of a letter to its blocks, in the order of the text."""

from dataclasses import dataclass, replace

from service.issues.blocks import (
    QA,
    CallToAction,
    Contents,
    ContentsItem,
    Digest,
    Heading,
    Hero,
    Insight,
    Prose,
    Signoff,
    Story,
    Tagline,
)
from service.issues.labels import SeriesLabels, find_label
from service.issues.reading.builder import BlockBuilder
from service.issues.reading.closing import Closing, is_place, split_author, weekdays_of
from service.issues.reading.contents import match
from service.issues.reading.digest import read_digest
from service.issues.reading.flow import Flow, read_flow
from service.issues.reading.lines import Line, without_address
from service.issues.reading.outline import Section, SectionKind
from service.issues.reading.plan import Outline
from service.issues.reading.qa import bare_question
from service.issues.reading.speakers import find_speakers
from service.issues.reading.story import read_insight, read_story


@dataclass(frozen=True)
class Body:
    """What the parts of the body need to know of each other."""

    lines: list[Line]
    labels: SeriesLabels
    builder: BlockBuilder
    flow: Flow


def read_body(lines: list[Line], outline: Outline, labels: SeriesLabels, builder: BlockBuilder) -> dict[int, str]:
    """Append every block; returns for each contents line (by position) the id of the section it means."""
    structured = any(section.kind is not SectionKind.FLOW for section in outline.sections)
    bare = sum(bare_question(line) is not None for line in lines[:4000]) >= 2
    flow = Flow(labels, headings=not structured, bare_questions=bare, speakers=find_speakers(lines, labels))
    body = Body(lines, labels, builder, flow)
    _add_top(body, outline)
    before = len(builder.blocks)
    _add_preamble(body, outline)
    ids = [_add_section(body, section) for section in outline.sections]
    if structured or any(isinstance(block, QA) for block in builder.blocks):
        _mark_lead(builder, before)
    for part in outline.closing:
        _add_closing(body, part)
    headed = [(section.heading, block_id) for section, block_id in zip(outline.sections, ids, strict=True) if section.heading]
    pairs = match(outline.contents, [heading for heading, _ in headed])
    return {item: headed[section][1] for item, section in pairs.items()}


def _add_top(body: Body, outline: Outline) -> None:
    """Lines of the head that are no part of it (a deck), and the picture, in their order."""
    head = outline.head
    taken = head.used | {entry.index for entry in outline.contents} | ({outline.series[0]} if outline.series else set())
    left = [line for at, line in enumerate(body.lines[: head.end]) if at not in taken]
    hero_line = head.hero_line or 0
    read_flow([line for line in left if line.number < hero_line], body.flow, body.builder)
    if head.hero is not None:
        image = head.hero
        body.builder.add(Hero, hero_line, image=image.image, alt=image.alt, caption=image.caption, credit=image.credit)
    read_flow([line for line in left if line.number >= hero_line], body.flow, body.builder)


def _add_preamble(body: Body, outline: Outline) -> None:
    """Everything between the head and the first section, with the contents at their place."""
    end = _body_end(body, outline)
    series = outline.series[0] if outline.series else -1
    listed = {entry.index for entry in outline.contents}
    first = outline.contents[0].index if outline.contents else end
    above = [body.lines[at] for at in range(outline.head.end, min(first, end)) if at != series]
    below = [body.lines[at] for at in range(max(outline.head.end, first), end) if at != series and at not in listed]
    title = above.pop() if above and outline.contents and find_label(above[-1].text, body.labels.contents) else None
    read_flow(above, replace(body.flow, greets=True), body.builder)
    if title is not None:
        body.builder.add(Heading, title.number, text=title.part())
    if outline.contents:
        items = tuple(ContentsItem(entry.emoji, entry.text) for entry in outline.contents)
        body.builder.add(Contents, body.lines[first].number, items=items)
    read_flow(below, replace(body.flow, greets=True), body.builder)


def _body_end(body: Body, outline: Outline) -> int:
    if outline.sections:
        section = outline.sections[0]
        return section.heading.index if section.heading else section.start
    return outline.closing[0].start if outline.closing else len(body.lines)


def _mark_lead(builder: BlockBuilder, start: int) -> None:
    """The paragraphs before the first section or question lead into the letter."""
    for at in range(start, len(builder.blocks)):
        block = builder.blocks[at]
        if isinstance(block, Story | Insight | Digest | Heading | QA):
            if isinstance(block, Heading) and at + 1 < len(builder.blocks) and isinstance(builder.blocks[at + 1], Contents):
                continue
            return
        if isinstance(block, Prose) and block.role is None:
            builder.blocks[at] = replace(block, role="lead")


def _add_section(body: Body, section: Section) -> str:
    lines = body.lines[section.start : section.end]
    number = body.lines[section.heading.index].number if section.heading else lines[0].number
    if section.kind is SectionKind.STORY:
        return _add_story(body, section, lines, number)
    if section.kind is SectionKind.INSIGHT:
        return _add_insight(body, section, lines, number)
    if section.kind is SectionKind.DIGEST:
        return _add_digest(body, section, lines, number)
    heading = body.lines[section.heading.index] if section.heading else lines[0]
    block_id = body.builder.add(Heading, number, text=heading.part(heading.bullet or 0))
    read_flow(lines, body.flow, body.builder)
    return block_id


def _add_story(body: Body, section: Section, lines: list[Line], number: int) -> str:
    parts = read_story(lines, body.labels)
    block_id = body.builder.add(
        Story,
        number,
        emoji=section.heading.emoji if section.heading else None,
        title=section.heading.text if section.heading else "",
        figure=parts.figure,
        labels=parts.labels,
        summary=parts.summary,
        facts=tuple(parts.facts),
        why=tuple(parts.why),
        more=parts.more,
        other=parts.others(),
    )
    body.builder.place(block_id, parts.lines)
    return block_id


def _add_insight(body: Body, section: Section, lines: list[Line], number: int) -> str:
    heading = section.heading.text if section.heading else ""
    label = find_label(heading, body.labels.insight)
    title = heading[label.end :] if label else heading
    parts = read_insight(lines, body.labels)
    block_id = body.builder.add(
        Insight,
        number,
        emoji=section.heading.emoji if section.heading else None,
        label=label.wording if label and title else None,
        title=title or heading,
        figure=parts.figure,
        paragraphs=tuple(parts.paragraphs),
        more=parts.more,
    )
    body.builder.place(block_id, parts.lines)
    return block_id


def _add_digest(body: Body, section: Section, lines: list[Line], number: int) -> str:
    parts = read_digest(lines, body.labels)
    block_id = body.builder.add(
        Digest,
        number,
        emoji=section.heading.emoji if section.heading else None,
        title=section.heading.text if section.heading else "",
        figure=parts.figure,
        items=tuple(parts.items),
    )
    read_flow(parts.rest, body.flow, body.builder)
    return block_id


def _add_closing(body: Body, part: Closing) -> None:
    lines = body.lines[part.start : part.end]
    number = lines[0].number
    if part.kind == "thanks":
        body.builder.add(Prose, number, text=lines[0].part(), role="thanks")
    elif part.kind == "signoff":
        _add_signoff(body, lines)
    elif part.kind == "call_to_action":
        _add_call(body, lines)
    elif part.kind == "tagline":
        body.builder.add(Tagline, number, text=lines[0].part(), weekdays=weekdays_of(lines[0].text))
    else:
        read_flow(lines, replace(body.flow, headings=False), body.builder)


def _add_signoff(body: Body, lines: list[Line]) -> None:
    above = [line.text for line in lines[:-1] if is_place(line.text)]
    author, closing = split_author(lines[-1].text)
    body.builder.add(Signoff, lines[0].number, place=" ".join(above) or None, author=author, closing=closing)


def _add_call(body: Body, lines: list[Line]) -> None:
    texts, url = [], None
    for line in lines:
        text, address = without_address(line.text)
        url = url or address or next((mark.url for mark in line.marks if mark.kind == "link"), None)
        texts.append((text if address == url else line.text).lstrip("👉").rstrip(":： ").lstrip())
    body.builder.add(CallToAction, lines[0].number, lines=tuple(text for text in texts if text), url=url)
