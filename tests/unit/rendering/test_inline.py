"""MJML and inlining: what each of the two would break, and does not."""

import pytest

from service.rendering import fields, mjml
from service.rendering.inline import inline


def sheet(body: str, style: str = "") -> str:
    return f'<mjml lang="ko"><mj-head><mj-style>{style}</mj-style></mj-head><mj-body width="640px">{body}</mj-body></mjml>'


def cell(content: str) -> str:
    return f"<mj-section><mj-column><mj-text>{content}</mj-text></mj-column></mj-section>"


def letter(content: str, style: str = "") -> str:
    return inline(mjml.compile_mjml(sheet(cell(content), style)))


def test_rules_are_inlined_and_the_style_sheet_stays() -> None:
    html = letter('<p class="x">가</p>', ".x { color: #AABBCC; } @media (prefers-color-scheme: dark) { .x { color: #112233 !important; } }")

    assert "color:#aabbcc" in html[html.index('<p class="x"') :].lower()
    assert "prefers-color-scheme: dark" in html


def test_colours_keep_six_digits() -> None:
    html = letter('<p class="x">가</p>', ".x { color: #aabbcc; background-color: #ffffff; }")

    assert "#abc" not in html
    assert "background-color:#ffffff" in html


def test_conditional_comments_for_outlook_survive() -> None:
    source = mjml.compile_mjml(sheet(cell("가") * 3))

    html = inline(source)

    assert html.count("[if mso") == source.count("[if mso") >= 7


def test_the_document_type_stands_in_front() -> None:
    assert letter("가").startswith("<!doctype html>\n<html")


def test_field_words_survive_in_texts_and_addresses() -> None:
    word = fields.token("acting")

    html = letter(f'{fields.begin("tracked")}<a href="pr0href00">x</a>{word}{fields.end("tracked")}')

    assert f'{fields.begin("tracked")}<a href="pr0href00"' in html
    assert f"{word}{fields.end('tracked')}" in html


def test_no_web_fonts_are_linked() -> None:
    html = letter("가")

    assert "fonts.googleapis" not in html
    assert "@import" not in html


@pytest.mark.parametrize("source", [sheet(cell("<p>")), sheet("<mj-sectoin>가</mj-sectoin>"), "<mjml>"])
def test_a_broken_template_is_refused(source: str) -> None:
    with pytest.raises(mjml.BrokenTemplate):
        mjml.compile_mjml(source)


def test_text_that_looks_like_mjml_is_no_broken_template() -> None:
    assert "&lt;mj-text&gt;" in letter("&lt;mj-text&gt;")
