"""The ledger: one row for each reader of an issue, cut into batches; what went wrong; and single mails to one person."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Float, ForeignKey, Index, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from service.core.database import Base, BigId, Choice, Instant, Json, JsonOrNull
from service.delivery.states import DeliveryState


class BatchState(StrEnum):
    OPEN = "open"
    CLAIMED = "claimed"
    DONE = "done"


class Launch(Base):
    """The one start of an issue: how many readers, when it began and ended; `compiled_id` is the version that claims take from now on."""

    __tablename__ = "launches"

    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id"), primary_key=True)
    compiled_id: Mapped[int] = mapped_column(ForeignKey("compiled_issues.id"))
    recipients: Mapped[int] = mapped_column(default=0)
    batches: Mapped[int] = mapped_column(default=0)
    tracked: Mapped[int] = mapped_column(default=0)  # readers whose opens may be measured: the base of every open rate (B15)
    started_at: Mapped[datetime] = mapped_column(Instant)
    give_up_at: Mapped[datetime] = mapped_column(Instant)  # nothing is tried again after it (E7)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    counts: Mapped[dict[str, int]] = mapped_column(Json, default=dict)  # by state, once finished


class Correction(Base):
    """A text that is to go to the rest of a stopped issue, and what was wrong with the one before (E12).

    Open while it is neither in use nor dropped; the issue does not go on meanwhile. `problems` say why it could not be made.
    """

    __tablename__ = "corrections"
    __table_args__ = (Index("ix_corrections_issue", "issue_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id", ondelete="CASCADE"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    note: Mapped[str] = mapped_column(String(500))  # what was wrong
    before_id: Mapped[int] = mapped_column(BigId)  # the compiled version that it takes the place of
    compiled_id: Mapped[int | None] = mapped_column(ForeignKey("compiled_issues.id"))
    problems: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    asked_by: Mapped[int | None] = mapped_column(BigId)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    used_from: Mapped[datetime | None] = mapped_column(Instant)
    dropped_at: Mapped[datetime | None] = mapped_column(Instant)


class Delivery(Base):
    """This issue to this subscriber, once. No index on anything that changes, else rows cannot be updated in their page."""

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("ix_deliveries_batch", "issue_id", "batch_no"),
        {"sqlite_with_rowid": False, "postgresql_with": {"fillfactor": "50"}},
    )

    issue_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    subscriber_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    batch_no: Mapped[int]
    state: Mapped[DeliveryState] = mapped_column(Choice(DeliveryState), default=DeliveryState.QUEUED)
    reason: Mapped[str | None] = mapped_column(String(40))
    compiled_id: Mapped[int | None] = mapped_column(BigId)  # the version that was handed over
    tries: Mapped[int] = mapped_column(default=0)
    is_tracked: Mapped[bool] = mapped_column(default=False)  # the mail carries an open pixel
    maybe_duplicate: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime | None] = mapped_column(Instant)


class Batch(Base):
    """Deliveries of one lane that are claimed together under a lease; `token` rises with every claim and fences stale writers."""

    __tablename__ = "batches"
    __table_args__ = (Index("ix_batches_work", "state", "lane", "next_at"),)

    issue_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    lane: Mapped[str] = mapped_column(String(20))
    size: Mapped[int]
    state: Mapped[BatchState] = mapped_column(Choice(BatchState), default=BatchState.OPEN)
    token: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(Instant)
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    host: Mapped[str | None] = mapped_column(String(120))
    journal: Mapped[str | None] = mapped_column(String(120))  # file name of the evidence
    compiled_id: Mapped[int | None] = mapped_column(BigId)  # the version that the last claim took
    granted: Mapped[int | None]  # mails that the claim may hand over, where a pace is kept; null: all of it
    is_first: Mapped[bool] = mapped_column(default=False, server_default=false())  # before the others of its lane
    accepted: Mapped[int] = mapped_column(default=0)  # by the last claim that was recorded, for the rate
    recorded_at: Mapped[datetime | None] = mapped_column(Instant)
    # its deliveries counted by "state" and "state:reason" (tallies.py); null: something moved, to be counted anew
    tally: Mapped[dict[str, int] | None] = mapped_column(JsonOrNull)


class Retry(Base):
    """A deferred delivery and when it is due again; retry batches are cut from these rows."""

    __tablename__ = "retries"
    __table_args__ = (Index("ix_retries_due", "next_at"), Index("ix_retries_lane", "issue_id", "lane", "next_at"))

    issue_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    subscriber_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    lane: Mapped[str] = mapped_column(String(20))
    next_at: Mapped[datetime | None] = mapped_column(Instant)  # null: waits for us, until an operator has mended what was wrong (A12)
    is_first: Mapped[bool] = mapped_column(default=False, server_default=false())  # it has waited for us, or for an operator's word


class Lane(Base):
    """A lane that is in trouble, or the mail server itself (name `*`); without a row all is well."""

    __tablename__ = "lanes"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    is_held: Mapped[bool] = mapped_column(default=False)  # until an operator lets it go on (E11)
    paused_until: Mapped[datetime | None] = mapped_column(Instant)
    probe_until: Mapped[datetime | None] = mapped_column(Instant)  # after the rest: one mail tries it, and nobody else until then
    failures: Mapped[int] = mapped_column(default=0)  # in a row
    reason: Mapped[str] = mapped_column(String(40), default="")
    text: Mapped[str] = mapped_column(Text, default="")  # the mail server's words, addresses masked
    since: Mapped[datetime] = mapped_column(Instant)
    told_at: Mapped[datetime | None] = mapped_column(Instant)  # to the desk, once it had lasted (E11)
    changed_at: Mapped[datetime] = mapped_column(Instant)


class Pace(Base):
    """What is remembered of the pace of a lane, or of the mail server (name `*`), from one batch to the next."""

    __tablename__ = "paces"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    spent_until: Mapped[datetime | None] = mapped_column(Instant)  # bucket.py
    # of its usual rate, when its last rest ended (slowing.py)
    share: Mapped[float] = mapped_column(Float, default=1.0, server_default=text("1.0"))
    clean_since: Mapped[datetime | None] = mapped_column(Instant)  # the end of that rest
    rests: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # in a row
    recent: Mapped[str] = mapped_column(String(20), default="", server_default=text("''"))  # the last replies (breaker.py)


class SpentHour(Base):
    """Mails that left in one hour, where the mail server has a daily quota (quota.py)."""

    __tablename__ = "spent_hours"

    begin: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    mails: Mapped[int]


class Attempt(Base):
    """One SMTP try that was not a plain acceptance, with the server's words."""

    __tablename__ = "attempts"
    __table_args__ = (Index("ix_attempts_delivery", "issue_id", "subscriber_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    issue_id: Mapped[int] = mapped_column(BigId)
    subscriber_id: Mapped[int] = mapped_column(BigId)
    at: Mapped[datetime] = mapped_column(Instant)
    phase: Mapped[str] = mapped_column(String(20))
    code: Mapped[int | None]
    enhanced: Mapped[str | None] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text, default="")  # addresses in it are masked
    outcome: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(40), default="")


