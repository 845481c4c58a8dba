"""The typed parts of an issue. A block is one dataclass here and its templates of the same name; no block knows how it looks.

Any text of a block is a `Text`: a plain string, or a `Rich` string with marks (bold, italic, link).
"""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

MarkKind = Literal["bold", "italic", "link"]
ProseRole = Literal["greeting", "lead", "thanks"]


@dataclass(frozen=True)
class Mark:
    """A span of a text: `start` and `end` count code points, end excluded; `url` only for links."""

    kind: MarkKind
    start: int
    end: int
    url: str | None = None


@dataclass(frozen=True)
class Rich:
    """A text with marks, in order of start; marks may nest or overlap."""

    text: str
    marks: tuple[Mark, ...] = ()


Text = str | Rich


def plain(text: Text | None) -> str:
    """The characters of a text without its marks."""
    return "" if text is None else text if isinstance(text, str) else text.text


@dataclass(frozen=True)
class Block:
    """One part of a document; `id` is unique in its document and is the anchor of the rendered part."""

    type: ClassVar[str]
    id: str


@dataclass(frozen=True)
class Image:
    """A picture as it stands in a block: `image` is an asset reference or an https address."""

    image: str | None = None
    alt: str | None = None
    caption: Text | None = None
    credit: str | None = None


@dataclass(frozen=True)
class Hero(Block):
    type: ClassVar[str] = "hero"
    image: str | None = None
    alt: str | None = None
    caption: Text | None = None
    credit: str | None = None


@dataclass(frozen=True)
class ContentsItem:
    """A line of the table of contents; `target` is the id of the section it leads to."""

    emoji: str | None
    text: str
    target: str | None = None


@dataclass(frozen=True)
class Contents(Block):
    type: ClassVar[str] = "contents"
    items: tuple[ContentsItem, ...] = ()


@dataclass(frozen=True)
class Prose(Block):
    """One paragraph."""

    type: ClassVar[str] = "prose"
    text: Text = ""
    role: ProseRole | None = None


@dataclass(frozen=True)
class Quote(Block):
    type: ClassVar[str] = "quote"
    text: Text = ""
    source: str | None = None


@dataclass(frozen=True)
class Heading(Block):
    type: ClassVar[str] = "heading"
    text: Text = ""


@dataclass(frozen=True)
class Figure(Block):
    type: ClassVar[str] = "figure"
    image: str | None = None
    alt: str | None = None
    caption: Text | None = None
    credit: str | None = None


@dataclass(frozen=True)
class ListBlock(Block):
    type: ClassVar[str] = "list"
    items: tuple[Text, ...] = ()
    ordered: bool = False


@dataclass(frozen=True)
class QA(Block):
    """A question and its answer; the answer's paragraphs are parted by an empty line.

    `question_label` and `answer_label` are the marks as the source words them ("Q", "질문", "A", "답"); None where it has none.
    """

    type: ClassVar[str] = "qa"
    question: Text = ""
    answer: Text = ""
    question_label: str | None = None
    answer_label: str | None = None


@dataclass(frozen=True)
class More:
    """The one link a section leads on to; without `url` it cannot be booked."""

    label: str | None
    text: str
    url: str | None = None


@dataclass(frozen=True)
class Labels:
    """The labels as this section words them (data of the series, tolerant of spacing)."""

    summary: str | None = None
    why: str | None = None


@dataclass(frozen=True)
class Other:
    """A paragraph that is none of a story's known parts; `after` names the part it follows.

    `title`, `figure`, `summary`, `facts`, `why` or `more`; `facts:2` and `why:1` stand between two items, after the second and the first.
    """

    after: str
    text: Text


@dataclass(frozen=True)
class Story(Block):
    type: ClassVar[str] = "story"
    emoji: str | None = None
    title: str = ""
    figure: Image | None = None
    labels: Labels = field(default_factory=Labels)
    summary: Text | None = None
    facts: tuple[Text, ...] = ()
    why: tuple[Text, ...] = ()
    more: More | None = None
    other: tuple[Other, ...] = ()


@dataclass(frozen=True)
class Insight(Block):
    type: ClassVar[str] = "insight"
    emoji: str | None = None
    label: str | None = None
    title: str = ""
    figure: Image | None = None
    paragraphs: tuple[Text, ...] = ()
    more: More | None = None


@dataclass(frozen=True)
class DigestItem:
    """A short news item; `guessed` when lead and text could not be told apart for certain."""

    lead: str | None
    text: Text
    guessed: bool = False


@dataclass(frozen=True)
class Digest(Block):
    type: ClassVar[str] = "digest"
    emoji: str | None = None
    title: str = ""
    figure: Image | None = None
    items: tuple[DigestItem, ...] = ()


@dataclass(frozen=True)
class Signoff(Block):
    type: ClassVar[str] = "signoff"
    place: str | None = None
    author: str | None = None
    closing: str | None = None


@dataclass(frozen=True)
class CallToAction(Block):
    """An invitation to sign up; without `url` it leads to this newsletter's sign-up page."""

    type: ClassVar[str] = "call_to_action"
    lines: tuple[str, ...] = ()
    url: str | None = None


@dataclass(frozen=True)
class Tagline(Block):
    """What the letter is and on which days it comes; `weekdays` as ISO numbers, Monday = 1."""

    type: ClassVar[str] = "tagline"
    text: Text = ""
    weekdays: tuple[int, ...] = ()


BLOCKS: dict[str, type[Block]] = {
    kind.type: kind
    for kind in (Hero, Contents, Prose, Quote, Heading, Figure, ListBlock, QA, Story, Insight, Digest, Signoff, CallToAction, Tagline)
}
