"""The links of an issue, by number. A number keeps its meaning across the versions of an issue."""

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from service.core.database import Base


class Link(Base):
    """Where number `number` of an issue leads; `block` is the id of the block it stands in."""

    __tablename__ = "links"

    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text, default="")  # the words of the link, for reports
    block: Mapped[str] = mapped_column(Text, default="")
