"""Counts that reports read instead of hits, alarms, and the windows that are still to be counted."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# every hit's window is counted once, also those whose labels are not given again
WINDOWS_OF = {
    "postgresql": "to_timestamp(floor(extract(epoch from at) / 900) * 900)",
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S.000000', strftime('%s', at) / 900 * 900, 'unixepoch')",
}
TABLES = ("hit_counts", "reason_hits", "reader_counts", "rollups", "alarms")


def upgrade() -> None:
    id_type = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    window = WINDOWS_OF[op.get_bind().dialect.name]
    with op.batch_alter_table("label_windows") as batch_op:
        batch_op.add_column(sa.Column("is_counted", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(
        "INSERT INTO label_windows (issue_id, starts_at, is_open, touched, rules) "
        f"SELECT DISTINCT issue_id, {window}, false, 1, CAST(NULL AS INTEGER) FROM events WHERE true ON CONFLICT DO NOTHING"
    )
    with op.batch_alter_table("label_windows") as batch_op:
        batch_op.alter_column("is_counted", server_default=None)
        batch_op.create_index(
            "ix_label_windows_uncounted",
            ["issue_id", "starts_at"],
            unique=False,
            postgresql_where=sa.text("NOT is_counted"),
            sqlite_where=sa.text("NOT is_counted"),
        )
    with op.batch_alter_table("consent_events") as batch_op:
        batch_op.create_index(
            "ix_consent_events_withdrawn",
            ["newsletter_id", "at"],
            unique=False,
            postgresql_where=sa.text("action = 'withdrawn'"),
            sqlite_where=sa.text("action = 'withdrawn'"),
        )

    def issue() -> sa.Column[int]:
        return sa.Column("issue_id", id_type, autoincrement=False, nullable=False)

    op.create_table(
        "hit_counts",
        issue(),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("link", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("label", sa.String(length=20), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("issue_id", "hour", "kind", "link", "provider", "label", name=op.f("pk_hit_counts")),
    )
    op.create_table(
        "reason_hits",
        issue(),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("label", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("issue_id", "hour", "kind", "label", "reason", name=op.f("pk_reason_hits")),
    )
    op.create_table(
        "reader_counts",
        issue(),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("scope", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("human", sa.Integer(), nullable=False),
        sa.Column("every", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("issue_id", "what", "scope", "key", name=op.f("pk_reader_counts")),
    )
    op.create_table(
        "rollups",
        issue(),
        sa.Column("touched", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("issue_id", name=op.f("pk_rollups")),
    )
    op.create_table(
        "alarms",
        issue(),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("usual", sa.Float(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("issue_id", "kind", "subject", name=op.f("pk_alarms")),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    with op.batch_alter_table("consent_events") as batch_op:
        batch_op.drop_index("ix_consent_events_withdrawn")
    with op.batch_alter_table("label_windows") as batch_op:
        batch_op.drop_index("ix_label_windows_uncounted")
        batch_op.drop_column("is_counted")
