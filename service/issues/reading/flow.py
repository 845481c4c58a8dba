"""Running text: paragraphs, headings, quotations, lists, pictures, questions and answers. What is nothing else is prose."""

from dataclasses import dataclass, replace
from itertools import islice

from service.issues.blocks import QA, Figure, Heading, ListBlock, Mark, Prose, ProseRole, Quote, Rich, Text, plain
from service.issues.labels import SeriesLabels
from service.issues.reading.builder import BlockBuilder
from service.issues.reading.captions import has_credit, is_caption, read_image
from service.issues.reading.lines import Line
from service.issues.reading.parts import is_greeting, is_sentence, only_source, split_quotation
from service.issues.reading.qa import Marker, bare_question, find_marker
from service.issues.reading.speakers import Speakers

MAX_HEADING = 60


@dataclass(frozen=True)
class Flow:
    """How running text is read: `role` of its paragraphs, whether a first greeting is looked for, and headings without a sign."""

    labels: SeriesLabels
    role: ProseRole | None = None
    greets: bool = False
    headings: bool = False
    bare_questions: bool = False  # questions in bold or after a dash count
    speakers: Speakers | None = None  # who asks and who answers, where their names mark it


def read_flow(lines: list[Line], flow: Flow, builder: BlockBuilder) -> None:
    """Append the blocks of these lines."""
    greets = flow.greets
    at = 0
    while at < len(lines):
        if greets and is_greeting(lines[at].text):
            builder.add(Prose, lines[at].number, text=lines[at].part(), role="greeting")
            greets, count = False, 1
        else:
            count = _step(lines, at, flow, builder)
        at += count


def _step(lines: list[Line], at: int, flow: Flow, builder: BlockBuilder) -> int:
    line = lines[at]
    marker = _marker(line, flow)
    if marker is not None and marker.kind == "question":
        return _take_question(lines, at, marker, flow, builder)
    if marker is None and (is_caption(line) if line.hint == "image" else has_credit(line)):
        image, count = read_image(lines[at : at + 2])
        builder.add(Figure, line.number, image=image.image, alt=image.alt, caption=image.caption, credit=image.credit)
        return count
    if line.bullet is not None or _is_numbered_list(lines, at):
        return _take_list(lines, at, builder)
    quotation = _quotation(lines, at)
    if quotation is not None:
        builder.add(Quote, line.number, text=quotation[0], source=quotation[1])
        return quotation[2]
    if line.hint == "heading" or (flow.headings and _is_heading(lines, at, flow)):
        builder.add(Heading, line.number, text=_unbold(line))
        return 1
    builder.add(Prose, line.number, text=line.part(), role=flow.role)
    return 1


def _marker(line: Line, flow: Flow) -> Marker | None:
    if line.hint in ("image", "heading"):
        return None
    by_name = flow.speakers.marker(line) if flow.speakers else None
    return by_name or find_marker(line.text, flow.labels) or (bare_question(line) if flow.bare_questions else None)


def _take_question(lines: list[Line], at: int, marker: Marker, flow: Flow, builder: BlockBuilder) -> int:
    """A question and every paragraph of its answer, up to the next question, heading, picture or quotation."""
    label, answer, end = None, list[Text](), at + 1
    while end < len(lines):
        line = lines[end]
        found = _marker(line, flow)
        if (found is not None and (found.kind == "question" or answer)) or _ends_answer(lines, end, flow, bool(answer)):
            break
        if found is not None:
            label = found.label
        answer.append(line.part(found.start if found else 0))
        end += 1
    builder.add(
        QA,
        lines[at].number,
        question=_unbold(lines[at], marker.start),
        answer=join(answer),
        question_label=marker.label,
        answer_label=label,
    )
    return end - at


def _ends_answer(lines: list[Line], at: int, flow: Flow, begun: bool) -> bool:
    line = lines[at]
    if line.hint in ("heading", "image") or has_credit(line):
        return True
    return begun and ((split_quotation(line.text) is not None and line.gap) or (flow.headings and _is_heading(lines, at, flow)))


def _is_numbered_list(lines: list[Line], at: int) -> bool:
    """Two or more numbered lines one below the other, or one that was marked as such."""
    if lines[at].fact_number is None:
        return False
    return lines[at].hint == "number" or (at + 1 < len(lines) and lines[at + 1].fact_number is not None)


def _take_list(lines: list[Line], at: int, builder: BlockBuilder) -> int:
    ordered = lines[at].bullet is None
    items: list[Text] = []
    for line in islice(lines, at, None):
        start = line.fact_number if ordered else line.bullet
        if start is None:
            break
        items.append(line.part(start))
    builder.add(ListBlock, lines[at].number, items=tuple(items), ordered=ordered)
    return len(items)


def _quotation(lines: list[Line], at: int) -> tuple[Text, str | None, int] | None:
    """A paragraph that is one quotation, with who said it from its end or from the next line."""
    line = lines[at]
    if line.hint == "quote":
        source = only_source(lines[at + 1].text) if at + 1 < len(lines) and lines[at + 1].hint in (None, "quote") else None
        return line.part(), source, 2 if source else 1
    found = split_quotation(line.text)
    if found is None:
        return None
    start, end, source = found
    if source is None and at + 1 < len(lines) and not lines[at + 1].gap:
        source = only_source(lines[at + 1].text)
        return line.part(start, end), source, 2 if source else 1
    return line.part(start, end), source, 1


def _is_heading(lines: list[Line], at: int, flow: Flow) -> bool:
    """A short line by itself that is no sentence, above a paragraph that is longer than it."""
    line = lines[at]
    if line.is_bold and not line.hint and len(line.text) <= 2 * MAX_HEADING and not is_sentence(line.text):
        return True
    if not line.gap or line.hint or len(line.text) > MAX_HEADING or is_sentence(line.text) or at + 1 >= len(lines):
        return False
    below = lines[at + 1]
    if line.text.endswith((",", ":", "：", "…", "...")) or is_greeting(line.text) or split_quotation(line.text) is not None:
        return False
    if _marker(below, flow) is not None:
        return below.gap
    return below.gap and len(below.text) > 1.5 * len(line.text) and (is_sentence(below.text) or len(below.text) > MAX_HEADING)


def _unbold(line: Line, start: int = 0) -> Text:
    """A heading or a question; bold over the whole line says nothing that its block does not say."""
    if line.is_bold:
        line = replace(line, marks=tuple(mark for mark in line.marks if mark.kind != "bold"))
    return line.part(start)


def join(texts: list[Text]) -> Text:
    """Paragraphs as one text, parted by an empty line, marks kept."""
    words, marks = "", list[Mark]()
    for text in texts:
        words += "\n\n" if words else ""
        if isinstance(text, Rich):
            marks += [replace(mark, start=mark.start + len(words), end=mark.end + len(words)) for mark in text.marks]
        words += plain(text)
    return Rich(words, tuple(marks)) if marks else words
