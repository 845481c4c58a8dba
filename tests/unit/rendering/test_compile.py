"""From a document to a letter: what stands in it, what never does, and that the same gives the same."""

import dataclasses
import os
from pathlib import Path

import pytest

from service.core.problems import Severity
from service.core.settings import ROOT
from service.issues.blocks import CallToAction, More, Prose, Rich, Story
from service.issues.blocks import Mark as TextMark
from service.issues.document import Document
from service.rendering import compile as compiling
from service.rendering import engine, fields, images, letterhead
from service.rendering.compile import Rendered
from tests.support import documents, html

ENVIRONMENT = engine.make_environment(ROOT / "templates/email")
APPROVED = ROOT / "tests/data/approved"
HEAD = letterhead.sample("ko")


def rendered(document: Document, head: letterhead.Letterhead = HEAD, *, is_advertising: bool = False) -> Rendered:
    return compiling.render(document, head, environment=ENVIRONMENT, is_advertising=is_advertising, image_url=documents.FILES.get)


def linked(url: str) -> Document:
    return Document(title="제목", blocks=(Prose("p", Rich("여기를 보세요", (TextMark("link", 0, 3, url),))),))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_letter_looks_as_it_was_approved(language: str) -> None:
    """After a wanted change: APPROVE=1 pytest tests/unit/rendering/test_compile.py, then look at the difference."""
    letter = rendered(documents.letter(), letterhead.sample(language))

    for path, content in ((APPROVED / f"letter.{language}.html", letter.html), (APPROVED / f"letter.{language}.txt", letter.text)):
        if os.environ.get("APPROVE"):
            path.write_text(content, encoding="utf-8")

        assert content == Path(path).read_text(encoding="utf-8")


def test_a_letter_with_every_block_has_no_problem_but_its_lost_picture() -> None:
    letter = rendered(documents.letter())

    assert [(problem.severity, problem.block) for problem in letter.problems] == [(Severity.WARNING, "figure-1")]


def test_the_same_document_gives_the_same_bytes() -> None:
    assert rendered(documents.letter()) == rendered(documents.letter())


def test_every_line_of_the_contents_leads_to_its_section() -> None:
    letter = rendered(documents.letter())

    anchors = [address for address in html.addresses(letter.html) if address.startswith("#")]

    assert anchors == ["#story-1", "#insight"]
    assert {anchor[1:] for anchor in anchors} <= html.ids(letter.html)


def test_both_parts_hold_the_same_links() -> None:
    letter = rendered(documents.letter())

    in_html = {address for address in html.addresses(letter.html) if not address.startswith("#")}

    assert in_html == set(html.text_addresses(letter.text))


def test_links_of_the_content_are_counted_and_those_of_the_law_are_not() -> None:
    letter = rendered(documents.letter())

    addresses = html.addresses(letter.html)
    counted = [address for address in addresses if "/c/" in address]

    assert len(counted) == len(letter.links) == 4
    assert all(address.startswith(f"https://go.example.com/c/{fields.token('measuring')}/pr0link0") for address in counted)
    assert f"https://news.example.com/u/{fields.token('acting')}" in addresses
    assert f"https://news.example.com/p/{fields.token('acting')}" in addresses
    assert f"https://news.example.com/v/{fields.token('measuring')}" in addresses
    assert "https://news.example.com/privacy" in addresses


def test_links_remember_where_they_lead_and_stand() -> None:
    letter = rendered(documents.letter())

    assert ("https://example.com/read?a=1&b=2", "글을 ", "paragraph-2") not in letter.links
    assert [(link.url, link.block) for link in letter.links] == [
        ("https://example.com/read?a=1&b=2", "paragraph-2"),
        ("https://example.com/hours", "story-1"),
        ("https://example.com/map", "insight"),
        ("https://news.example.com/n/sample", "call-to-action"),
    ]


@pytest.mark.parametrize("url", ["mailto:desk@example.com", "tel:+8220000000", "#p"])
def test_mail_telephone_and_anchor_links_are_left_alone(url: str) -> None:
    letter = rendered(linked(url))

    assert letter.links == ()
    assert url in html.addresses(letter.html)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "example.com", "https://", "http://a b", "https://[x"]
)
def test_what_is_no_web_address_becomes_no_link_and_blocks(url: str) -> None:
    letter = rendered(linked(url))

    assert letter.links == ()
    assert url not in html.addresses(letter.html)
    assert [(problem.severity, problem.block) for problem in letter.problems] == [(Severity.ERROR, "p")]
    assert "여기를 보세요" in html.visible_text(letter.html)


def test_an_international_address_stays_as_it_was_written() -> None:
    letter = rendered(linked("https://한국.example/길?이름={{x}}"))

    assert letter.links[0].url == "https://한국.example/길?이름={{x}}"


def test_a_section_without_its_address_keeps_its_words() -> None:
    letter = rendered(Document(title="제목", blocks=(Story("s", title="이야기", more=More("더 알아보기", "어디선가", None)),)))

    assert "더 알아보기: 어디선가" in html.visible_text(letter.html)
    assert letter.links == ()


def test_an_invitation_without_address_leads_to_the_sign_up_page() -> None:
    letter = rendered(Document(title="제목", blocks=(CallToAction("c", ("오세요",)),)))

    assert [link.url for link in letter.links] == [HEAD.sign_up_url]


