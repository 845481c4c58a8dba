"""The people who work at the desk, and their sessions. Readers are never here."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from service.core.database import Base, BigId, Choice, Instant


class Role(StrEnum):
    EDITOR = "editor"  # writes, books, previews
    OPERATOR = "operator"  # also runs deliveries, readers, settings and users


class User(Base):
    """A named person with one role."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(Choice(Role))
    language: Mapped[str] = mapped_column(String(5), default="ko")
    zone: Mapped[str] = mapped_column(String(60), default="America/Los_Angeles")
    is_disabled: Mapped[bool] = mapped_column(default=False)
    gets_reports: Mapped[bool] = mapped_column(default=True)  # each issue's report by mail, the morning after
    created_at: Mapped[datetime] = mapped_column(Instant)


class SignIn(Base):
    """A session of a user in a browser, kept on the server; the cookie holds the token, this row its hash (F2)."""

    __tablename__ = "sign_ins"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)


class SignInTry(Base):
    """A failed try, counted per account and address for 15 minutes (F1)."""

    __tablename__ = "sign_in_tries"
    __table_args__ = (Index("ix_sign_in_tries_key_at", "key", "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(64))  # keyed hash of account and network address
    at: Mapped[datetime] = mapped_column(Instant)
