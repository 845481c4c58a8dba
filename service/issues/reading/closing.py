"""The end of a letter: thanks, sign-off, call to action and tagline, found from the last line upwards."""

import re
from dataclasses import dataclass, replace
from typing import Literal

from service.issues.labels import SeriesLabels, find_label
from service.issues.reading.captions import has_credit
from service.issues.reading.emoji import is_pointer
from service.issues.reading.lines import Line, without_address
from service.issues.reading.parts import is_sentence

Kind = Literal["thanks", "signoff", "call_to_action", "tagline", "other"]

MAX_LINES = 16
MAX_LONG = 200  # an unknown paragraph above this length ends the search: it belongs to the body
MAX_OTHER = 4
MAX_CALL = 90

_KO_AUTHOR = re.compile(r"(?P<author>\S.{0,40}?)\s*(?P<closing>드림|올림|배상|씀)[.!]?")
_KO_PLACE = re.compile(r".{1,28}에서[,.]?")
_EN_PLACE = re.compile(
    r"(?:(?:warmly|yours|greetings|best|cheers|love|hello|written|sent)?,?\s*(?:from|in|at))\s[A-Z][^.!?]{1,40},?", re.IGNORECASE
)
_EN_CLOSING = re.compile(
    r"(?:(?:with )?(?:best|kind|warm|warmest|kindest)(?: regards| wishes)?|regards|sincerely(?: yours)?|cheers|warmly|take care|"
    r"yours(?: truly| sincerely| faithfully)?|all the best|"
    r"until (?:next \w+|tomorrow|then|\w+day)|have a (?:good|great|lovely|nice) \w+|see you (?:soon|next \w+|on \w+)|many thanks|"
    r"with (?:thanks|love|gratitude))[,.!]?",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"(?:감사합니다|고맙습니다|감사드립니다|감사드려요|고마워요|감사해요)[\s.!~^🙏💙❤️😊\ufe0f)]*$|"
    r"^(?:thank you|thanks|many thanks|as always, thank)\b|\b(?:thank you|thanks) for (?:reading|being|your|joining|subscribing|opening)|"
    r"\bthank you[.!]*$",
    re.IGNORECASE,
)
_SIGN_UP = re.compile(
    r"회원\s?가입|구독\s?(?:하기|하세요|해\s?보세요|신청|해 주세요|하고)|무료로\s?(?:받아|구독|만나)|받아\s?보세요|"
    r"\bsubscribe\b|\bsign(?:ing)? up\b|\bjoin (?:us|free|the list)|\bget (?:\w+ ){1,4}(?:for )?free\b|\bfree,? \w+ (?:times|days) a week",
    re.IGNORECASE,
)
_FREQUENCY = re.compile(
    r"주\s?\d\s?회|매주|매일|격주|매월|\b(?:once|twice|(?:two|three|four|five|\d) times) a (?:week|month)\b|\bweekly\b|\bdaily\b|"
    r"\b(?:every|each) (?:week|day|month|morning|mon|tue|wed|thu|fri|sat|sun)",
    re.IGNORECASE,
)
_ON_DAYS = re.compile(r"\bon\b|에 (?:보내|찾아|발행|만나)", re.IGNORECASE)
_KO_DAYS = re.compile(
    r"(?<![가-힣])([월화수목금토일](?:요일)?(?:\s?[,·・/∙ㆍ&와과및~∼-]{1,2}\s?[월화수목금토일](?:요일)?)+|[월화수목금토일]{2,7}(?=[)\]\s]))|([월화수목금토일])요일"
)
_EN_DAYS = re.compile(r"\b(mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur)?(?:day)?s?\b", re.IGNORECASE)
_KO_NUMBERS = {letter: number for number, letter in enumerate("월화수목금토일", start=1)}
_EN_NUMBERS = {name: number for number, name in enumerate(["mon", "tue", "wed", "thu", "fri", "sat", "sun"], start=1)}


@dataclass(frozen=True)
class Closing:
    """One part of the end: the indices `start` to `end` (excluded) of its lines."""

    kind: Kind
    start: int
    end: int


def find_closing(lines: list[Line], start: int, author: str | None, labels: SeriesLabels) -> list[Closing]:
    """The parts of the end in order; empty when the letter simply stops. Nothing above index `start` is looked at."""
    first = max(start, len(lines) - MAX_LINES)
    begin = _first_line(lines, first, author, labels)
    parts: list[Closing] = []
    at = begin
    while at < len(lines):
        parts.append(_part(lines, at, author, parts))
        at = parts[-1].end
    return _with_call(lines, parts)


def weekdays_of(text: str) -> tuple[int, ...]:
    """The days of the week that a line names, as ISO numbers in order (Monday = 1); a range counts its days."""
    found: set[int] = set()
    for match in _KO_DAYS.finditer(text):
        days = [_KO_NUMBERS[letter] for letter in re.sub("요일", "", match.group()) if letter in _KO_NUMBERS]
        found.update(range(days[0], days[-1] + 1) if len(days) == 2 and re.search(r"[~∼-]", match.group()) and days[0] < days[1] else days)
    names = [(match.start(), match.end(), _EN_NUMBERS[match.group(1).lower()]) for match in _EN_DAYS.finditer(text)]
    for number, (_, end, day) in enumerate(names):
        found.add(day)
        if number + 1 < len(names) and re.fullmatch(r"\s?(?:to|through|[-–])\s?", text[end : names[number + 1][0]]):
            found.update(range(day, names[number + 1][2]))
    return tuple(sorted(found))


