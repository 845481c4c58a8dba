"""Passwords of the desk: argon2id hashes, and which passwords are too easy (F1).

Hashing takes about 50 ms on purpose: do it before a writing transaction.
"""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from service.core.errors import Invalid
from service.core.ids import secret_token

SHORTEST, LONGEST = 12, 200  # characters; a very long one would only cost us time
FEWEST_DIFFERENT = 5
# what remains of the public lists of leaked passwords at twelve characters and more, without digits and case
COMMON = frozenset(
    """
    abc abcd abcdefghijkl adminadmin administrator asdfghjkl baseball changeme dragon football iloveyou letmein master monkey newsletter
    password passwort pressrun princess qwerty qwertyuiop qwertyuiopasdf sunshine superman trustno welcome zxcvbnm
    """.split()  # noqa: SIM905 - a list of words reads better as words
)

_hasher = PasswordHasher()


class WeakPassword(Invalid):
    """The password is too easy to guess."""


def hashed(password: str, *, email: str = "") -> str:
    """The argon2id hash of a new password. Raises WeakPassword."""
    refuse_weak(password, email=email)
    return _hasher.hash(password)


def is_correct(password_hash: str | None, password: str) -> bool:
    """Whether the password belongs to the hash. Without a hash the same work is done against a made-up one, so that time tells nothing."""
    try:
        matches = _hasher.verify(password_hash or _nobody(), password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return matches and password_hash is not None


def refuse_weak(password: str, *, email: str = "") -> None:
    """Raise WeakPassword for a password that is short, long, of few characters, well known, or the person's own address."""
    if len(password) < SHORTEST:
        raise WeakPassword(
            "A password has at least {shortest} characters.", remedy="Three or four unrelated words do well.", shortest=SHORTEST
        )
    if len(password) > LONGEST:
        raise WeakPassword("A password has at most {longest} characters.", remedy="Take a shorter one.", longest=LONGEST)
    plain = password.casefold()
    letters = "".join(character for character in plain if character.isalpha())
    own = email.casefold().partition("@")[0]
    if len(set(plain)) < FEWEST_DIFFERENT or not letters or letters in COMMON or _is_repeated(letters) or (len(own) > 3 and own in plain):
        raise WeakPassword("This password is easy to guess.", remedy="Three or four unrelated words do well.")


def _is_repeated(letters: str) -> bool:
    """Whether the letters are one common word again and again (passwordpassword)."""
    return any(letters == word * (len(letters) // len(word)) for word in COMMON if len(word) >= 3)


@cache
def _nobody() -> str:
    return _hasher.hash(secret_token())
