"""Bytes into text: UTF-8, then CP949, then a refusal that names the remedy."""

import pytest

from service.issues import decoding
from service.issues.reading import pasted


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_korean_text_is_decoded(encoding: str) -> None:
    assert decoding.decode("얼음 배터리\n".encode(encoding)) == "얼음 배터리\n"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b" \r\n\t\n", "empty"),
        ("\ufeff".encode(), "empty"),
        (b"%PDF-1.7 abc", "not a plain text"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "not a plain text"),
        (b"abc\x00def", "not a plain text"),
        ("글".encode("utf-16"), "UTF-16"),
        (b"first\nsecond \xff\xfe\x80", "line 2"),
        (b"a" * 10_000_000, "too long: 10.0 MB"),
    ],
)
def test_what_is_no_text_is_refused_with_a_remedy(data: bytes, message: str) -> None:
    with pytest.raises(decoding.UnreadableText, match=message) as refusal:
        decoding.decode(data)

    assert refusal.value.remedy


def test_text_of_too_many_lines_is_refused() -> None:
    with pytest.raises(decoding.UnreadableText, match="30001 lines"):
        pasted.read("line\n" * 30_001)
