"""When a figure is an alarm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.i18n import translate
from service.statistics import alarm_words
from service.statistics.alarm_rules import ABOVE, Kind, Measure, expected_hits, is_alarm


@pytest.mark.parametrize(
    ("kind", "number", "base", "was_one", "expected"),
    [
        (Kind.COMPLAINTS, 11, 10_000, False, True),
        (Kind.COMPLAINTS, 10, 10_000, False, False),  # at the bound, not above
        (Kind.COMPLAINTS, 9, 10_000, True, True),  # one before: it ends lower than it begins
        (Kind.COMPLAINTS, 8, 10_000, True, False),
        (Kind.COMPLAINTS, 1, 200, False, False),  # one reader alone is no alarm
        (Kind.HARD, 21, 1_000, False, True),
        (Kind.HARD, 20, 1_000, False, False),
        (Kind.HARD, 21, 199, False, False),  # too few to say
        (Kind.HARD, 16, 1_000, True, True),
        (Kind.DEFERRED, 300, 1_000, False, True),
        (Kind.DEFERRED, 200, 1_000, False, False),
        (Kind.DEFERRED, 40, 100, False, False),
    ],
)
def test_share_above_its_bound_is_an_alarm(kind: Kind, number: int, base: int, was_one: bool, expected: bool) -> None:
    assert is_alarm(Measure(kind, "", number, base), was_one=was_one) is expected


@pytest.mark.parametrize(
    ("clicks", "accepted", "usual", "was_one", "expected"),
    [
        (4, 1_000, 1.0, False, True),
        (5, 1_000, 1.0, False, False),  # just half
        (5, 1_000, 1.0, True, True),
        (6, 1_000, 1.0, True, False),
        (0, 150, 50.0, False, False),  # few readers there
        (0, 1_000, 0.5, False, False),  # few clicks were to be expected
    ],
)
def test_provider_where_people_press_less_than_half_as_often(
    clicks: int, accepted: int, usual: float, was_one: bool, expected: bool
) -> None:
    assert is_alarm(Measure(Kind.SPAM_FOLDER, "naver", clicks, accepted, usual), was_one=was_one) is expected


def test_silence_is_an_alarm_only_where_hits_were_to_be_expected() -> None:
    assert is_alarm(Measure(Kind.SILENT, "", 0, 1, 20.0), was_one=False)
    assert not is_alarm(Measure(Kind.SILENT, "", 0, 1, 19.0), was_one=False)
    assert is_alarm(Measure(Kind.SILENT, "", 0, 1, 12.0), was_one=True)
    assert not is_alarm(Measure(Kind.SILENT, "", 1, 1, 500.0), was_one=True)


def test_expectation_follows_the_curve_over_the_change_of_the_hour() -> None:
    curve = {0: 600.0, 1: 60.0}

    assert expected_hits(curve, 3600 + 599, 20) == pytest.approx(10 * 1 + 10 * 10)
    assert expected_hits(curve, 30, 20) == pytest.approx(10)
    assert expected_hits({}, 9000, 30) == 0


@given(st.sampled_from(sorted(ABOVE)), st.integers(0, 3000), st.integers(0, 3000), st.booleans())
def test_alarm_that_stands_ends_no_sooner_than_it_would_begin(kind: Kind, number: int, base: int, was_one: bool) -> None:
    measure = Measure(kind, "", number, base)

    assert is_alarm(measure, was_one=True) or not is_alarm(measure, was_one=False)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_alarm_says_in_korean_too_what_happened_and_what_to_do(kind: Kind) -> None:
    filled = alarm_words.values(kind, "ko", subject="naver", number=3, share=1.234, usual=5.0)

    for text in vars(alarm_words.WORDS[kind]).values():
        said = translate("ko", text, **filled)
        assert said != translate("en", text, **filled)
        assert "{" not in said
