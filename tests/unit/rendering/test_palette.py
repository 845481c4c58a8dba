"""Whatever brand colour an editor chooses, every text can be read: by day, by night, and inverted by a mail program (A38)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.rendering import palette

BRANDS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(BRANDS)
def test_every_text_has_contrast_by_day_and_by_night(brand: str) -> None:
    for colours in (palette.light(brand), palette.dark(brand)):
        for text, ground in colours.pairs():
            assert palette.contrast(text, ground) >= palette.MIN_CONTRAST


@given(BRANDS)
def test_texts_stay_readable_when_a_mail_program_inverts_the_letter(brand: str) -> None:
    colours = palette.light(brand)

    for text, ground in colours.pairs():
        assert palette.contrast(palette.inverted(text), palette.inverted(ground)) >= palette.MIN_CONTRAST


@pytest.mark.parametrize(
    ("one", "other", "ratio"), [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#123456", "#123456", 1.0)]
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert palette.contrast(one, other) == pytest.approx(ratio, abs=0.01)


def test_a_brand_colour_that_reads_well_is_used_as_it_is() -> None:
    assert palette.light("#1f4fd8").accent == palette.light("#1f4fd8").fill == "#1f4fd8"
