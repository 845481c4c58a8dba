"""The letter with its clicks drawn on it."""

from service.rendering import fields
from service.statistics import click_map
from service.tracking.paths import CLICK_PATH


def link(number: int, words: str, style: str = "") -> str:
    styled = f' style="{style}"' if style else ""
    return f'<a class="x" href="https://e.test{CLICK_PATH}{fields.token(fields.MEASURING)}/{number}"{styled}>{words}</a>'


def test_each_counted_link_bears_its_share_of_clicks() -> None:
    html = link(1, "One") + link(2, "Two", "color:red") + '<a href="https://e.test/leave">Leave</a>'

    drawn = click_map.draw(html, {1: 3, 2: 1})

    assert "75 %</span></a>" in drawn
    assert "25 %</span></a>" in drawn
    assert ";color:red" in drawn
    assert drawn.count("%</span>") == 2
    assert '<a href="https://e.test/leave">Leave</a>' in drawn


def test_letter_without_clicks_shows_zero_at_each_link() -> None:
    assert "0 %</span></a>" in click_map.draw(link(7, "Seven"), {})


def test_a_repaired_link_shows_the_clicks_of_what_took_its_place_unless_that_stands_in_the_letter_too() -> None:
    clicks, replaced_by = {1: 5, 2: 7, 3: 11, 4: 13}, {1: 3, 3: 4}

    assert click_map.by_letter(clicks, replaced_by, {1, 2}) == {1: 29, 2: 7}
    assert click_map.by_letter(clicks, replaced_by, {1, 2, 3}) == {1: 5, 2: 7, 3: 24}


def test_part_bears_its_words_at_its_anchor_as_text() -> None:
    html = '<td><a id="story-1"></a><h2>One</h2><a id="story-2" style=""></a>' + link(1, "One")

    drawn = click_map.draw(html, {1: 1}, {"story-1": "3 readers & <b>more</b>"})

    assert '<a id="story-1"></a><div ' in drawn
    assert "3 readers &amp; &lt;b&gt;more&lt;/b&gt;</div><h2>One" in drawn
    assert '<a id="story-2" style=""></a><a' in drawn  # a part without words is left as it is
