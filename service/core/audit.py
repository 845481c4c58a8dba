"""Who did what, when, to which thing: append-only, chained by hashes so that a missing or altered line shows (F19)."""

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.core import clock
from service.core.database import Base, BigId, Instant, Json


class AuditEntry(Base):
    """One act of a user (or of the program, where `user_id` is null)."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_noun", "noun", "noun_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    user_id: Mapped[int | None] = mapped_column(BigId)
    act: Mapped[str] = mapped_column(String(60))  # noun.verb, e.g. slot.booked
    noun: Mapped[str] = mapped_column(String(40))
    noun_id: Mapped[int | None] = mapped_column(BigId)
    details: Mapped[dict[str, Any]] = mapped_column(Json)
    chain: Mapped[str] = mapped_column(String(64))


def record(session: Session, act: str, *, user_id: int | None, noun_id: int | None = None, **details: Any) -> None:
    """Append one line in the caller's transaction; `act` is noun.verb; `details` never hold a reader's address."""
    last = session.scalar(select(AuditEntry.chain).order_by(AuditEntry.id.desc()).limit(1)) or ""
    at = clock.now()
    content = json.dumps([last, at.isoformat(), user_id, act, noun_id, details], sort_keys=True, ensure_ascii=False, default=str)
    session.add(
        AuditEntry(
            at=at,
            user_id=user_id,
            act=act,
            noun=act.partition(".")[0],
            noun_id=noun_id,
            details=details,
            chain=hashlib.sha256(content.encode()).hexdigest(),
        )
    )
    session.flush()
