"""The links of an issue, by number. A number keeps its meaning across the versions of an issue."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from service.core.database import Base, BigId, Instant


class Link(Base):
    """Where number `number` of an issue leads; `block` is the id of the block it stands in.

    A repaired link keeps its address, to which its clicks so far belong; `replaced_by` is the number to which it leads from then on.
    """

    __tablename__ = "links"

    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text, default="")  # the words of the link, for reports
    block: Mapped[str] = mapped_column(Text, default="")
    replaced_by: Mapped[int | None]


class LinkRepair(Base):
    """Who let a link of letters that are out lead elsewhere, when, from where to where; `undone_at` when it was taken back."""

    __tablename__ = "link_repairs"
    __table_args__ = (Index("ix_link_repairs_issue", "issue_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(Instant)
    user_id: Mapped[int | None] = mapped_column(BigId)  # null: from a terminal
    from_number: Mapped[int]
    to_number: Mapped[int]
    to_led_to: Mapped[int | None]  # where the number led to that the link leads to now: undone, it does so again
    from_url: Mapped[str] = mapped_column(Text)
    to_url: Mapped[str] = mapped_column(Text)
    undone_at: Mapped[datetime | None] = mapped_column(Instant)
    undone_by: Mapped[int | None] = mapped_column(BigId)
