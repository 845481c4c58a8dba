"""Readers: their address, their subscriptions, what they agreed to, and who must not be mailed."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from service.core.database import Base, BigId, Choice, Instant, Json


class Standing(StrEnum):
    """The states of a subscription."""

    PENDING = "pending"
    ACTIVE = "active"
    PAUSED = "paused"
    UNSUBSCRIBED = "unsubscribed"


class Purpose(StrEnum):
    """What a consent is for; each is asked, given and withdrawn by itself."""

    NEWSLETTER = "newsletter"
    ADVERTISING = "advertising"  # Network Act art. 50 (B1)
    OPEN_TRACKING = "open_tracking"
    CLICK_TRACKING = "click_tracking"


class ConsentAction(StrEnum):
    REQUESTED = "requested"  # the form was sent; nothing is agreed until confirmed
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class SuppressionReason(StrEnum):
    HARD_BOUNCE = "hard_bounce"
    INACTIVE = "inactive"
    FULL = "full"
    COMPLAINT = "complaint"
    MANUAL = "manual"
    ERASED = "erased"


class Subscriber(Base):
    """A person's address. After erasure the row stays without address or name, so that the ledger keeps its sums (B11)."""

    __tablename__ = "subscribers"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    email: Mapped[str | None] = mapped_column(String(254), unique=True)  # normalised: see address.py
    # keyed, the same for one mailbox however its case is written; suppressions are matched by it; random after erasure
    address_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    language: Mapped[str] = mapped_column(String(5), default="ko")
    provider: Mapped[str] = mapped_column(String(20), default="other")  # mailbox provider group, from the domain
    created_at: Mapped[datetime] = mapped_column(Instant)
    erased_at: Mapped[datetime | None] = mapped_column(Instant)


class Subscription(Base):
    """Ties a subscriber to a newsletter. The two consents that decide on mail are derived from the log in the same transaction."""

    __tablename__ = "subscriptions"
    __table_args__ = (Index("ix_subscriptions_newsletter_state", "newsletter_id", "state"),)

    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletters.id", ondelete="CASCADE"), primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True, index=True)
    state: Mapped[Standing] = mapped_column(Choice(Standing))
    wants_advertising: Mapped[bool] = mapped_column(default=False)
    may_track_opens: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)


class ConsentEvent(Base):
    """Append-only: who agreed to what or took it back, when, how, on which text (section B of the requirements)."""

    __tablename__ = "consent_events"
    __table_args__ = (
        Index("ix_consent_events_subscriber", "subscriber_id", "newsletter_id", "at"),
        # imports, nearly all rows, owe no notice and are not in the index
        Index("ix_consent_events_owed", "at", postgresql_where=text("act IS NOT NULL"), sqlite_where=text("act IS NOT NULL")),
        Index(
            "ix_consent_events_withdrawn",
            "newsletter_id",
            "at",
            postgresql_where=text("action = 'withdrawn'"),
            sqlite_where=text("action = 'withdrawn'"),
        ),
        Index("ix_consent_events_act", "act", postgresql_where=text("act IS NOT NULL"), sqlite_where=text("act IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscribers.id"))
    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletters.id"))
    purpose: Mapped[Purpose] = mapped_column(Choice(Purpose))
    action: Mapped[ConsentAction] = mapped_column(Choice(ConsentAction))
    at: Mapped[datetime] = mapped_column(Instant)
    source: Mapped[str] = mapped_column(String(120))  # sign-up page, import (with its file), one-click, footer link, desk
    language: Mapped[str] = mapped_column(String(5))
    text: Mapped[str] = mapped_column(Text, default="")  # the exact words that were agreed to
    text_hash: Mapped[str] = mapped_column(String(64), default="")
    ip_hash: Mapped[str] = mapped_column(String(64), default="")
    user_agent: Mapped[str] = mapped_column(String(300), default="")
    act: Mapped[str | None] = mapped_column(String(32))  # one for all events of one deed that owes the reader a notice (B7)


class SignUp(Base):
    """What a sign-up form said, until a job has acted on it: the page does the same work for every address (F11)."""

    __tablename__ = "sign_ups"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletters.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(120), default="")
    language: Mapped[str] = mapped_column(String(5))
    words: Mapped[dict[str, str]] = mapped_column(Json)  # purpose -> the exact words that were ticked
    source: Mapped[str] = mapped_column(String(120))
    ip_hash: Mapped[str] = mapped_column(String(64), default="")
    user_agent: Mapped[str] = mapped_column(String(300), default="")
    at: Mapped[datetime] = mapped_column(Instant)


class Confirmation(Base):
    """A double opt-in waiting for its click: the token is stored hashed, works 72 hours and once (B19).

    The token itself is derived from `nonce` and the signing key when the mail is written, so it lies in no table.
    """

    __tablename__ = "confirmations"
    __table_args__ = (Index("ix_confirmations_created_at", "created_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    nonce: Mapped[str] = mapped_column(String(40))
    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletters.id", ondelete="CASCADE"))
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscribers.id", ondelete="CASCADE"), index=True)
    words: Mapped[dict[str, str]] = mapped_column(Json)  # purpose -> the exact words that were ticked
    name: Mapped[str] = mapped_column(String(120), default="")  # becomes the reader's when confirmed, and stands in no mail before
    language: Mapped[str] = mapped_column(String(5))
    created_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class Suppression(Base):
    """An address that must not be mailed, and why; matched by keyed hash, so that it outlives the subscriber."""

    __tablename__ = "suppressions"

    address_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    reason: Mapped[SuppressionReason] = mapped_column(Choice(SuppressionReason))
    at: Mapped[datetime] = mapped_column(Instant)
    note: Mapped[str] = mapped_column(String(300), default="")


class Import(Base):
    """One file of readers: what it declared (B5), how far it came, and the rows it refused."""

    __tablename__ = "imports"
    __table_args__ = (UniqueConstraint("newsletter_id", "content_hash"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletters.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(BigId)
    file_name: Mapped[str] = mapped_column(String(200))
    content_hash: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(120))
    consented_on: Mapped[str] = mapped_column(String(10))  # ISO date
    columns: Mapped[dict[str, int]] = mapped_column(Json, default=dict)  # field -> column of the file, from 0
    has_header: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    started_at: Mapped[datetime | None] = mapped_column(Instant)  # null: uploaded, not yet told to run
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    rows_total: Mapped[int] = mapped_column(default=0)
    rows_done: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, int]] = mapped_column(Json, default=dict)
    refused: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)  # {line, reason}; never the address itself
    error: Mapped[str] = mapped_column(Text, default="")  # why the whole import stopped
