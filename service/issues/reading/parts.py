"""Small questions about one line that several parts of the reader ask: is it a sentence, a greeting, a quotation, like that other line?"""

import re
import unicodedata
from functools import lru_cache

_TAIL = r"[\"'”’」』)\]]*[\s\u2600-\u27bf\U0001f000-\U0001faff\ufe0f\u200d]*$"  # closing quotation marks, then emoji
_FULL_STOP = re.compile(rf"(?:(?<!\.)\.|。){_TAIL}")
_POLITE_ENDING = re.compile(rf"(?:니다|[가-힣]요|죠)!?{_TAIL}")
_GREETING = re.compile(
    r"[^\w<(\[]*(?:안녕하|안녕,|안녕!|반갑습니다|여러분,? 안녕|좋은 아침|hello\b|hi\b|hey\b|dear\b|"
    r"good (?:morning|afternoon|evening)\b|greetings\b(?! from)|welcome (?:to|back)\b)",
    re.IGNORECASE,
)
_QUOTES = {"“": "”", "‘": "’", '"': '"', "「": "」", "『": "』", "«": "»", "„": "“", "'": "'"}
_SOURCE = re.compile(r"\s*[\-–—―]{1,2}\s*(?P<source>\S.{0,79})$")
_SYMBOLS = re.compile(r"[\W_]+")


def is_sentence(text: str) -> bool:
    """Whether a line reads as a sentence of running text and not as a title: long, or closed by a full stop or a Korean ending."""
    return len(text) > 120 or bool(_FULL_STOP.search(text)) or (len(text) > 25 and bool(_POLITE_ENDING.search(text)))


def is_greeting(text: str) -> bool:
    """Whether a paragraph greets the readers (an emoji before it aside)."""
    return bool(_GREETING.match(text))


def split_quotation(text: str) -> tuple[int, int, str | None] | None:
    """A line that is one quotation as (its start, its end, who said it after a dash or None); its marks belong to it."""
    closing = _QUOTES.get(text[:1])
    if closing is None or len(text) > 400:
        return None
    end = text.rfind(closing)
    if end < 4 or (closing in text[1:end] and text[0] in text[1:end].rstrip(closing)):
        return None
    tail = text[end + 1 :].strip()
    if not tail:
        return 0, end + 1, None
    found = _SOURCE.match(text, end + 1)
    return (0, end + 1, found["source"].strip()) if found and closing not in text[1:end] else None


def only_source(text: str) -> str | None:
    """Who said it, when a line is nothing but a dash and a name."""
    found = _SOURCE.match(text)
    return found["source"].strip() if found and not is_sentence(found["source"]) else None


@lru_cache(maxsize=4096)
def fold_words(text: str) -> str:
    """A title for comparison: no case, spaces, punctuation, quotation marks or symbols."""
    return _SYMBOLS.sub("", unicodedata.normalize("NFKC", text[:300])).casefold()


def likeness(one: str, other: str) -> float:
    """How alike two titles are, from 0 to 1; a shorter wording of the same title counts as alike."""
    left, right = fold_words(one), fold_words(other)
    if not left or not right:
        return 0.0
    if left == right:
        return 1.0
    shorter, longer = sorted((left, right), key=len)
    if len(shorter) >= 4 and shorter in longer:
        return 0.95
    pairs, others = _pairs(shorter), _pairs(longer)
    return 0.9 * len(pairs & others) / len(pairs) if pairs else 0.0


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}
