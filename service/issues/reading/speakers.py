"""An interview whose two speakers stand by name before what they say: who asks and who answers, from their lines alone."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from service.issues.labels import SeriesLabels, find_label
from service.issues.reading.lines import Line
from service.issues.reading.qa import Marker, has_marker

MIN_TURNS = 2  # of each of the two
MAX_LINES = 4000
_TURN = re.compile(r"(?P<name>[^\W\d_][^\s:：,.!?]{0,19}(?: [^\s:：,!?]{1,20}){0,2})\s?[:：]\s*(?!//)(?=\S)")
_QUESTION = re.compile(r"[?？][\"'”’)）]*$")


@dataclass(frozen=True)
class Speakers:
    """The names as the source words them."""

    asks: str
    answers: str

    def marker(self, line: Line) -> Marker | None:
        """What a line begins, if one of the two speaks it."""
        found = _TURN.match(line.text)
        if found is None or found["name"] not in (self.asks, self.answers):
            return None
        return Marker("question" if found["name"] == self.asks else "answer", found["name"], found.end())


def find_speakers(lines: Sequence[Line], labels: SeriesLabels) -> Speakers | None:
    """The two who talk in turn: the first asks, mostly in questions, and the other answers; None where nobody does."""
    turns = [turn for line in lines[:MAX_LINES] if (turn := _turn(line, labels)) is not None]
    counts = Counter(name for name, _ in turns)
    pair = [name for name, count in counts.most_common(2) if count >= MIN_TURNS]
    if len(pair) < 2 or len(turns) > sum(counts[name] for name in pair):
        return None
    asks = turns[0][0]
    asked = [is_question for name, is_question in turns if name == asks]
    answered = [is_question for name, is_question in turns if name != asks]
    in_turn = sum(one[0] != other[0] for one, other in pairwise(turns))
    if 2 * sum(asked) <= len(asked) or 2 * sum(answered) > len(answered) or 3 * in_turn < 2 * (len(turns) - 1):
        return None
    return Speakers(asks, next(name for name in pair if name != asks))


def _turn(line: Line, labels: SeriesLabels) -> tuple[str, bool] | None:
    """Who speaks the line, and whether it ends as a question."""
    found = _TURN.match(line.text)
    if found is None or line.hint is not None or has_marker(line.text, labels):
        return None
    if find_label(line.text, (*labels.summary, *labels.why, *labels.more, *labels.insight)) is not None:
        return None
    return found["name"], bool(_QUESTION.search(line.text))
