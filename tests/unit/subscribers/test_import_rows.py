"""What one row of an import is taken for."""

from datetime import UTC, date, datetime

import pytest

from service.subscribers import import_rows
from service.subscribers.admission import Arrival
from service.subscribers.csv_file import Row

COLUMNS = {"email": 0, "name": 1, "advertising": 2, "consented_on": 3}
DECLARED = datetime(2026, 1, 5, tzinfo=UTC)
NOW = datetime(2026, 9, 14, 3, 0, tzinfo=UTC)


def read(*cells: str) -> Arrival | str:
    return import_rows.read(Row(2, cells), COLUMNS, language="ko", consented_at=DECLARED, now=NOW)


def test_row_becomes_an_arrival_with_the_declared_day() -> None:
    assert read("Ada@Naver.com", "에이다") == Arrival("Ada@naver.com", "에이다", "ko", DECLARED)


def test_day_and_advertising_in_the_row_are_taken() -> None:
    assert read("ada@naver.com", "", "동의", "2026. 2. 3") == Arrival("ada@naver.com", "", "ko", datetime(2026, 2, 3, 12, tzinfo=UTC), True)


@pytest.mark.parametrize("said", ["", "no", "아니오", "0", "미동의"])
def test_advertising_is_never_assumed(said: str) -> None:
    arrival = read("ada@naver.com", "", said)

    assert isinstance(arrival, Arrival)
    assert not arrival.wants_advertising


@pytest.mark.parametrize(
    ("cells", "word"),
    [
        (("", "Ada"), "no address"),
        ((), "no address"),
        (("not an address",), "e-mail address"),
        (("ada@naver.com", "Ada\nBcc: ben@gmail.com"), "line break"),
        (("ada@naver.com", "", "", "yesterday"), "day of consent"),
        (("ada@naver.com", "", "", "2026-12-24"), "day of consent"),
        (("ada@naver.com", "", "", "2026-02-30"), "day of consent"),
    ],
)
def test_row_is_refused_with_a_reason_that_never_repeats_it(cells: tuple[str, ...], word: str) -> None:
    reason = read(*cells)

    assert isinstance(reason, str)
    assert word in reason
    assert "ada@" not in reason


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-01-31", date(2026, 1, 31)),
        ("2026.1.31", date(2026, 1, 31)),
        ("2026. 1. 31.", date(2026, 1, 31)),
        ("2026/01/31 10:22:00", date(2026, 1, 31)),
        ("2026-01-31T10:22:00Z", date(2026, 1, 31)),
        ("31.1.2026", None),
        ("20260131", None),
        ("", None),
    ],
)
def test_days_are_read_year_first(written: str, day: date | None) -> None:
    assert import_rows.parse_day(written) == day


def test_today_in_seoul_is_not_the_future() -> None:
    # given eight in the morning in Seoul, when it is still yesterday in UTC
    early = datetime(2026, 9, 13, 23, 0, tzinfo=UTC)

    # when
    arrival = import_rows.read(Row(2, ("ada@naver.com", "", "", "2026-09-14")), COLUMNS, language="ko", consented_at=DECLARED, now=early)

    # then it is taken, and agreed to by now at the latest
    assert isinstance(arrival, Arrival)
    assert arrival.consented_at == early
