"""The period a series covers (`2025년 9월 17일~9월 23일`, `September 17-23, 2025`) as two dates, over the borders of month and year."""

import re
from datetime import date

from service.issues.reading.dates import make_date, month_number

_DAY_NAME = r"(?:\s*[(（][월화수목금토일](?:요일)?[)）]|\s*[월화수목금토일]요일)?"
_TO = r"\s*(?:부터\s*)?(?:[~∼〜～\-–—―]|\bto\b|\bthrough\b|(?<=부터)\s)\s*"
_UNTIL = r"(?:\s*까지)?"
_EN_MONTH = r"[A-Z][a-z]{2,8}\.?"
_EN_DAY = r"(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\.?,?\s)?"
_NTH = r"(?:st|nd|rd|th)?"

_FORMS = tuple(
    re.compile(form)
    for form in (
        # 2025년 9월 17일~9월 23일, 9월 17일 ~ 23일, 2025년 12월 29일~2026년 1월 4일
        rf"(?:(?P<y1>\d{{4}})\s?년\s*)?(?P<m1>\d{{1,2}})\s?월\s*(?P<d1>\d{{1,2}})\s?일?{_DAY_NAME}"
        rf"{_TO}(?:(?P<y2>\d{{4}})\s?년\s*)?(?:(?P<m2>\d{{1,2}})\s?월\s*)?(?P<d2>\d{{1,2}})\s?일{_DAY_NAME}{_UNTIL}",
        # 2025.09.17 ~ 2025.09.23, 2025-09-17~09-23, 2025.9.17~23
        rf"(?P<y1>\d{{4}})[.\-/]\s?(?P<m1>\d{{1,2}})[.\-/]\s?(?P<d1>\d{{1,2}})\.?{_DAY_NAME}"
        rf"{_TO}(?:(?P<y2>\d{{4}})[.\-/]\s?)?(?:(?P<m2>\d{{1,2}})[.\-/]\s?)?(?P<d2>\d{{1,2}})\.?{_DAY_NAME}",
        # September 17-23, 2025; September 29 – October 5, 2025; Dec 29, 2025 - Jan 4, 2026
        rf"{_EN_DAY}(?P<m1>{_EN_MONTH})\s(?P<d1>\d{{1,2}}){_NTH}(?:,?\s(?P<y1>\d{{4}}))?"
        rf"{_TO}{_EN_DAY}(?:(?P<m2>{_EN_MONTH})\s)?(?P<d2>\d{{1,2}}){_NTH}(?:,?\s(?P<y2>\d{{4}}))?",
        # 17-23 September 2025; 29 September - 5 October 2025
        rf"{_EN_DAY}(?P<d1>\d{{1,2}}){_NTH}(?:\s(?P<m1>{_EN_MONTH}))?(?:,?\s(?P<y1>\d{{4}}))?"
        rf"{_TO}{_EN_DAY}(?P<d2>\d{{1,2}}){_NTH}\s(?P<m2>{_EN_MONTH})(?:,?\s(?P<y2>\d{{4}}))?",
        # one day: 2025년 9월 17일, 2025.09.17, September 17, 2025
        rf"(?P<y1>\d{{4}})\s?[년.\-/]\s?(?P<m1>\d{{1,2}})\s?[월.\-/]\s?(?P<d1>\d{{1,2}})\s?[일.]?{_DAY_NAME}(?P<m2>)(?P<d2>)(?P<y2>)",
        rf"{_EN_DAY}(?P<m1>{_EN_MONTH})\s(?P<d1>\d{{1,2}}){_NTH},?\s(?P<y1>\d{{4}})(?P<m2>)(?P<d2>)(?P<y2>)",
    )
)


def parse_period(text: str, year: int | None = None) -> tuple[date, date] | None:
    """First and last day of a text that is a period and nothing else; `year` is used where none is written; None if it is no period."""
    if len(text) > 90:
        return None
    for form in _FORMS:
        found = form.fullmatch(text.strip())
        days = _days(found, year) if found else None
        if days:
            return days
    return None


def _days(found: re.Match[str], year: int | None) -> tuple[date, date] | None:
    part = found.groupdict()
    month_from = month_number(part["m1"] or part["m2"] or "")
    month_to = month_number(part["m2"] or part["m1"] or "")
    year_from, year_to = _years(part, year, month_to < month_from)
    if year_from is None or year_to is None:
        return None
    first = make_date(year_from, month_from, int(part["d1"]))
    last = make_date(year_to, month_to, int(part["d2"] or part["d1"]))
    return (first, last) if first and last and first <= last else None


def _years(part: dict[str, str | None], year: int | None, over_new_year: bool) -> tuple[int | None, int | None]:
    """Years of both days: a single written year belongs to the day it stands at, and a turn of the year lies between the two."""
    first, last = (int(part[key] or 0) or None for key in ("y1", "y2"))
    if first is None and last is None:
        last = year
    if first is None and last is not None:
        first = last - over_new_year
    if last is None and first is not None:
        last = first + over_new_year
    return first, last
