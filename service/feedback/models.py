"""What came back: one row for each hit, kept raw with its label."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from service.core.database import Base, BigId, Choice, Instant


class EventKind(StrEnum):
    OPENED = "opened"
    CLICKED = "clicked"


class Label(StrEnum):
    HUMAN = "human"
    MACHINE = "machine"
    UNKNOWN = "unknown"


class Event(Base):
    """An open or a click. `hit_id` is given at the edge, so a replay changes nothing; without consent `subscriber_id` is null."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_issue", "issue_id", "kind", "link"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    hit_id: Mapped[str] = mapped_column(String(32), unique=True)
    issue_id: Mapped[int] = mapped_column(BigId)
    subscriber_id: Mapped[int | None] = mapped_column(BigId)
    kind: Mapped[EventKind] = mapped_column(Choice(EventKind))
    link: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(Instant)
    ip: Mapped[str] = mapped_column(String(45), default="")  # truncated to /24 or /48 (C12)
    user_agent: Mapped[str] = mapped_column(String(300), default="")
    label: Mapped[Label] = mapped_column(Choice(Label), default=Label.UNKNOWN)
    reason: Mapped[str] = mapped_column(String(40), default="")
    rules: Mapped[int] = mapped_column(default=1)  # version of the rules that gave the label
