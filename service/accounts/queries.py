"""Reads about users of the desk."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.accounts.models import Role, SignIn, User


@dataclass(frozen=True)
class Person:
    """A user as notices to the desk need one."""

    id: int
    email: str
    name: str
    role: Role
    language: str
    zone: str
    gets_reports: bool = True


@dataclass(frozen=True)
class Secret:
    """What checking a password needs; `password_hash` is None where nobody may sign in under this address."""

    user_id: int | None
    password_hash: str | None


def secret(session: Session, email: str) -> Secret:
    """Whose password is to be checked."""
    row = session.execute(
        select(User.id, User.password_hash).where(User.email == email.strip().casefold(), User.is_disabled.is_(False))
    ).first()
    return Secret(None, None) if row is None else Secret(row[0], row[1])


def has_users(session: Session) -> bool:
    """Whether anybody can sign in at all."""
    return session.scalar(select(User.id).where(User.is_disabled.is_(False)).limit(1)) is not None


def listing(session: Session) -> list[User]:
    """Every user, by name; the disabled last."""
    return list(session.scalars(select(User).order_by(User.is_disabled, User.name)))


def by_email(session: Session, email: str) -> User | None:
    """The user with this address."""
    return session.scalar(select(User).where(User.email == email.strip().casefold()))


def names(session: Session) -> dict[int, str]:
    """The name of each user by id, the disabled included; for lists that say who did something."""
    return {user_id: name for user_id, name in session.execute(select(User.id, User.name))}  # noqa: C416 - a Result has keys()


def desk(session: Session, role: Role | None = None) -> list[Person]:
    """Who is to be told something: everyone who may sign in, or those of one role."""
    query = select(User).where(User.is_disabled.is_(False)).order_by(User.id)
    users = session.scalars(query if role is None else query.where(User.role == role))
    return [Person(user.id, user.email, user.name, user.role, user.language, user.zone, user.gets_reports) for user in users]


def sessions_of(session: Session, user_id: int) -> int:
    """In how many browsers a user is signed in."""
    return session.scalar(select(func.count()).select_from(SignIn).where(SignIn.user_id == user_id)) or 0