@pytest.mark.parametrize("text", ["{{7*7}}", "{{config}}", "{{''.__class__}}", "{% for x in y %}", '{{ env "X" }}', "{# note #}"])
def test_the_text_of_an_editor_is_never_a_template(text: str) -> None:
    letter = rendered(Document(title=text, blocks=(Prose("p", text),)))

    assert html.folded(text) in html.visible_text(letter.html)
    assert text in letter.text
    assert letter.subject == text


@pytest.mark.parametrize("word", ["pr0field0acting0", "pr0begin0tracked0", "pr0end0tracked0", "pr0link000", "pr0href000"])
def test_the_text_of_an_editor_is_never_a_field(word: str) -> None:
    plain = rendered(documents.letter())

    letter = rendered(documents.letter(title=word, blocks=(*documents.letter().blocks, Prose("p", Rich(word, (TextMark("bold", 0, 3),))))))

    assert word in html.visible_text(letter.html)
    assert all(source.count(word) == before.count(word) for source, before in ((letter.html, plain.html), (letter.text, plain.text)))
    assert word not in letter.subject


def test_markup_in_a_text_is_shown_not_obeyed() -> None:
    text = '<script>alert(1)</script> <b>굵게</b> & "따옴표" <mj-text>'

    letter = rendered(Document(title="제목", blocks=(Prose("p", text), Story("s", title=text))))

    assert text in html.visible_text(letter.html)
    assert "<script" not in letter.html
    assert text in html.folded(letter.text)


def test_a_lost_picture_leaves_its_caption() -> None:
    letter = rendered(documents.letter())

    assert "설명만 남은 그림" in html.visible_text(letter.html)
    assert letter.html.count("<img") == 2  # the hero and the pixel


def test_a_picture_has_address_size_and_alternative_text() -> None:
    letter = rendered(documents.letter())

    (picture,) = [part.replace("\n", " ") for part in letter.html.split("<img") if "hero.png" in part]

    assert 'src="https://news.example.com/assets/hero.png"' in picture
    assert 'width="560"' in picture
    assert 'height="315"' in picture
    assert 'alt="불 켜진 열람실"' in picture


def test_the_pixel_is_a_segment_of_its_own() -> None:
    letter = rendered(documents.letter())

    (choice,) = fields.CHOICE.finditer(letter.html)

    assert choice[1] == fields.TRACKED
    assert f"https://go.example.com/o/{fields.token('measuring')}.gif" in choice[2]
    assert "/o/" not in letter.html.replace(choice[0], "")


def test_fields_are_the_known_ones() -> None:
    letter = rendered(documents.letter())

    assert set(fields.TOKEN.findall(letter.html)) == set(fields.TOKEN.findall(letter.text)) == {"measuring", "acting", "name"}


@pytest.mark.parametrize("language", ["ko", "en"])
def test_leaving_is_explained_in_both_languages(language: str) -> None:
    letter = rendered(documents.letter(), letterhead.sample(language))

    for text in (html.visible_text(letter.html), html.folded(letter.text)):
        assert "수신을 원하지 않으시면 수신거부" in text
        assert "If you do not wish to receive further mail, click Unsubscribe" in text


@pytest.mark.parametrize(("name", "setting"), list(letterhead.LEGAL.items()))
def test_a_missing_legal_line_blocks_and_names_its_setting(name: str, setting: str) -> None:
    letter = rendered(documents.letter(), dataclasses.replace(HEAD, **{name: " "}))

    blocking = [problem for problem in letter.problems if problem.severity is Severity.ERROR]

    assert len(blocking) == 1
    assert blocking[0].values == {"setting": setting}


def test_the_preheader_stands_first_and_hidden() -> None:
    letter = rendered(documents.letter(preheader="오늘의 산책"))

    body = letter.html[letter.html.index("<body") :]

    assert html.visible_text(letter.html).startswith("오늘의 산책")
    assert "display:none" in body[: body.index("오늘의 산책")]


def test_the_preheader_comes_from_the_first_lead_when_none_is_given() -> None:
    letter = rendered(Document(title="제목", blocks=(Prose("a", "안녕하세요.", "greeting"), Prose("b", "가나다 " * 60, "lead"))))

    assert letter.preheader.startswith("가나다 가나다")
    assert len(letter.preheader) <= 91


def test_headings_carry_the_language_and_the_colour_schemes() -> None:
    letter = rendered(documents.letter(), letterhead.sample("en"))

    assert '<html lang="en"' in letter.html
    assert 'name="color-scheme" content="light dark"' in letter.html.replace("\n", " ")
    assert "prefers-color-scheme: dark" in letter.html
    assert "[data-ogsc]" in letter.html


def test_korean_breaks_between_words_and_never_out_of_the_sheet() -> None:
    letter = rendered(documents.letter())

    assert "word-break:break-word" not in letter.html
    assert letter.html.count("word-break:keep-all") == letter.html.count("overflow-wrap:break-word")


def test_without_pictures_a_letter_renders_too() -> None:
    letter = compiling.render(documents.letter(), HEAD, environment=ENVIRONMENT, image_url=images.none)

    assert letter.html.count("<img") == 1


def test_pictures_above_a_megabyte_are_warned_of() -> None:
    heavy = dataclasses.replace(documents.FILES[documents.HERO], size=1_000_001)

    letter = compiling.render(documents.letter(), HEAD, environment=ENVIRONMENT, image_url={documents.HERO: heavy}.get)

    assert any("1 MB" in problem.text for problem in letter.problems)
