"""Signing in and out: tries are counted before the password is looked at; sessions live on the server and end by themselves (F1, F2)."""

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from service.accounts.models import Role, SignIn, SignInTry, User
from service.core import clock
from service.core.errors import Forbidden
from service.core.ids import secret_token
from service.core.signing import Signer

MOST_TRIES = 5
TRY_MINUTES = 15
TOUCH_SECONDS = 60  # a session's last use is written at most this often


class TooManyTries(Forbidden):
    """Five wrong passwords in fifteen minutes for this account from this network address."""


@dataclass(frozen=True)
class SignedIn:
    """Who a session belongs to."""

    user_id: int
    email: str
    name: str
    role: Role
    language: str
    zone: str
    token_hash: str
    seen_at: datetime


def try_key(signer: Signer, email: str, ip: str) -> str:
    """Under what tries are counted: a keyed hash of account and network (a /64 in IPv6); neither can be read from it."""
    return signer.fingerprint("signin", f"{email.strip().casefold()}|{_network(ip)}")


def admit(session: Session, key: str) -> None:
    """Count a try before it is made, so that many at once cannot pass together. Raises TooManyTries."""
    if session.get_bind().dialect.name == "postgresql":  # SQLite writes one at a time anyway
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": key})
    now = clock.now()
    session.execute(delete(SignInTry).where(SignInTry.at < now - timedelta(minutes=TRY_MINUTES)))
    count, oldest = session.execute(select(func.count(), func.min(SignInTry.at)).where(SignInTry.key == key)).one()
    if count >= MOST_TRIES:
        minutes = max(1, -(-int((oldest + timedelta(minutes=TRY_MINUTES) - now).total_seconds()) // 60))
        raise TooManyTries("Too many tries.", remedy="Wait {minutes} minutes, then try again.", minutes=minutes)
    session.add(SignInTry(key=key, at=now))
    session.flush()


def begin(session: Session, user_id: int, *, password_hash: str, key: str) -> str | None:
    """Start a session and forget the tries; the token goes into the cookie, only its hash is kept.

    None where the user was disabled or the password changed while it was being checked.
    """
    user = session.get(User, user_id)
    if user is None or user.is_disabled or user.password_hash != password_hash:
        return None
    session.execute(delete(SignInTry).where(SignInTry.key == key))
    token, now = secret_token(256), clock.now()
    session.add(SignIn(token_hash=token_hash(token), user_id=user_id, created_at=now, seen_at=now))
    session.flush()
    return token


def find(session: Session, token: str, *, idle_minutes: int, hours: int) -> SignedIn | None:
    """Whose session this is; None where it ended, was idle too long, is too old, or the user is disabled."""
    now = clock.now()
    row = session.execute(
        select(SignIn.token_hash, SignIn.seen_at, User)
        .join(User, User.id == SignIn.user_id)
        .where(
            SignIn.token_hash == token_hash(token),
            SignIn.seen_at > now - timedelta(minutes=idle_minutes),
            SignIn.created_at > now - timedelta(hours=hours),
            User.is_disabled.is_(False),
        )
    ).first()
    if row is None:
        return None
    user: User = row[2]
    return SignedIn(user.id, user.email, user.name, user.role, user.language, user.zone, row[0], row[1])


def touch(session: Session, signed_in: SignedIn) -> None:
    """The session was used just now."""
    session.execute(update(SignIn).where(SignIn.token_hash == signed_in.token_hash).values(seen_at=clock.now()))


def is_stale(signed_in: SignedIn) -> bool:
    """Whether its last use should be written again."""
    return (clock.now() - signed_in.seen_at).total_seconds() >= TOUCH_SECONDS


def end(session: Session, token: str) -> None:
    """Sign out."""
    session.execute(delete(SignIn).where(SignIn.token_hash == token_hash(token)))


def end_all(session: Session, user_id: int, *, but: str | None = None) -> None:
    """End every session of a user, but the one with this token hash."""
    session.execute(delete(SignIn).where(SignIn.user_id == user_id, SignIn.token_hash != (but or "")))


def forget_expired(session: Session, *, hours: int) -> None:
    """Delete sessions that can never be used again."""
    session.execute(delete(SignIn).where(SignIn.created_at < clock.now() - timedelta(hours=hours)))


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _network(ip: str) -> str:
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return ip
    return str(address) if address.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))
