"""The colours of a letter, light and dark, made from one brand colour so that every text on its ground has contrast enough. Pure."""

import colorsys
from collections.abc import Iterator
from dataclasses import dataclass

MIN_CONTRAST = 4.5  # WCAG 2.2 AA for body text (A38)
_WHITE, _NEAR_BLACK = "#ffffff", "#14171a"


@dataclass(frozen=True)
class Palette:
    """`accent` is text in the brand's colour, `fill` a ground in it, `on_fill` the text on that ground."""

    page: str
    paper: str
    card: str
    panel: str
    line: str
    ink: str
    soft: str
    accent: str
    fill: str
    on_fill: str

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Every text colour with each ground it stands on."""
        for ground in (self.paper, self.card, self.panel, self.page):
            yield self.ink, ground
            yield self.soft, ground
            yield self.accent, ground
        yield self.on_fill, self.fill


def light(brand: str) -> Palette:
    """The colours by day: a white sheet on warm grey."""
    page, card, panel = "#efeeeb", "#f6f5f2", "#f8f3ea"
    fill, on_fill = _fill(brand)
    return Palette(
        page=page,
        paper=_WHITE,
        card=card,
        panel=panel,
        line="#e3e1dc",
        ink="#22262a",
        soft="#5c6269",
        accent=_until_readable(brand, (page, panel), darker=True),
        fill=fill,
        on_fill=on_fill,
    )


def dark(brand: str) -> Palette:
    """The colours by night."""
    card, panel = "#25292e", "#2a2825"
    fill, on_fill = _fill(brand)
    return Palette(
        page="#111315",
        paper="#1a1d20",
        card=card,
        panel=panel,
        line="#383d43",
        ink="#e9e7e3",
        soft="#aab0b7",
        accent=_until_readable(brand, (card, panel), darker=False),
        fill=fill,
        on_fill=on_fill,
    )


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two six-digit colours, from 1 to 21 (WCAG 2.2, relative luminance)."""
    brighter, dimmer = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (dimmer + 0.05)


def inverted(color: str) -> str:
    """What a mail program that turns a light letter dark by itself makes of a colour."""
    return "#" + "".join(f"{255 - part:02x}" for part in _parts(color))


def _fill(brand: str) -> tuple[str, str]:
    """A ground in the brand's colour and the text on it; the ground gives way a little where neither black nor white reads well."""
    for on_fill in (_WHITE, _NEAR_BLACK):
        if _is_readable(brand, on_fill):
            return brand, on_fill
    return _until_readable(brand, (_WHITE,), darker=True), _WHITE


def _until_readable(color: str, grounds: tuple[str, ...], *, darker: bool) -> str:
    hue, lightness, saturation = colorsys.rgb_to_hls(*(part / 255 for part in _parts(color)))
    candidate, end = color, 0.0 if darker else 1.0
    while lightness != end and not all(_is_readable(candidate, ground) for ground in grounds):
        lightness = max(0.0, lightness - 0.01) if darker else min(1.0, lightness + 0.01)
        candidate = "#" + "".join(f"{round(part * 255):02x}" for part in colorsys.hls_to_rgb(hue, lightness, saturation))
    return candidate


def _is_readable(color: str, ground: str) -> bool:
    """As it is, and as a mail program shows it that inverts colours."""
    return min(contrast(color, ground), contrast(inverted(color), inverted(ground))) >= MIN_CONTRAST


def _luminance(color: str) -> float:
    red, green, blue = (part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in _parts(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parts(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