class Known(StrEnum):
    """What the mail server's log says of a delivery that is not settled yet."""

    NOTHING = "nothing"
    SEEN = "seen"  # it began to take the mail, and the log does not say how that ended
    ABSENT = "absent"  # it covers the time and does not name the mail, which is a hint and no proof


class Proof(StrEnum):
    """What settled an uncertain delivery."""

    JOURNAL = "journal"  # the sender's own, turned up late
    RELAY_LOG = "relay_log"
    PROVIDER = "provider"
    RESPONSE = "response"  # an open or a click with this delivery's token; which of them is not kept (B15)
    BOUNCE = "bounce"
    OPERATOR = "operator"
    POLICY = "policy"  # the newsletter's: sent again by itself


class Doubt(Base):
    """An uncertain delivery, kept for the record: since when, why, what is known, who decided. At most one of a delivery is open."""

    __tablename__ = "doubts"
    __table_args__ = (
        Index("ix_doubts_delivery", "issue_id", "subscriber_id"),
        # the settled ones, nearly all after a while, are not in the index that is polled
        Index(
            "ix_doubts_open",
            "issue_id",
            "since",
            postgresql_where=text("settled_at IS NULL"),
            sqlite_where=text("settled_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    issue_id: Mapped[int] = mapped_column(BigId)
    subscriber_id: Mapped[int] = mapped_column(BigId)
    lane: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(40), default="")
    cause: Mapped[str] = mapped_column(Text, default="")  # why nobody knows, in the sender's words
    since: Mapped[datetime] = mapped_column(Instant)
    handed_after: Mapped[datetime] = mapped_column(Instant)  # no octet of this try was handed over before it
    known: Mapped[Known] = mapped_column(Choice(Known), default=Known.NOTHING)
    told_at: Mapped[datetime | None] = mapped_column(Instant)  # the people on duty were written to
    left_at: Mapped[datetime | None] = mapped_column(Instant)  # it is left as it is: not sent again, and the issue need not wait for it
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    outcome: Mapped[DeliveryState | None] = mapped_column(Choice(DeliveryState))  # what it was settled as
    proof: Mapped[Proof | None] = mapped_column(Choice(Proof))
    words: Mapped[str] = mapped_column(Text, default="")  # of the evidence, addresses masked
    user_id: Mapped[int | None] = mapped_column(BigId)  # who decided, be it to leave it


class NoticeState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class Notice(Base):
    """One transactional mail to one person: confirmation, consent notice, test, notice to the desk. `key` makes it happen once."""

    __tablename__ = "notices"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(200), unique=True)
    email: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(5))
    values: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    newsletter_id: Mapped[int | None] = mapped_column(BigId)
    state: Mapped[NoticeState] = mapped_column(Choice(NoticeState), default=NoticeState.QUEUED)
    created_at: Mapped[datetime] = mapped_column(Instant)
    claimed_until: Mapped[datetime | None] = mapped_column(Instant)  # held by the worker that is mailing it
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    last_error: Mapped[str | None] = mapped_column(Text)


