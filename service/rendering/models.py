"""Compiled issues: what was approved and is sent, byte for byte."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from service.core.database import Base, BigId, Instant, Json


class CompiledIssue(Base):
    """An edition rendered once; `html` and `text` hold field tokens (see segments.py). Never changed once written.

    One row for each (revision, settings of the newsletter): `sha256` covers subject, html, text and links.
    """

    __tablename__ = "compiled_issues"
    __table_args__ = (Index("ix_compiled_issues_revision", "revision_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id", ondelete="CASCADE"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    language: Mapped[str] = mapped_column(String(5))
    version: Mapped[int]  # 1, 2, ... within the issue
    subject: Mapped[str] = mapped_column(String(500))
    html: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    problems: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    is_ready: Mapped[bool]  # no blocking problem
    compiled_at: Mapped[datetime] = mapped_column(Instant)
