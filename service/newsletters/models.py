"""The publication and its series: identity, sender, legal lines and brand. When it is sent belongs to the schedule."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.core.database import Base, BigId, Choice, Instant, Json


class OpenMeasurement(StrEnum):
    """Whether opens may be measured (B15)."""

    OFF = "off"
    CONSENT = "consent"  # only readers who agreed to it
    NOTICE = "notice"  # every reader, told in the privacy notice


class UncertainPolicy(StrEnum):
    """What becomes of a mail that was handed over and whose reply was lost, where no evidence turns up."""

    HOLD = "hold"  # not sent again; somebody decides, or the deadline leaves it as it is
    RESEND = "resend"  # sent again once, marked as maybe a duplicate


class Newsletter(Base):
    """A publication. The legal lines stand in every issue's footer (B3); an empty one blocks booking."""

    __tablename__ = "newsletters"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(5), default="ko")
    is_public: Mapped[bool] = mapped_column(default=True)  # may be signed up for
    sender_name: Mapped[str] = mapped_column(String(120), default="")
    sender_email: Mapped[str] = mapped_column(String(254), default="")
    reply_to: Mapped[str] = mapped_column(String(254), default="")
    bounce_domain: Mapped[str] = mapped_column(String(253), default="")  # host of the VERP addresses; empty: the sender's domain
    legal_name: Mapped[str] = mapped_column(String(120), default="")
    legal_email: Mapped[str] = mapped_column(String(254), default="")
    legal_telephone: Mapped[str] = mapped_column(String(40), default="")
    legal_address: Mapped[str] = mapped_column(String(300), default="")
    privacy_url: Mapped[str] = mapped_column(String(500), default="")
    brand_color: Mapped[str] = mapped_column(String(7), default="#1f4fd8")
    logo_asset_id: Mapped[int | None] = mapped_column(BigId)
    tagline: Mapped[str] = mapped_column(String(300), default="")
    readers_zone: Mapped[str] = mapped_column(String(60), default="Asia/Seoul")
    editors_zone: Mapped[str] = mapped_column(String(60), default="America/Los_Angeles")
    open_measurement: Mapped[OpenMeasurement] = mapped_column(Choice(OpenMeasurement), default=OpenMeasurement.CONSENT)
    uncertain_policy: Mapped[UncertainPolicy] = mapped_column(Choice(UncertainPolicy), default=UncertainPolicy.HOLD)
    hold_minutes: Mapped[int] = mapped_column(default=180)  # so long somebody may decide
    resend_minutes: Mapped[int] = mapped_column(default=30)  # so long evidence is waited for before it is sent again
    on_duty_id: Mapped[int | None] = mapped_column(BigId)  # the user who is told; null: every operator
    created_at: Mapped[datetime] = mapped_column(Instant)

    @property
    def sender_domain(self) -> str:
        return self.sender_email.rpartition("@")[2]


class Series(Base):
    """A named weekly strand of a newsletter, with the label words its issues use (see issues/labels.py)."""

    __tablename__ = "series"
    __table_args__ = (UniqueConstraint("newsletter_id", "name"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletters.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(120))
    weekday: Mapped[int | None]  # ISO: Monday = 1; the default day of its issues
    labels: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
