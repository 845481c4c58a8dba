"""The byline: who wrote it and when, from one line or from two; the time is text with its zone and never schedules anything."""

import re

from service.issues.document import Byline
from service.issues.reading.dates import Moment, find_moment
from service.issues.reading.lines import Line
from service.issues.reading.parts import is_greeting, is_sentence

MAX_AUTHOR = 60

_EDGES = " \t|·,/-–—•:：()（）[]<>"
_BY = re.compile(r"^(?:(?:written |words |text )?by\s+|글\s*[·:：=|/]\s*|글쓴이\s*[·:：=|]\s*|from\s+)", re.IGNORECASE)
_EXPLICIT = re.compile(r"^(?:(?:written |words |text )?by\s+\S|글\s*[·:：=|/]\s*\S|글쓴이\s*[·:：=|]\s*\S)", re.IGNORECASE)
_STAMP = re.compile(
    r"^(?:(?:발행|작성|입력|게시|등록|published|posted|updated|date)(?:일시?|시각)?(?:\s*(?:on|at))?\s*[:：]?\s*)", re.IGNORECASE
)
_RUNNING = re.compile(r"\d|[다요죠까]$|[?!]")  # beside a date without a time only a name counts
_PORTRAIT = re.compile(r"profile|portrait|avatar|headshot|프로필|기자\s?사진|필자\s?사진|author.?photo|reporter", re.IGNORECASE)


def read_byline(lines: list[Line], at: int, *, alone: bool = True) -> tuple[Byline, Moment | None, int] | None:
    """The byline that begins at index `at`, with its moment and how many lines it takes; None when there is none.

    `alone`: whether an author's line followed by a line that is only a date may count, too.
    """
    line = lines[at]
    if is_greeting(line.text) or line.bullet is not None:
        return None
    moment = find_moment(line.text) if len(line.text) <= 140 else None
    if moment is not None:
        author = _author(line.text, moment)
        return None if author is None else (_byline(author, moment, line.text), moment, 1)
    if _EXPLICIT.match(line.text) and len(line.text) <= MAX_AUTHOR and not is_sentence(line.text):
        stamp = _pure_moment(lines, at + 1)
        text = f"{line.text} {lines[at + 1].text}" if stamp else line.text
        return _byline(_clean(line.text), stamp, text), stamp, 2 if stamp else 1
    if alone and len(line.text) <= 30 and not is_sentence(line.text) and not is_portrait(line.text):
        stamp = _pure_moment(lines, at + 1)
        if stamp is not None and not lines[at + 1].gap:
            return _byline(_clean(line.text), stamp, f"{line.text} {lines[at + 1].text}"), stamp, 2
    return None


def is_portrait(text: str) -> bool:
    """Whether a line is the alternative text of the author's portrait, as mail clients paste it."""
    return len(text) <= 60 and not is_sentence(text) and bool(_PORTRAIT.search(text))


def _byline(author: str, moment: Moment | None, text: str) -> Byline:
    return Byline(author=author or None, at=moment.at if moment else None, zone=moment.zone if moment else None, text=text)


def _author(text: str, moment: Moment) -> str | None:
    """The name that stands beside the moment; None when the line is a sentence with a date in it."""
    before, after = _clean(text[: moment.start]), _clean(text[moment.end :])
    author = " ".join(part for part in (before, after) if part)
    if moment.has_time or moment.at is None:
        return author if len(author) <= MAX_AUTHOR and not is_sentence(after) else None
    if len(author) > 30 or len(author.split()) > 4 or is_sentence(text) or _RUNNING.search(author):
        return None
    return author


def _pure_moment(lines: list[Line], at: int) -> Moment | None:
    """The moment of a line that holds nothing else."""
    moment = find_moment(lines[at].text) if at < len(lines) and len(lines[at].text) <= 80 else None
    return moment if moment is not None and _author(lines[at].text, moment) == "" else None


def _clean(text: str) -> str:
    return _STAMP.sub("", _BY.sub("", _STAMP.sub("", text.strip(_EDGES)))).strip(_EDGES)
