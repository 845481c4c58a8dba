"""Headers and structure of a compiled issue: what providers look for, byte for byte (A5, A20 to A30)."""

import re
from dataclasses import replace
from email import message_from_bytes, policy

import pytest

from service.core.errors import Invalid
from service.rendering import fields
from service.rendering.personalise import fill
from service.rendering.segments import Encoding, Plans, chosen_segments, compile_plan, find_fields
from tests.support.letters import ACTING, HEADERS, VALUES, parse

NAME = fields.token(fields.NAME)
HTML = f"<html><body><p>{NAME}님, 안녕하세요.</p><a href='https://x.test/u/{ACTING}'>수신거부</a></body></html>"
TEXT = f"{NAME}님, 안녕하세요.\n.점으로 시작하는 줄\nhttps://x.test/u/{ACTING}\n"


def head(wire: bytes) -> bytes:
    return wire.partition(b"\r\n\r\n")[0] + b"\r\n"


@pytest.mark.parametrize("encoding", list(Encoding))
def test_single_headers_and_one_recipient(encoding: Encoding) -> None:
    wire = fill(compile_plan(HEADERS, HTML, TEXT, encoding=encoding), VALUES)

    message = message_from_bytes(wire, policy=policy.default)
    for name in ("Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Id"):
        assert len(message.get_all(name, [])) == 1, name
    assert message["To"] == "ada@example.test"
    assert message["From"] == "월요 소식 <news@example.test>"
    assert message["Subject"] == "월요일의 소식"
    assert message["Reply-To"] == "editors@example.test"
    assert message["Message-ID"] == VALUES["messageid"]
    assert "Auto-Submitted" not in message
    assert not message.defects


def test_what_providers_read_is_never_encoded() -> None:
    url = "https://news.example.test/u/" + "x" * 250 + f"/{ACTING}"
    wire = fill(compile_plan(replace(HEADERS, unsubscribe_url=url), HTML, TEXT, encoding=Encoding.SMALLEST), VALUES)

    headers = head(wire)
    assert re.search(rb"^List-Unsubscribe: <https://[^>\s]+>,\r\n <mailto:[^>\s]+>\r$", headers, re.MULTILINE)
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in headers
    assert b"\r\nFeedback-ID: issue7:ko:news:pressrun\r\n" in headers
    assert b"\r\nPrecedence: bulk\r\n" in headers
    assert re.search(rb"\r\nList-Id: =\?utf-8\?b\?[^ ]+\?= <news\.example\.test>\r\n", headers)
    assert VALUES["acting"].encode() in headers


def test_eight_bit_where_offered_and_ascii_elsewhere() -> None:
    plans = Plans(HEADERS, HTML, TEXT)

    eight_bit, seven_bit = (fill(plans.plan(encoding), VALUES) for encoding in (Encoding.EIGHT_BIT, Encoding.SMALLEST))

    assert plans.plan(Encoding.EIGHT_BIT).encodings == ("8bit", "8bit")
    assert "안녕하세요".encode() in eight_bit
    assert seven_bit.isascii()
    assert parse(eight_bit) == parse(seven_bit)


def test_a_text_with_endless_lines_leaves_eight_bit_alone() -> None:
    plan = compile_plan(HEADERS, HTML, "가" * 400, encoding=Encoding.EIGHT_BIT)

    assert plan.encodings == ("base64", "8bit")


def test_endless_html_is_folded_for_eight_bit() -> None:
    html = "<table>" + "<tr><td style='color:red' class='x y'>뉴스 레터</td></tr>" * 60 + "</table>"

    plan = compile_plan(HEADERS, html, TEXT, encoding=Encoding.EIGHT_BIT)

    wire = fill(plan, VALUES)
    assert plan.encodings == ("8bit", "8bit")
    assert max(map(len, wire.split(b"\r\n"))) <= 998
    assert re.sub(r"\s+", "", parse(wire)[1]) == re.sub(r"\s+", "", html)
    assert "뉴스 레터" in parse(wire)[1]


def test_conditional_comments_stay_whole() -> None:
    comment = "<!--[if mso | IE]><table><tr><td width='600'><![endif]-->"
    html = ("<p>" + "word " * 30 + "</p>" + comment) * 20

    wire = fill(compile_plan(HEADERS, html, TEXT, encoding=Encoding.EIGHT_BIT), VALUES)

    assert parse(wire)[1].count(comment) == 20


def test_a_plan_is_made_once() -> None:
    plans = Plans(HEADERS, HTML, TEXT)

    assert plans.plan(Encoding.EIGHT_BIT) is plans.plan(Encoding.EIGHT_BIT)
    assert plans.plan(Encoding.EIGHT_BIT) is not plans.plan(Encoding.EIGHT_BIT, frozenset({"tracked"}))


def test_fields_are_known_before_anyone_is_sent_to() -> None:
    assert compile_plan(HEADERS, HTML, TEXT, encoding=Encoding.EIGHT_BIT).fields == {"name", "acting", "recipient", "messageid", "date"}
    assert find_fields(TEXT) == {"name", "acting"}


def test_segments_may_be_nested() -> None:
    content = f"a{fields.begin('x')}b{fields.begin('y')}c{fields.end('y')}d{fields.end('x')}e"

    found = [chosen_segments(content, frozenset(flags)) for flags in ("", "x", "y", "xy")]

    assert found == ["ae", "abde", "ae", "abcde"]


@pytest.mark.parametrize("content", [fields.begin("x"), fields.end("x"), fields.begin("x") + fields.end("y")])
def test_a_segment_that_does_not_close_is_refused(content: str) -> None:
    with pytest.raises(Invalid):
        compile_plan(HEADERS, content, TEXT, encoding=Encoding.EIGHT_BIT)


@pytest.mark.parametrize("bad", ["\r\nBcc: eve@x.test", "\n", "\0", "\x0b", "\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize(
    "place",
    [
        "sender_name",
        "sender_email",
        "subject",
        "list_name",
        "list_domain",
        "unsubscribe_url",
        "unsubscribe_mailto",
        "feedback_id",
        "reply_to",
    ],
)
def test_no_header_takes_a_control_character(place: str, bad: str) -> None:
    headers = replace(HEADERS, **{place: f"a{bad}b"})  # type: ignore[arg-type]

    with pytest.raises(Invalid):
        compile_plan(headers, HTML, TEXT, encoding=Encoding.EIGHT_BIT)


@pytest.mark.parametrize("bad", ["\r\nBcc: eve@x.test\r\n\r\n", "\r\n.\r\n", "\0"])
def test_a_value_of_a_reader_breaks_out_of_nothing(bad: str) -> None:
    values = {name: bad + value for name, value in VALUES.items()}

    wire = fill(compile_plan(HEADERS, HTML, TEXT, encoding=Encoding.EIGHT_BIT), values)

    assert b"\r\nBcc:" not in wire
    assert b"\r\n.\r\n" not in wire
    assert b"\0" not in wire
