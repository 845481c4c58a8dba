"""A mail server's address as operators write it: `smtp://user:password@host:587?tls=starttls`. Pure."""

import ipaddress
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import parse_qs, unquote, urlsplit

from service.core.errors import Invalid


class Security(StrEnum):
    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True)
class Relay:
    """Where mail is given away, and how. The password is never shown."""

    host: str
    port: int
    security: Security
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def parse(url: str) -> Relay:
    """A Relay from its URL: `smtp://` (STARTTLS; in the clear on loopback) or `smtps://` (TLS from the start).

    Raises Invalid with a remedy; plaintext is refused to anything but loopback (A10).
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _invalid("the address of the mail server cannot be read") from error
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise _invalid("the address of the mail server must begin with smtp:// or smtps:// and name a host")
    if parts.path not in ("", "/") or parts.fragment:
        raise _invalid("the address of the mail server has something after the host; write special signs of the password as %XX")
    security = _security(parts.scheme, parts.query, parts.hostname)
    if security is Security.NONE and not is_loopback(parts.hostname):
        raise Invalid(
            "mail to {host} would travel in the clear, which is allowed to this machine only",
            remedy="use ?tls=starttls or smtps://, or a mail server on 127.0.0.1",
            host=parts.hostname,
        )
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password or "") if user else None
    if user is not None and "\0" in user + (password or ""):
        raise _invalid("user and password of the mail server must not contain NUL")
    usual = 465 if security is Security.TLS else 587 if security is Security.STARTTLS else 25
    return Relay(parts.hostname, port or usual, security, user, password)


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine by name or number; other names are not looked up."""
    if host.lower() in ("localhost", "localhost."):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _security(scheme: str, query: str, host: str) -> Security:
    options = parse_qs(query, keep_blank_values=True)
    wished = options.pop("tls", [""])[-1]
    if options:
        raise _invalid(f"the address of the mail server has an unknown option: {', '.join(sorted(options))}")
    if scheme == "smtps":
        if wished not in ("", "tls"):
            raise _invalid("smtps:// speaks TLS from the start; it takes no other tls= option")
        return Security.TLS
    if not wished:
        return Security.NONE if is_loopback(host) else Security.STARTTLS
    if wished not in ("none", "starttls"):
        raise _invalid("the tls= option of smtp:// is starttls or none")
    return Security(wished)


def _invalid(message: str) -> Invalid:
    return Invalid(message, remedy="write it like smtp://user:password@mail.example.com:587?tls=starttls or smtps://mail.example.com")
