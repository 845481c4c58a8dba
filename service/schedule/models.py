"""The newsletter's rhythm and its slots. A slot alone knows which issue it carries."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.core.database import Base, BigId, Choice, Instant, Json


class Cadence(Base):
    """On which days and at what local time a newsletter comes out, in the zone it chose (its readers' or its editors')."""

    __tablename__ = "cadences"

    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletters.id", ondelete="CASCADE"), primary_key=True)
    zone: Mapped[str] = mapped_column(String(60))
    weekdays: Mapped[list[int]] = mapped_column(Json)  # ISO, Monday = 1
    local_time: Mapped[time]


class SlotState(StrEnum):
    EMPTY = "empty"
    BOOKED = "booked"
    SKIPPED = "skipped"
    LAUNCHED = "launched"
    MISSED = "missed"


class Slot(Base):
    """One place in the calendar. `revision_id` is the booked text, `compiled_id` the version that is ready to go.

    While a newer booking is being compiled, `compiled_id` still names the older, ready one.
    """

    __tablename__ = "slots"
    __table_args__ = (
        UniqueConstraint("newsletter_id", "local_date", "local_time"),
        Index("ix_slots_fires_at", "fires_at"),
        Index("ix_slots_issue", "issue_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletters.id", ondelete="CASCADE"))
    local_date: Mapped[date]
    local_time: Mapped[time]
    zone: Mapped[str] = mapped_column(String(60))
    fires_at: Mapped[datetime] = mapped_column(Instant)
    planned_at: Mapped[datetime | None] = mapped_column(Instant)  # the hour of the rhythm, where somebody holds the slot back
    tzdata: Mapped[str] = mapped_column(String(20), default="")  # version the instant was computed with (E8)
    is_extra: Mapped[bool] = mapped_column(default=False)  # "send now": outside the rhythm
    former_slot_id: Mapped[int | None] = mapped_column(BigId)  # of an extra one: the slot that its issue has left for it
    state: Mapped[SlotState] = mapped_column(Choice(SlotState), default=SlotState.EMPTY)
    issue_id: Mapped[int | None] = mapped_column(ForeignKey("issues.id"))
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id"))
    compiled_id: Mapped[int | None] = mapped_column(ForeignKey("compiled_issues.id"))
    compiled_revision_id: Mapped[int | None] = mapped_column(BigId)  # the text `compiled_id` was made from
    problems: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)  # why the booked text could not be made ready
    verified_id: Mapped[int | None] = mapped_column(BigId)  # the version that was looked at again shortly before the hour
    verified_at: Mapped[datetime | None] = mapped_column(Instant)
    faults: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)  # what that look found
    readers: Mapped[int | None]  # who would receive it then
    skip_reason: Mapped[str] = mapped_column(String(300), default="")
    booked_by: Mapped[int | None] = mapped_column(BigId)
    booked_at: Mapped[datetime | None] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)


class Replacement(Base):
    """A newer text for a slot in its last half hour, made ready beside the approved one; it goes out only once somebody swaps it in."""

    __tablename__ = "replacements"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slots.id", ondelete="CASCADE"), unique=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    compiled_id: Mapped[int | None] = mapped_column(ForeignKey("compiled_issues.id"))
    problems: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    asked_by: Mapped[int | None] = mapped_column(BigId)
    asked_at: Mapped[datetime] = mapped_column(Instant)
