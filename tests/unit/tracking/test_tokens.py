"""Tokens of a letter: each says which reader of which issue, and only for its own purpose."""

from service.core.signing import Key, Signer
from service.subscribers import tokens as acting_tokens
from service.tracking import tokens

SIGNER = Signer((Key(3, bytes(range(32))),))


def test_measuring_token_names_issue_and_reader() -> None:
    token = tokens.measuring(SIGNER, 12, 3456)

    assert tokens.read(SIGNER, token) == (12, 3456)
    assert len(token) == tokens.MEASURING_LENGTH


def test_measuring_token_cannot_act() -> None:
    token = tokens.measuring(SIGNER, 12, 3456)

    assert acting_tokens.read(SIGNER, token) is None


def test_acting_token_cannot_stand_for_a_newsletter() -> None:
    token = acting_tokens.acting(SIGNER, 12, 3456)

    assert acting_tokens.read(SIGNER, token) == (12, 3456)
    assert acting_tokens.read_for_newsletter(SIGNER, token) is None


def test_verp_token_survives_a_change_of_case_and_fits_a_local_part() -> None:
    token = tokens.verp(SIGNER, 12, 3456)

    assert tokens.read_verp(SIGNER, token.upper()) == (12, 3456)
    assert len("b+" + token) <= 64


def test_message_id_is_the_same_on_every_try_and_read_back() -> None:
    first, second = (tokens.message_id(SIGNER, 12, 3456, "news.example.com") for _ in range(2))

    assert first == second
    assert tokens.read_message_id(SIGNER, first) == (12, 3456)
    assert tokens.read_message_id(SIGNER, "<20260101.1@elsewhere.example>") is None