class Instance(Base):
    """What this database says of itself, in one row: a copy of it, or an older state, is recognised by this (E15)."""

    __tablename__ = "instance"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # always 1
    instance_id: Mapped[str] = mapped_column(String(32))
    counter: Mapped[int] = mapped_column(BigId, default=0)  # rises with every launch and every claim
    counted_at: Mapped[datetime] = mapped_column(Instant)
    cluster: Mapped[str] = mapped_column(String(80), default="")  # the server it lived in, as that says itself; empty on SQLite
    former_id: Mapped[str] = mapped_column(String(32), default="")  # before operators were last asked
    former_counter: Mapped[int] = mapped_column(BigId, default=0)  # the highest that any host knew then
    doubt: Mapped[str] = mapped_column(String(20), default="")  # why operators were last asked
    doubted_at: Mapped[datetime | None] = mapped_column(Instant)
    doubt_values: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class SenderHost(Base):
    """A host that sends from this database; without a key, a name that an operator has let in beforehand."""

    __tablename__ = "sender_hosts"
    __table_args__ = (Index("ix_sender_hosts_name", "name"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    key: Mapped[str | None] = mapped_column(String(32), unique=True)  # from the host's own var/instance
    admitted_by: Mapped[int | None] = mapped_column(BigId)
    joined_at: Mapped[datetime | None] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)


class Question(Base):
    """Why an issue waits for somebody's decision; the newest open one of each kind is shown."""

    __tablename__ = "questions"
    __table_args__ = (Index("ix_questions_issue", "issue_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    issue_id: Mapped[int] = mapped_column(BigId)
    kind: Mapped[str] = mapped_column(String(40))
    was: Mapped[str] = mapped_column(String(20))  # the issue's state before it was asked
    values: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    answer: Mapped[str] = mapped_column(String(20), default="")
