"""Counts that reports read, what was reported earlier, and what figures warned of. Everything but the latter two can be made anew."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Float, String
from sqlalchemy.orm import Mapped, mapped_column

from service.core.database import Base, BigId, Choice, Instant
from service.feedback.models import EventKind, Label


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


class HitCount(Base):
    """Hits of one hour by what, where, whose provider and which label: what reports read instead of the hits (rollup.py).

    `link` is 0 for opens; `provider` is empty where a hit bears no reader's name. These stay when the hits themselves have expired.
    """

    __tablename__ = "hit_counts"

    issue_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    hour: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    kind: Mapped[EventKind] = mapped_column(Choice(EventKind), primary_key=True)
    link: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    provider: Mapped[str] = mapped_column(String(20), primary_key=True)
    label: Mapped[Label] = mapped_column(Choice(Label), primary_key=True)
    hits: Mapped[int]


class ReasonHits(Base):
    """Hits of one hour by the reason of their label."""

    __tablename__ = "reason_hits"

    issue_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    hour: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    kind: Mapped[EventKind] = mapped_column(Choice(EventKind), primary_key=True)
    label: Mapped[Label] = mapped_column(Choice(Label), primary_key=True)
    reason: Mapped[str] = mapped_column(String(40), primary_key=True)
    hits: Mapped[int]


class Scope(StrEnum):
    """What a count of readers is a count for; its `key` is then a link's number, a section's id, a provider, a door."""

    PROVIDER = "provider"
    LINK = "link"
    SECTION = "section"
    RETURNED = "returned"
    DOOR = "door"


class ReaderCount(Base):
    """How many different readers did something: `human` of them surely people, `every` without a look at labels.

    `what` is an event's kind, `base` (accepted, and their opens may be counted) or `left`. Different readers of hours cannot be added up,
    so that these are counted over the whole issue.
    """

    __tablename__ = "reader_counts"

    issue_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    what: Mapped[str] = mapped_column(String(20), primary_key=True)
    scope: Mapped[Scope] = mapped_column(Choice(Scope), primary_key=True)
    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    human: Mapped[int]
    every: Mapped[int]


class Rollup(Base):
    """How far the counts of an issue's readers go: `touched` rises with its hits, `counted` is what it was when they were counted."""

    __tablename__ = "rollups"

    issue_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    touched: Mapped[int] = mapped_column(default=1)
    counted: Mapped[int] = mapped_column(default=0)
    counted_at: Mapped[datetime | None] = mapped_column(Instant)
    seconds: Mapped[float] = mapped_column(Float, default=0.0)  # it took


class Alarm(Base):
    """Something that an issue's figures warn of, raised once and ended once; `subject` is a provider, or empty."""

    __tablename__ = "alarms"

    issue_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    subject: Mapped[str] = mapped_column(String(20), primary_key=True)
    raised_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    share: Mapped[float] = mapped_column(Float)  # percent, or what the rule measured
    usual: Mapped[float] = mapped_column(Float)
    number: Mapped[int]
