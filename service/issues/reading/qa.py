"""Questions and answers of an interview: `Q.`/`A.`, `질문:`/`답:`, numbered ones, and questions after a dash."""

import re
from dataclasses import dataclass
from functools import lru_cache

from service.issues.labels import SeriesLabels
from service.issues.reading.lines import Line

_DASH = re.compile(r"(?P<dash>[\-–—―─]{1,2})\s*(?=\S)")


@dataclass(frozen=True)
class Marker:
    """A question or an answer that a line begins: the mark as worded (None for bold), and where its text begins."""

    kind: str
    label: str | None
    start: int


def find_marker(text: str, labels: SeriesLabels) -> Marker | None:
    """The mark with which a line begins, if it is one of a question or an answer."""
    found = _pattern(labels.question, labels.answer).match(text)
    if found is None:
        return None
    return Marker("question" if found["question"] else "answer", (found["question"] or found["answer"]).strip(), found.end())


def has_marker(text: str, labels: SeriesLabels) -> bool:
    return find_marker(text, labels) is not None


def bare_question(line: Line) -> Marker | None:
    """A question without a mark of its own: a line all in bold, or one that a dash opens, as Korean papers print interviews."""
    if line.is_bold and line.hint is None and line.text.rstrip("\"'”’ ").endswith(("?", "？")):
        return Marker("question", None, 0)
    found = _DASH.match(line.text)
    if found is None or not line.text.endswith(("?", "？")) or len(line.text) > 300:
        return None
    return Marker("question", found["dash"], found.end())


@lru_cache(maxsize=32)
def _pattern(question: tuple[str, ...], answer: tuple[str, ...]) -> re.Pattern[str]:
    def words(group: tuple[str, ...]) -> str:
        return "|".join(re.escape(word) for word in sorted(group, key=len, reverse=True))

    # One letter needs a full stop, colon or bracket behind it; "A great day" is no answer.
    return re.compile(
        rf"[\[(<【]?\s*(?:(?P<question>(?:{words(question)})\s?\d{{0,2}})|(?P<answer>(?:{words(answer)})\s?\d{{0,2}}))\s*"
        rf"(?:[\])>】]\s*[.:：]?|[.:：)]|(?=\s*$)(?!))\s*(?=\S)",
    )
