"""Sealed ids: read back by the one who made them, by nobody else, for no other purpose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.seals import LARGEST_FIRST, LARGEST_SECOND, Seal
from service.core.signing import Key, Signer

OLD, NEW = Key(1, b"o" * 32), Key(2, b"n" * 32)
ids = st.tuples(st.integers(0, LARGEST_FIRST), st.integers(0, LARGEST_SECOND))


@given(ids)
def test_sealed_ids_are_read_back_in_both_spellings(pair: tuple[int, int]) -> None:
    seal = Seal(Signer((NEW,)), "measure", 14)

    text, lower = seal.text(*pair), seal.lower_text(*pair)

    assert seal.read(text) == pair
    assert seal.read_lower(lower.upper()) == pair
    assert len(text) == 32


@given(ids, st.integers(0, 31), st.sampled_from("ABCxyz019-_"))
def test_token_with_any_character_changed_is_nobody_s(pair: tuple[int, int], place: int, letter: str) -> None:
    seal = Seal(Signer((NEW,)), "measure", 14)
    text = seal.text(*pair)

    changed = text[:place] + letter + text[place + 1 :]

    assert seal.read(changed) == (pair if changed == text else None)


def test_token_of_another_purpose_is_refused() -> None:
    signer = Signer((NEW,))

    token = Seal(signer, "measure", 14).text(7, 9)

    assert Seal(signer, "verp", 14).read(token) is None


def test_retired_key_still_reads_what_it_sealed() -> None:
    token = Seal(Signer((OLD,)), "measure", 14).text(7, 9)

    rotated = Seal(Signer((NEW, OLD)), "measure", 14)

    assert rotated.read(token) == (7, 9)
    assert rotated.text(7, 9) != token


@pytest.mark.parametrize("text", ["", "x", "한국어", "A" * 32, "=" * 32, "../../etc/passwd", "A" * 4000, "\x00" * 32])
def test_strange_text_is_refused_without_an_error(text: str) -> None:
    seal = Seal(Signer((NEW,)), "measure", 14)

    read = seal.read(text), seal.read_lower(text)

    assert read == (None, None)
