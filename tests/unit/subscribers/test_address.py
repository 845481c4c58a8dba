"""Addresses over the grammar of RFC 5321, 5322 and 6531, and what control characters do (A23, A24)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.signing import Key, Signer
from service.subscribers import address
from service.subscribers.address import InvalidAddress, InvalidName, Provider

SIGNER = Signer((Key(1, bytes(32)),))

ACCEPTED = {
    "ada@naver.com": "ada@naver.com",
    "Ada.Lovelace@Naver.COM": "Ada.Lovelace@naver.com",
    "  ada@naver.com\t": "ada@naver.com",
    "\ufeffada@naver.com\u200b": "ada@naver.com",
    "\u3000ada@naver.com\u00a0": "ada@naver.com",
    "ada+letters@gmail.com": "ada+letters@gmail.com",
    "o'neill!#$%&*/=?^_`{|}~-@example.com": "o'neill!#$%&*/=?^_`{|}~-@example.com",
    "1@2.example.com": "1@2.example.com",
    "ａｄａ＠ｎａｖｅｒ．ｃｏｍ": "ada@naver.com",
    "ada@naver。com": "ada@naver.com",
    "ada@예시.한국": "ada@xn--vv4b11d.xn--3e0b707e",
    "ada@bücher.example.com": "ada@xn--bcher-kva.example.com",
    "ada@XN--BCHER-KVA.example.com": "ada@xn--bcher-kva.example.com",
    "x" * 64 + "@example.com": "x" * 64 + "@example.com",
}

REFUSED = [
    "",
    "   ",
    "@",
    "ada",
    "ada@",
    "@naver.com",
    "ada@naver",
    "ada@@naver.com",
    "ada@naver..com",
    "ada@.naver.com",
    "ada@-naver.com",
    "ada@naver-.com",
    ".ada@naver.com",
    "ada.@naver.com",
    "a..da@naver.com",
    "a da@naver.com",
    "ada@na ver.com",
    '"a da"@naver.com',
    "ada(comment)@naver.com",
    "Ada <ada@naver.com>",
    "ada@naver.com, ben@naver.com",
    "ada@[192.0.2.1]",
    "ada@192.0.2.1",
    "에이다@naver.com",
    "x" * 65 + "@example.com",
    "ada@" + "x" * 64 + ".com",
    "x" * 60 + "@" + ".".join(["y" * 60] * 4) + ".com",
    "ada@naver.com%0d%0aBcc:ben@naver.com",
]

CONTROLS = ["\r", "\n", "\r\n", "\x00", "\x0b", "\x0c", "\x1b", "\x7f", "\u0085", "\u2028", "\u2029"]


@pytest.mark.parametrize(("written", "stored"), ACCEPTED.items())
def test_address_is_stored_in_one_form(written: str, stored: str) -> None:
    assert address.normalise(written) == stored


@pytest.mark.parametrize("written", REFUSED)
def test_address_that_cannot_be_mailed_is_refused(written: str) -> None:
    with pytest.raises(InvalidAddress) as refusal:
        address.normalise(written)

    assert len(written.strip()) < 3 or written not in str(refusal.value)


@pytest.mark.parametrize("control", CONTROLS)
@pytest.mark.parametrize(
    "pattern", ["{}ada@naver.com", "ada{}@naver.com", "ada@{}naver.com", "ada@naver.com{}", "ada@naver.com{}Bcc: x@y.com"]
)
def test_control_character_is_refused_wherever_it_stands(control: str, pattern: str) -> None:
    with pytest.raises(InvalidAddress):
        address.normalise(pattern.format(control))


@given(st.text(max_size=80))
def test_any_text_is_refused_or_becomes_plain_ascii(text: str) -> None:
    try:
        stored = address.normalise(text)
    except InvalidAddress:
        return

    assert stored.isascii()
    assert stored.isprintable()
    assert stored.count("@") == 1


@given(st.from_regex(r"[A-Za-z0-9]{1,20}([.+_-][A-Za-z0-9]{1,10}){0,2}@[a-z0-9]{1,20}\.(com|net|co\.kr)", fullmatch=True))
def test_normalising_twice_changes_nothing(written: str) -> None:
    once = address.normalise(written)

    assert address.normalise(once) == once
    assert address.fingerprint(SIGNER, once) == address.fingerprint(SIGNER, once.upper())


@pytest.mark.parametrize(
    ("domain", "provider"),
    [
        ("gmail.com", Provider.GOOGLE),
        ("googlemail.com", Provider.GOOGLE),
        ("outlook.com", Provider.MICROSOFT),
        ("outlook.kr", Provider.MICROSOFT),
        ("hotmail.co.uk", Provider.MICROSOFT),
        ("live.com", Provider.MICROSOFT),
        ("yahoo.co.jp", Provider.YAHOO),
        ("yahoo.com.au", Provider.YAHOO),
        ("naver.com", Provider.NAVER),
        ("hanmail.net", Provider.KAKAO),
        ("daum.net", Provider.KAKAO),
        ("kakao.com", Provider.KAKAO),
        ("icloud.com", Provider.APPLE),
        ("gmail.com.example.com", Provider.OTHER),
        ("outlook.example.com", Provider.OTHER),
        ("live.evil.kr", Provider.OTHER),
        ("notgmail.com", Provider.OTHER),
    ],
)
def test_provider_is_told_by_the_domain(domain: str, provider: Provider) -> None:
    assert address.provider_of(domain) is provider


def test_name_is_one_line_with_single_spaces() -> None:
    assert address.clean_name("  에이다\t".rstrip() + "   Lovelace ") == "에이다 Lovelace"
    assert address.clean_name("") == ""


@pytest.mark.parametrize("control", CONTROLS)
def test_name_with_a_control_character_is_refused(control: str) -> None:
    with pytest.raises(InvalidName):
        address.clean_name(f"Ada{control}Lovelace")


def test_name_that_is_too_long_is_refused() -> None:
    with pytest.raises(InvalidName):
        address.clean_name("a" * 121)
