"""Issues, their editions, revisions and pictures. When an issue goes out is the slot's business; who got it, the ledger's."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.core.database import Base, BigId, Choice, Instant, Json


class IssueState(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    PAUSED = "paused"
    NEEDS_DECISION = "needs_decision"
    SENT = "sent"
    CANCELLED = "cancelled"
    MISSED = "missed"


class Issue(Base):
    """One number of a newsletter."""

    __tablename__ = "issues"
    __table_args__ = (Index("ix_issues_newsletter_state", "newsletter_id", "state"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletters.id"))
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"))
    state: Mapped[IssueState] = mapped_column(Choice(IssueState), default=IssueState.DRAFT)
    is_advertising: Mapped[bool] = mapped_column(default=False)  # (광고), advertising-consented readers only (B2)
    created_by: Mapped[int | None] = mapped_column(BigId)
    created_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)


class Edition(Base):
    """An issue's document in one language; `revision_id` is the newest saved state."""

    __tablename__ = "editions"
    __table_args__ = (UniqueConstraint("issue_id", "language"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(String(5))
    title: Mapped[str] = mapped_column(String(300))  # copied from the newest document, for lists
    revision_id: Mapped[int | None] = mapped_column(BigId)


class Revision(Base):
    """A saved state of an edition's document; never changed once written."""

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("edition_id", "number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    number: Mapped[int]
    document: Mapped[dict[str, Any]] = mapped_column(Json)  # see document.py
    note: Mapped[str] = mapped_column(String(200), default="")
    created_by: Mapped[int | None] = mapped_column(BigId)
    created_at: Mapped[datetime] = mapped_column(Instant)


class Asset(Base):
    """A picture, re-encoded at upload (F13); the file lies below var/assets under its content's hash.

    In a document an asset stands as `asset:<sha256>`.
    """

    __tablename__ = "assets"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletters.id", ondelete="CASCADE"))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(5))  # png, jpg, gif
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]  # bytes
    name: Mapped[str] = mapped_column(String(200), default="")
    created_by: Mapped[int | None] = mapped_column(BigId)
    created_at: Mapped[datetime] = mapped_column(Instant)
