"""What was reported: the headline figures of an issue as they stood, so that later labels never hide what people were told."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from service.core.database import Base, BigId, Instant


class ReportedFigures(Base):
    """Readers who opened and clicked, by one version of the rules of labelling, as they were shown on `at`."""

    __tablename__ = "reported_figures"

    issue_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    rules: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant)
    opened_human: Mapped[int]
    opened_all: Mapped[int]
    clicked_human: Mapped[int]
    clicked_all: Mapped[int]
