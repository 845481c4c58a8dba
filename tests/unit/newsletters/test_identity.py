"""What the settings of a newsletter may hold (A11, A23)."""

from dataclasses import replace

import pytest

from service.newsletters.identity import Identity, faults, is_freemail

WHOLE = Identity(
    name="The Letter",
    sender_name="The Letter",
    sender_email="hello@news.example.com",
    reply_to="desk@example.com",
    bounce_domain="bounces.example.com",
    legal_name="Letter Company",
    legal_email="desk@example.com",
    legal_telephone="+82 2 123 4567",
    legal_address="서울특별시 중구 견본로 1",
    privacy_url="https://example.com/privacy",
)


def test_whole_identity_has_no_fault() -> None:
    assert faults(WHOLE) == {}


def test_empty_fields_are_no_fault_but_the_name() -> None:
    assert set(faults(Identity(name=""))) == {"name"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sender_email", "hello"),
        ("sender_email", "hello@naver.com"),
        ("sender_email", "hello@yahoo.co.kr"),
        ("sender_email", "hello@ｎaver.com"),
        ("reply_to", "desk@@example.com"),
        ("legal_email", "desk@example.com\nBcc: all@example.com"),
        ("sender_name", "Letter\r\nBcc: all@example.com"),
        ("sender_name", "Letter\x00"),
        ("legal_name", "Letter\u2028Company"),
        ("name", "x" * 121),
        ("bounce_domain", "not a domain"),
        ("bounce_domain", "-x.example.com"),
        ("legal_telephone", "call us"),
        ("privacy_url", "http://example.com"),
        ("privacy_url", "javascript:alert(1)"),
        ("brand_color", "blue"),
        ("brand_color", "#fff"),
        ("brand_color", "#1f4fd8;}"),
        ("language", "fr"),
        ("readers_zone", "Mars/Olympus"),
        ("editors_zone", "../etc/passwd"),
    ],
)
def test_unusable_value_is_a_fault_of_its_field(field: str, value: str) -> None:
    assert set(faults(replace(WHOLE, **{field: value}))) == {field}  # type: ignore[arg-type]


@pytest.mark.parametrize("email", ["a@gmail.com", "a@Naver.com", "a@yahoo.co.jp", "a@outlook.kr", "a@daum.net"])
def test_freemail_is_known(email: str) -> None:
    assert is_freemail(email)


@pytest.mark.parametrize("email", ["a@news.example.com", "a@live.example.com", "a@mygmail.com", "a@naver.com.example.org", ""])
def test_own_domain_is_not_freemail(email: str) -> None:
    assert not is_freemail(email)
