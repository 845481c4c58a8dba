"""The lines of a story or an insight into its parts. A paragraph of no known part stays where it stood, as `other`."""

from dataclasses import dataclass, field

from service.issues.blocks import Image, Labels, More, Other, Text, plain
from service.issues.credits import split_credit
from service.issues.labels import SeriesLabels, find_label
from service.issues.reading.captions import is_caption, read_image
from service.issues.reading.emoji import is_pointer
from service.issues.reading.lines import Line
from service.issues.reading.more import read_more
from service.issues.reading.parts import is_sentence


@dataclass
class StoryParts:
    """What a story's lines hold; `state` names the part that was read last."""

    figure: Image | None = None
    summary_label: str | None = None
    why_label: str | None = None
    summary: Text | None = None
    facts: list[Text] = field(default_factory=list)
    why: list[Text] = field(default_factory=list)
    more: More | None = None
    other: list[Other] = field(default_factory=list)
    state: str = "title"
    lines: dict[str, int] = field(default_factory=dict)  # part -> the line where it begins

    @property
    def labels(self) -> Labels:
        return Labels(self.summary_label, self.why_label)

    def add_other(self, text: Text) -> None:
        """Keep a paragraph behind the last thing read."""
        if not plain(text):
            return
        items = {"facts": self.facts, "why": self.why}.get(self.state)
        self.other.append(Other(f"{self.state}:{len(items)}" if items else self.state, text))

    def others(self) -> tuple[Other, ...]:
        """The other paragraphs; behind the last item of a part the part's name alone."""
        ends = {f"facts:{len(self.facts)}": "facts", f"why:{len(self.why)}": "why"}
        return tuple(Other(ends.get(other.after, other.after), other.text) for other in self.other)


@dataclass
class InsightParts:
    figure: Image | None = None
    paragraphs: list[Text] = field(default_factory=list)
    more: More | None = None
    lines: dict[str, int] = field(default_factory=dict)


def read_story(lines: list[Line], labels: SeriesLabels) -> StoryParts:
    """The parts of a story from the lines under its heading."""
    parts = StoryParts()
    at = 0
    while at < len(lines):
        at += _story_step(lines[at : at + 3], parts, labels)
    return parts


def read_insight(lines: list[Line], labels: SeriesLabels) -> InsightParts:
    """The parts of an insight: one picture, paragraphs, one link on."""
    parts = InsightParts()
    at = 0
    while at < len(lines):
        more = read_more(lines[at : at + 3], labels) if parts.more is None else None
        if more is not None:
            parts.more, count = more
            parts.lines["more"] = lines[at].number
        elif parts.figure is None and not parts.paragraphs and is_caption(lines[at]):
            parts.figure, count = read_image(lines[at : at + 2])
            parts.lines["figure"] = lines[at].number
        else:
            parts.paragraphs, count = [*parts.paragraphs, lines[at].part()], 1
        at += count
    return parts


def _story_step(lines: list[Line], parts: StoryParts, labels: SeriesLabels) -> int:
    """Understand the first line; how many lines it took."""
    line = lines[0]
    if parts.more is None:
        more = read_more(lines, labels)
        if more is not None:
            parts.more, parts.state = more[0], "more"
            parts.lines["more"] = line.number
            return more[1]
    if _take_label(line, parts, labels):
        return 1
    if parts.figure is None and _is_picture(line, bool(parts.facts or parts.why or parts.more)):
        parts.figure, count = read_image(lines)
        parts.lines["figure"] = line.number
        parts.state = "figure" if parts.state == "title" else parts.state
        return count
    start = line.fact_number if line.fact_number is not None else line.bullet
    if start is not None and parts.state in ("title", "figure", "summary", "facts") and not parts.why_label:
        parts.facts.append(line.part(start))
        parts.state = "facts"
    elif parts.state == "summary" and parts.summary is None:
        parts.summary = line.part()
    elif parts.state == "why" and line.hint != "image":
        parts.why.append(line.part())
    else:
        parts.add_other(line.part())
    return 1


def _is_picture(line: Line, begun: bool) -> bool:
    """A caption at the top of the story; further down only one that is no sentence with a reference at its end."""
    if not begun or line.hint == "image":
        return is_caption(line)
    found = split_credit(line.text) if len(line.text) <= 200 and line.bullet is None and line.fact_number is None else None
    return found is not None and not is_sentence(line.text[: found[0]].strip())


def _take_label(line: Line, parts: StoryParts, labels: SeriesLabels) -> bool:
    """A line that opens the summary or the reasons; each label counts once."""
    if is_pointer(line.text):
        return False
    summary = find_label(line.text, labels.summary) if parts.summary_label is None else None
    if summary is not None:
        parts.summary_label, parts.state = summary.wording, "summary"
        parts.summary = line.part(summary.end) or None
        return True
    why = find_label(line.text, labels.why) if parts.why_label is None else None
    if why is None:
        return False
    parts.why_label, parts.state = why.wording, "why"
    if line.text[why.end :]:
        parts.why.append(line.part(why.end))
    return True
