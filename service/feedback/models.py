"""What came back: one row for each hit, kept raw with its label."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, LargeBinary, String, Text, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from service.core.database import Base, BigId, Choice, Instant, Json


class EventKind(StrEnum):
    OPENED = "opened"
    CLICKED = "clicked"


class Label(StrEnum):
    HUMAN = "human"
    MACHINE = "machine"
    UNKNOWN = "unknown"


class Event(Base):
    """An open or a click. `hit_id` is given at the edge, so a replay changes nothing; without consent `subscriber_id` is null.

    On PostgreSQL the table is partitioned by months of `at` (see `months`), which is why both unique keys there hold it, too.
    """

    __tablename__ = "events"
    __table_args__ = (
        UniqueConstraint("hit_id", "at"),
        Index("ix_events_issue", "issue_id", "kind", "link"),
        Index("ix_events_time", "issue_id", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    hit_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    issue_id: Mapped[int] = mapped_column(BigId)
    subscriber_id: Mapped[int | None] = mapped_column(BigId)
    kind: Mapped[EventKind] = mapped_column(Choice(EventKind))
    link: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(Instant)
    ip: Mapped[str] = mapped_column(String(45), default="")  # truncated to /24 or /48 (C12)
    user_agent: Mapped[str] = mapped_column(String(300), default="")
    headers: Mapped[str] = mapped_column(String(160), default="")  # the few that the rules need, by labels_headers
    label: Mapped[Label] = mapped_column(Choice(Label), default=Label.UNKNOWN)
    reason: Mapped[str] = mapped_column(String(40), default="")
    rules: Mapped[int] = mapped_column(default=1)  # version of the rules that gave the label


class Source(StrEnum):
    """By which door it came."""

    LMTP = "lmtp"
    IMAP = "imap"
    SES = "ses"
    MAILGUN = "mailgun"
    POSTMARK = "postmark"
    LEDGER = "ledger"  # a refusal in our own SMTP dialogue


class Returned(Base):
    """One message, provider event or refusal that came back. Without a delivery it is in quarantine: it changed nothing (D10).

    `key` and `nonce` make it happen once (D12, D14). What it holds of a person goes after a month; what it meant stays.
    """

    __tablename__ = "returned"
    __table_args__ = (
        Index("ix_returned_issue", "issue_id", "kind"),
        Index("ix_returned_subscriber", "subscriber_id", "at"),
        Index("ix_returned_at", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    nonce: Mapped[str | None] = mapped_column(String(120), unique=True)
    source: Mapped[Source] = mapped_column(Choice(Source))
    at: Mapped[datetime] = mapped_column(Instant)
    kind: Mapped[str] = mapped_column(String(20))  # classifying.Kind
    reason: Mapped[str] = mapped_column(String(40), default="")
    is_hard: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(12), default="")
    action: Mapped[str] = mapped_column(String(20), default="")  # policy.Action
    effect: Mapped[str] = mapped_column(String(20), default="")  # what followed: consequences.Effect
    issue_id: Mapped[int | None] = mapped_column(BigId)
    subscriber_id: Mapped[int | None] = mapped_column(BigId)
    known_by: Mapped[str] = mapped_column(String(20), default="")  # verp, message_id, link, recipient
    recipient: Mapped[str] = mapped_column(String(254), default="")  # whom it names; forgotten after a month
    text: Mapped[str] = mapped_column(Text, default="")  # the mail system's words, addresses masked; untrusted
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)  # at most intake.KEPT_BYTES, forgotten after a month


class Checkpoint(Base):
    """How far something outside was read: an IMAP folder, the attempts of the ledger."""

    __tablename__ = "checkpoints"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    place: Mapped[dict[str, int]] = mapped_column(Json, default=dict)


class LabelWindow(Base):
    """A quarter of an hour of an issue's hits, labelled together once it is over (C6). `touched` rises with what comes into it."""

    __tablename__ = "label_windows"
    __table_args__ = (
        Index("ix_label_windows_open", "starts_at", postgresql_where=text("is_open"), sqlite_where=text("is_open")),
        Index(
            "ix_label_windows_uncounted",
            "issue_id",
            "starts_at",
            postgresql_where=text("NOT is_counted"),
            sqlite_where=text("NOT is_counted"),
        ),
    )

    issue_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    starts_at: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    is_open: Mapped[bool] = mapped_column(default=True)  # its final labels are still to be given, or to be given again
    touched: Mapped[int] = mapped_column(default=1)
    rules: Mapped[int | None]  # version of the rules by which it was labelled last
    is_counted: Mapped[bool] = mapped_column(default=False)  # reports know its hits and labels as they are (statistics/rollup.py)
