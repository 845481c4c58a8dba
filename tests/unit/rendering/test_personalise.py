"""Messages from segments against the standard library's parser and a message that it built itself."""

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.rendering import fields
from service.rendering.personalise import fill
from service.rendering.segments import Encoding, Plans, compile_plan
from tests.support.letters import HEADERS, VALUES, parse

ENCODINGS = list(Encoding)
TEXTS = st.text(st.one_of(st.sampled_from(" .=\r\n가나다👩‍👩‍👧éa<&>\"'-_"), st.characters(exclude_categories=["Cs"])), max_size=60)
NAME = fields.token(fields.NAME)
MEASURING = fields.token(fields.MEASURING)
PIECES = st.one_of(TEXTS, st.just(NAME), st.just(MEASURING))
CONTENTS = st.lists(PIECES, max_size=12).map("".join)
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(max_examples=150, deadline=None)
@given(html=CONTENTS, text=CONTENTS, name=TEXTS)
@example(html=f"<p>{NAME}</p>", text=f"{NAME}.\r\n.{NAME}", name="")
@example(html=NAME, text=NAME + MEASURING, name=".")
@example(html="<p>" + NAME * 3, text="가" * 500, name="=20 ")
def test_any_content_and_any_value_arrive_as_they_are(encoding: Encoding, html: str, text: str, name: str) -> None:
    values = VALUES | {fields.NAME: name}

    wire = fill(compile_plan(HEADERS, html, text, encoding=encoding), values)

    found_text, found_html = parse(wire)
    shown = CONTROL.sub(" ", name)
    assert found_text == lines(text, shown)
    assert shown_white_space(found_html) == shown_white_space(lines(html, escape(shown)))
    if encoding is not Encoding.EIGHT_BIT:
        assert found_html == lines(html, escape(shown))
    assert max(len(line) for line in wire.split(b"\r\n")) <= 998
    assert b"\r\n.\r\n" not in wire
    assert wire.endswith(b"\r\n")
    assert b"\n" not in wire.replace(b"\r\n", b"")
    if encoding is not Encoding.EIGHT_BIT:
        assert wire.isascii()


def shown_white_space(html: str) -> str:
    """Overlong lines of HTML are folded for 8bit where white space does not show."""
    return re.sub(r"[ \t\r\n]+", " ", html).replace(" >", ">")


def lines(content: str, name: str) -> str:
    content = re.sub("\r\n|\r|\n", "\r\n", content)
    content = content if content.endswith("\r\n") else content + "\r\n"
    return content.replace(NAME, name).replace(MEASURING, VALUES[fields.MEASURING])


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_same_message_as_the_standard_library_would_build(encoding: Encoding) -> None:
    html, text = f"<p>안녕하세요, {NAME}님</p>\r\n", f"안녕하세요, {NAME}님\r\n"
    naive = EmailMessage(policy=policy.SMTP)
    naive["From"], naive["To"], naive["Subject"] = "월요 소식 <news@example.test>", "ada@example.test", "월요일의 소식"
    naive.set_content(text.replace(NAME, "Ada & <Ben>"))
    naive.add_alternative(html.replace(NAME, escape("Ada & <Ben>")), subtype="html")

    built = parsed(fill(compile_plan(HEADERS, html, text, encoding=encoding), VALUES | {fields.NAME: "Ada & <Ben>"}))

    naive = message_from_bytes(naive.as_bytes(), policy=policy.default)
    for name in ("From", "To", "Subject", "MIME-Version"):
        assert built[name] == naive[name]
    for kind in ("plain", "html"):
        ours, theirs = built.get_body((kind,)), naive.get_body((kind,))
        assert ours is not None
        assert theirs is not None
        assert ours.get_content() == theirs.get_content()


def test_the_pixel_stands_only_where_it_may() -> None:
    html = f"<p>hello</p>{fields.begin('tracked')}<img src='{MEASURING}.gif'>{fields.end('tracked')}<p>end</p>"
    plans = Plans(HEADERS, html, "hello")

    without = parse(fill(plans.plan(Encoding.EIGHT_BIT), VALUES))[1]
    with_pixel = parse(fill(plans.plan(Encoding.EIGHT_BIT, frozenset({"tracked"})), VALUES))[1]

    assert without == "<p>hello</p><p>end</p>\r\n"
    assert with_pixel == f"<p>hello</p><img src='{VALUES['measuring']}.gif'><p>end</p>\r\n"


def test_a_name_that_looks_like_a_field_is_not_filled_again() -> None:
    wire = fill(compile_plan(HEADERS, NAME, NAME, encoding=Encoding.EIGHT_BIT), VALUES | {"name": fields.token("acting")})

    assert parse(wire)[0] == fields.token("acting") + "\r\n"


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_an_overlong_name_is_cut_between_characters(encoding: Encoding) -> None:
    wire = fill(compile_plan(HEADERS, f"<p>{NAME}</p>", f"- {NAME}", encoding=encoding), VALUES | {"name": "가&" * 1000})

    text, html = parse(wire)
    assert text == "- " + "가&" * 75 + "\r\n"
    assert html.startswith("<p>가&amp;가&amp;")
    assert len(html.encode()) <= 600 + len("<p></p>\r\n")


def test_a_missing_value_is_a_bug_that_shows() -> None:
    plan = compile_plan(HEADERS, NAME, NAME, encoding=Encoding.EIGHT_BIT)

    with pytest.raises(KeyError):
        fill(plan, {name: value for name, value in VALUES.items() if name != "name"})


@settings(max_examples=60, deadline=None)
@given(before=TEXTS.filter(lambda text: not CONTROL.search(text)), name=TEXTS)
def test_a_subject_with_a_name_in_it(before: str, name: str) -> None:
    headers = replace(HEADERS, subject=f"{before}x{NAME}님께")

    wire = fill(compile_plan(headers, "<p>", "x", encoding=Encoding.SMALLEST), VALUES | {"name": name})

    shown = CONTROL.sub(" ", name)
    assert parsed(wire)["Subject"] == f"{before}x{shown}님께"


def parsed(wire: bytes) -> EmailMessage:
    message = message_from_bytes(wire.replace(b"\r\n..", b"\r\n."), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message
