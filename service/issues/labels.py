"""The words by which a series names the parts of its sections: data that a series may replace, matched without regard to spacing."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Self

from service.core.errors import Invalid

_IGNORED = re.compile(r"[\s\u200b\u200d\ufe0e\ufe0f]+")
_GAP = r"[\s\u200b\u200d]*"
_OPENING = "[(【「『■◆▶▷●□◇○▪•※✔✅📌📍🔍🔎🗞📝❓☑ \ufe0f"


@dataclass(frozen=True)
class SeriesLabels:
    """The labels of one series. `from_data` replaces some of them by a series' own; the others stay as they are here."""

    summary: tuple[str, ...] = ("팩트 요약", "사실 요약", "핵심 요약", "Fact summary", "Facts in brief", "Key facts", "The facts")
    why: tuple[str, ...] = ("왜 중요한가", "왜 중요한가요", "왜 중요할까", "왜 중요할까요", "Why it matters", "Why this matters")
    more: tuple[str, ...] = (
        "더 알아보기", "더 읽기", "더 보기", "더 읽어보기", "자세히 보기", "자세히 알아보기", "원문 보기", "전문 보기", "기사 보기",
        "Learn more", "Read more", "Find out more", "See more", "Further reading",
    )  # fmt: skip
    insight: tuple[str, ...] = ("위클리 인사이트", "인사이트", "Weekly insight", "Insight", "Insight of the week")
    digest: tuple[str, ...] = (
        "주목한 뉴스", "눈여겨본 뉴스", "뉴스 브리핑", "뉴스 단신", "단신", "짧은 뉴스", "한 줄 뉴스", "이 주의 뉴스", "이번 주 뉴스", 
        "다른 소식", "그 밖의 소식",
        "News digest", "News we noticed", "News in brief", "In brief", "Also in the news", "Other news", "Quick hits", "Worth noting",
    )  # fmt: skip
    contents: tuple[str, ...] = (
        "목차", "차례", "이번 호", "이번 레터", "오늘의 레터", "오늘의 목차", "오늘의 이슈", "이번 주 레터", "이번 호 차례",
        "Contents", "Table of contents", "In this issue", "In this letter", "Today", "This week", "Inside",
    )  # fmt: skip
    question: tuple[str, ...] = ("Q", "질문", "문", "Question")
    answer: tuple[str, ...] = ("A", "답", "답변", "Answer")

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Labels of a series as stored ({"summary": ["…"], …}); raises Invalid for an unknown name or an empty list."""
        names = {field.name for field in fields(cls)}
        for name, words in data.items():
            if name not in names:
                raise Invalid("Unknown label {name}.", remedy="Use one of: {names}.".format(names=", ".join(sorted(names))), name=name)
            if isinstance(words, str) or not words or not all(isinstance(word, str) and word.strip() for word in words):
                raise Invalid("The label {name} needs at least one word.", name=name)
        return cls(**{name: tuple(words) for name, words in data.items()})


@dataclass(frozen=True)
class Label:
    """A label found at the start of a line: its wording as in the source (signs before it too, no colon), and where the rest begins."""

    wording: str
    end: int


def find_label(text: str, words: Iterable[str], start: int = 0, *, needs_end: bool = True) -> Label | None:
    """The longest of `words` at the start of a line, with any spacing and an ASCII or full-width colon.

    With `needs_end`, a label without a colon counts only when it is the whole line or stands in brackets.
    """
    found = _pattern(tuple(words), needs_end).match(text, start)
    if found is None:
        return None
    colon = next((name for name in ("colon", "sign") if found.groupdict().get(name)), None)
    wording = text[start : found.start(colon) if colon else found.end()].strip()
    return Label(wording, found.end())


def contains_label(text: str, words: Iterable[str]) -> bool:
    """Whether one of `words` stands anywhere in the line, spacing and case aside."""
    return _anywhere(tuple(words)).search(fold(text)) is not None


def fold(text: str) -> str:
    """A text for comparison: compatibility form, small letters, no white space."""
    return _IGNORED.sub("", unicodedata.normalize("NFKC", text)).casefold()


@lru_cache(maxsize=256)
def _pattern(words: tuple[str, ...], needs_end: bool) -> re.Pattern[str]:
    """Any of the words with any white space between their letters; compiled once, for it is asked of every line."""
    letters = (_IGNORED.sub("", word) for word in sorted(words, key=len, reverse=True))
    spaced = "|".join(_GAP.join(re.escape(letter) for letter in word) for word in letters)
    colon = r"(?:(?P<colon>[:：])\s*"
    end = rf"(?(closed){colon})?|{colon.replace('colon', 'sign')}|$))" if needs_end else rf"{colon})?"
    closed = r"(?P<closed>[\])】」』])?\s*"
    return re.compile(rf"[{re.escape(_OPENING)}]*(?:{spaced})\s*[?？]?\s*{closed}{end}", re.IGNORECASE)


@lru_cache(maxsize=64)
def _anywhere(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(fold(word)) for word in words))
