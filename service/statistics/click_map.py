"""The letter itself with each link's share of the clicks drawn on it, and what its parts amount to, for a frame of its own. Pure.

It draws on the compiled HTML, before its tokens become addresses: only there does a link still bear its number.
"""

import html as html_text
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import takewhile

from service.rendering import fields
from service.tracking import chains
from service.tracking.paths import CLICK_PATH

_LINK = re.compile(
    rf'(<a\s)([^>]*href="[^"]*{CLICK_PATH}{fields.token(fields.MEASURING)}/(\d+)"[^>]*)(>)(.*?)(</a\s*>)', re.DOTALL | re.IGNORECASE
)
_ANCHOR = re.compile(r'<a id="([\w-]+)"[^>]*></a\s*>', re.IGNORECASE)
_STYLE = re.compile(r'style="')
HEATS = ((0.66, "#b42318", "#ffffff"), (0.33, "#b54708", "#ffffff"), (0.0, "#475467", "#ffffff"))  # by part of the most pressed link


@dataclass(frozen=True)
class Spot:
    """How many clicks of people one link had, out of `whole`."""

    clicks: int
    whole: int

    @property
    def percent(self) -> float:
        return round(100 * self.clicks / self.whole, 1) if self.whole else 0.0


def draw(html: str, clicks: Mapping[int, int], parts: Mapping[str, str] | None = None) -> str:
    """Put a number at each counted link and a frame around it, and words at the head of each part.

    `clicks` are clicks by link number; `parts` are words, as text, by the id of a part's first block: its anchor in the letter.
    """
    whole, most = sum(clicks.values()), max(clicks.values(), default=0)
    drawn = _LINK.sub(lambda link: _drawn(link, Spot(clicks.get(int(link[3]), 0), whole), most), html)
    return _ANCHOR.sub(lambda anchor: anchor[0] + _banner((parts or {}).get(anchor[1], "")), drawn)


def by_letter(clicks: Mapping[int, int], replaced_by: Mapping[int, int | None], standing: Collection[int]) -> dict[int, int]:
    """Clicks by the numbers that stand in the letter: a repaired link has those of its replacement, too, up to one that stands there."""
    return {
        number: clicks.get(number, 0)
        + sum(clicks.get(each, 0) for each in takewhile(lambda each: each not in standing, chains.through(number, replaced_by)[1:]))
        for number in standing
    }


def _drawn(link: re.Match[str], spot: Spot, most: int) -> str:
    part = spot.clicks / most if most else 0.0
    color, ink = next((color, ink) for least, color, ink in HEATS if part >= least)
    width = 1 + round(3 * part)
    frame = f"outline:{width}px solid {color};outline-offset:2px;"
    attributes = _STYLE.sub(f'style="{frame}', link[2], count=1) if 'style="' in link[2] else f'style="{frame}" {link[2]}'
    return f"{link[1]}{attributes}{link[4]}{link[5]}{_badge(spot, color, ink)}{link[6]}"


def _badge(spot: Spot, color: str, ink: str) -> str:
    style = (
        f"display:inline-block;margin:0 0 0 6px;padding:1px 7px;border-radius:9px;background:{color}!important;color:{ink}!important;"
        "font:700 12px/1.5 sans-serif;text-decoration:none;vertical-align:middle;white-space:nowrap;"
    )
    return f'<span style="{style}">{spot.percent:g} %</span>'


def _banner(words: str) -> str:
    style = (
        "margin:0 0 12px;padding:6px 12px;border-left:4px solid #1f4fd8;background:#e9effd!important;color:#1a1f26!important;"
        "font:600 13px/1.5 sans-serif;"
    )
    return f'<div style="{style}">{html_text.escape(words)}</div>' if words else ""
