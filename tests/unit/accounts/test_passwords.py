"""Which passwords are refused, and that a hash never tells (F1)."""

import pytest

from service.accounts import passwords
from service.accounts.passwords import WeakPassword

GOOD = "correct horse battery staple"


def test_hash_is_argon2id_and_never_twice_the_same() -> None:
    # when
    first, second = passwords.hashed(GOOD), passwords.hashed(GOOD)

    # then
    assert first.startswith("$argon2id$")
    assert first != second


def test_right_password_is_told_from_wrong() -> None:
    # given
    kept = passwords.hashed(GOOD)

    # then
    assert passwords.is_correct(kept, GOOD)
    assert not passwords.is_correct(kept, GOOD + "x")
    assert not passwords.is_correct("not a hash", GOOD)
    assert not passwords.is_correct(None, GOOD)


@pytest.mark.parametrize(
    "password",
    ["", "short", "elevenchars", "passwordpassword", "Password123456", "aaaaaaaaaaaaaa", "123456789012", "qwertyuiop12", "otto.lastname99"],
)
def test_easy_password_is_refused(password: str) -> None:
    with pytest.raises(WeakPassword) as refusal:
        passwords.refuse_weak(password, email="otto.lastname@example.com")

    assert refusal.value.remedy


@pytest.mark.parametrize("password", [GOOD, "산과 바다와 강과 들판과", "x9!kQ2#vLm8$", "a" * 20 + "bcdefgh ijk"])
def test_good_password_is_taken(password: str) -> None:
    passwords.refuse_weak(password, email="otto@example.com")


def test_endless_password_is_refused_before_it_is_hashed() -> None:
    with pytest.raises(WeakPassword):
        passwords.hashed("ab1 " * 1000)
