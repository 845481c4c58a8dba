"""Marks become three elements, however they nest or overlap."""

import pytest

from service.issues.blocks import Mark, Rich, plain
from service.rendering import marks


def track(url: str, _words: str) -> str | None:
    return None if url.startswith("javascript:") else url


@pytest.mark.parametrize(
    ("given", "html"),
    [
        ("a < b & c", "a &lt; b &amp; c"),
        ("첫 줄\n둘째 줄", "첫 줄<br/>\n둘째 줄"),
        (Rich("abc", (Mark("bold", 0, 2), Mark("italic", 1, 3))), "<strong>a</strong><strong><em>b</em></strong><em>c</em>"),
        (
            Rich("abc", (Mark("link", 0, 3, "https://x.example/?a=1&b"), Mark("bold", 1, 2))),
            '<a class="link" href="https://x.example/?a=1&amp;b">a<strong>b</strong>c</a>',
        ),
        (Rich("abc", (Mark("link", 0, 3, "javascript:alert(1)"),)), "abc"),
    ],
)
def test_texts_become_html(given: str | Rich, html: str) -> None:
    assert marks.to_html(given, track) == html


def test_a_link_in_plain_text_is_followed_by_its_address() -> None:
    text = Rich("여기 를 보세요", (Mark("link", 0, 3, "https://x.example"),))

    assert marks.to_text(text, track) == "여기 (https://x.example) 를 보세요"


def test_paragraphs_keep_their_marks() -> None:
    text = Rich("하나\n\n둘 셋", (Mark("bold", 0, 2), Mark("italic", 6, 7)))

    first, second = marks.paragraphs(text)

    assert (plain(first), plain(second)) == ("하나", "둘 셋")
    assert marks.to_html(second, track) == "둘 <em>셋</em>"
