"""What a zone written after a time means: its offset, and whether it is in use on that day. Abbreviations are data, not guesses."""

import re
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

_HOURS: dict[str, float] = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "TRT": 3, "GST": 4,
    "PKT": 5, "IST": 5.5, "NPT": 5.75, "ICT": 7, "WIB": 7, "SGT": 8, "HKT": 8, "PHT": 8, "MYT": 8, "AWST": 8, "KST": 9, "JST": 9,
    "ACST": 9.5, "ACDT": 10.5, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "HST": -10, "HAST": -10, "AKST": -9, "AKDT": -8,
    "PST": -8, "PDT": -7, "MST": -7, "MDT": -6, "CST": -6, "CDT": -5, "EST": -5, "EDT": -4, "AST": -4, "ADT": -3, "NST": -3.5,
    "NDT": -2.5, "BRT": -3, "ART": -3, "한국시간": 9, "한국시각": 9, "서울시간": 9, "일본시간": 9, "협정세계시": 0, "세계표준시": 0,
}  # fmt: skip
_PLACES = {
    "PT": "America/Los_Angeles", "MT": "America/Denver", "CT": "America/Chicago", "ET": "America/New_York",
    "미국태평양시간": "America/Los_Angeles", "태평양시간": "America/Los_Angeles", "미국서부시간": "America/Los_Angeles",
    "서부시간": "America/Los_Angeles", "캘리포니아시간": "America/Los_Angeles", "미국동부시간": "America/New_York",
    "동부시간": "America/New_York", "뉴욕시간": "America/New_York",
}  # fmt: skip
_SEASONAL = {
    "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles", "MDT": "America/Denver", "CDT": "America/Chicago",
    "EST": "America/New_York", "EDT": "America/New_York", "CET": "Europe/Berlin", "CEST": "Europe/Berlin", "BST": "Europe/London",
    "AEST": "Australia/Sydney", "AEDT": "Australia/Sydney",
}  # fmt: skip
_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+\-−–])\s*(\d{1,2})(?::?(\d{2}))?")


def offset_of(zone: str, at: datetime) -> timezone | None:
    """The offset that `zone` (an abbreviation, a Korean name or an offset) means for the local time `at`; None when it is unknown."""
    key = re.sub(r"[\s.]", "", zone).upper()
    if key in _HOURS:
        return timezone(timedelta(hours=_HOURS[key]))
    if key in _PLACES:
        return timezone(at.replace(tzinfo=ZoneInfo(_PLACES[key])).utcoffset() or timedelta())
    found = _OFFSET.fullmatch(key)
    if found is None:
        return None
    hours, minutes = int(found[2]), int(found[3] or 0)
    if hours > 14 or minutes > 59:
        return None
    delta = timedelta(hours=hours, minutes=minutes)
    return timezone(delta if found[1] == "+" else -delta)


def is_out_of_season(zone: str, at: datetime) -> bool:
    """Whether clocks stand otherwise on that day, as with PST in July."""
    place = _SEASONAL.get(zone.upper())
    offset = offset_of(zone, at)
    return place is not None and offset is not None and at.replace(tzinfo=ZoneInfo(place)).utcoffset() != offset.utcoffset(None)
