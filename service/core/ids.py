"""Random identifiers that nobody can guess."""

import secrets


def secret_token(bits: int = 128) -> str:
    """A URL-safe random token of at least `bits` bits (F12)."""
    return secrets.token_urlsafe((bits + 7) // 8)


def hex_id(size: int = 16) -> str:
    """A random identifier of `size` bytes in hexadecimal."""
    return secrets.token_hex(size)