def _with_call(lines: list[Line], parts: list[Closing]) -> list[Closing]:
    """Of two taglines the one that invites is the call to action, even though it names the days, too."""
    taglines = [part for part in parts if part.kind == "tagline"]
    inviting = [part for part in taglines if len(lines[part.start].text) <= MAX_CALL and _SIGN_UP.search(lines[part.start].text)]
    if len(taglines) < 2 or len(inviting) != 1 or any(part.kind == "call_to_action" for part in parts):
        return parts
    return [replace(part, kind="call_to_action") if part is inviting[0] else part for part in parts]


def _first_line(lines: list[Line], first: int, author: str | None, labels: SeriesLabels) -> int:
    begin, others = len(lines), 0
    for at in range(len(lines) - 1, first - 1, -1):
        if _is_body(lines[at], labels):
            break
        if _part(lines, at, author, []).kind != "other":
            begin, others = at, 0
        else:
            others += 1
            if len(lines[at].text) > MAX_LONG or others > MAX_OTHER:
                break
    return begin


def _is_body(line: Line, labels: SeriesLabels) -> bool:
    if line.hint in ("heading", "bullet", "number", "image"):
        return True
    if line.bullet is not None or line.fact_number is not None or has_credit(line):
        return True
    if is_pointer(line.text):
        return not _SIGN_UP.search(line.text)
    return find_label(line.text, (*labels.summary, *labels.why, *labels.more)) is not None


def _part(lines: list[Line], at: int, author: str | None, before: list[Closing]) -> Closing:
    """What the line at `at` begins; where one sentence says two things the sign-off and the days come first."""
    signed = _signoff_end(lines, at, author)
    if signed:
        return Closing("signoff", at, signed)
    text = lines[at].text
    days = weekdays_of(text)
    if (
        (_FREQUENCY.search(text) or (len(days) >= 2 and _ON_DAYS.search(text)))
        and (days or is_sentence(text))
        and not _is_short_call(text, days)
    ):
        return Closing("tagline", at, at + 1)
    end = _call_end(lines, at)
    if end:
        return Closing("call_to_action", at, end)
    if len(days) >= 2 and any(part.kind == "call_to_action" for part in before):
        return Closing("tagline", at, at + 1)
    return Closing("thanks" if _THANKS.search(text) else "other", at, at + 1)


def _is_short_call(text: str, days: tuple[int, ...]) -> bool:
    return len(text) <= 80 and not days and bool(_SIGN_UP.search(text))


def _call_end(lines: list[Line], at: int) -> int:
    """Where a call to action that begins here ends (0: it is none): short lines that invite, and the address below them."""
    end = at
    while end < len(lines) and end - at < 4 and (end == at or not lines[end].gap) and _is_call_line(lines, end):
        end += 1
    if end > at and end < len(lines) and without_address(lines[end].text)[0] == "":
        end += 1
    return end if end > at else 0


def _is_call_line(lines: list[Line], at: int) -> bool:
    text = lines[at].text
    if len(text) > MAX_CALL or weekdays_of(text):
        return False
    follows = at + 1 < len(lines) and not lines[at + 1].gap and len(lines[at + 1].text) <= MAX_CALL and not weekdays_of(lines[at + 1].text)
    return bool(_SIGN_UP.search(text)) or (
        follows and len(text) <= 40 and not is_sentence(text) and bool(_SIGN_UP.search(lines[at + 1].text))
    )


def _signoff_end(lines: list[Line], at: int, author: str | None) -> int:
    """Where a sign-off that begins here ends; 0 when there is none."""
    if _names_author(lines[at].text, author):
        return at + 1
    if not is_place(lines[at].text):
        return 0
    after = at + 1
    if after < len(lines) and is_place(lines[after].text):  # "Warmly," above "from Oakland"
        after += 1
    if after < len(lines) and (_names_author(lines[after].text, author) or _is_name(lines[after].text, lines[after].gap)):
        return after + 1
    return 0


def is_place(text: str) -> bool:
    """Whether a line is the place or the greeting above a signature."""
    return len(text) <= 45 and bool(_KO_PLACE.fullmatch(text) or _EN_PLACE.fullmatch(text) or _EN_CLOSING.fullmatch(text))


def split_author(text: str) -> tuple[str, str | None]:
    """A signature as (author, Korean closing word or None)."""
    found = _KO_AUTHOR.fullmatch(text)
    return (found["author"], found["closing"]) if found else (text, None)


def _names_author(text: str, author: str | None) -> bool:
    found = _KO_AUTHOR.fullmatch(text)
    if found is not None:
        return len(text) <= 40
    return author is not None and text.strip(" -–—―,.") in (author, author.split()[0])


def _is_name(text: str, gap: bool) -> bool:
    return not gap and len(text) <= 40 and not is_sentence(text) and not _SIGN_UP.search(text) and not _FREQUENCY.search(text)
