"""One row of an import: a reader to take in, or the reason why not, which never repeats the address. Pure."""

import re
from datetime import UTC, date, datetime, time, timedelta

from service.subscribers.address import InvalidAddress, InvalidName
from service.subscribers.admission import Arrival, Fate
from service.subscribers.csv_file import Row

EARLIEST_ZONE = timedelta(hours=14)  # ahead of UTC
UNREADABLE = "The line cannot be read as a row."
NO_ADDRESS = "There is no address in this row."
BAD_DATE = "The day of consent cannot be read, or lies in the future."
_REASONS = {Fate.UNSUBSCRIBED: "Has unsubscribed and stays so.", Fate.SUPPRESSED: "Is on the do-not-mail list."}
_YES = {"1", "y", "yes", "o", "true", "t", "agree", "agreed", "예", "네", "동의", "동의함", "수신", "수신동의"}
_DAY = re.compile(r"(\d{4})\s*[-./]\s*(\d{1,2})\s*[-./]\s*(\d{1,2})\.?(?:[T\s].*)?")


def read(row: Row, columns: dict[str, int], *, language: str, consented_at: datetime, now: datetime) -> Arrival | str:
    """The reader in this row; or the English sentence that says why the row is refused. A day in the row comes before the declared one."""
    if row.cells is None:
        return UNREADABLE
    written = _cell(row, columns, "email")
    if not written:
        return NO_ADDRESS
    day = _cell(row, columns, "consented_on")
    if day:
        parsed = parse_day(day)
        if parsed is None or parsed > latest_day(now):
            return BAD_DATE
        consented_at = moment_of(parsed)
    consented_at = min(consented_at, now)
    try:
        return Arrival.of(
            written,
            name=_cell(row, columns, "name"),
            language=language,
            consented_at=consented_at,
            wants_advertising=_cell(row, columns, "advertising").casefold() in _YES,
        )
    except (InvalidAddress, InvalidName) as refusal:
        return str(refusal)


def reason_of(fate: Fate) -> str:
    """Why an arrival was not taken in; empty where it was."""
    return _REASONS.get(fate, "")


def moment_of(day: date) -> datetime:
    """An instant for a day without a time: noon UTC, which is on that day in Seoul and in Los Angeles alike."""
    return datetime.combine(day, time(12), UTC)


def latest_day(now: datetime) -> date:
    """What day it is where the day begins first: in Seoul a consent of today is not of the future, while it is yesterday in UTC."""
    return (now + EARLIEST_ZONE).date()


def parse_day(written: str) -> date | None:
    """A day as 2026-01-31, 2026.1.31 or 2026/1/31, a time after it being ignored; None for anything else."""
    found = _DAY.fullmatch(written.strip())
    if found is None:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None


def _cell(row: Row, columns: dict[str, int], field: str) -> str:
    column = columns.get(field, -1)
    return row.cells[column] if row.cells and 0 <= column < len(row.cells) else ""
