"""Labels over closed windows: the headers that the rules need, the windows, and the figures as they were reported."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# hits that are there already get their final labels, too, as far as their origin is still known
WINDOWS_OF = {
    "postgresql": "to_timestamp(floor(extract(epoch from at) / 900) * 900)",
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S.000000', strftime('%s', at) / 900 * 900, 'unixepoch')",
}


def upgrade() -> None:
    id_type = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    with op.batch_alter_table("events") as batch_op:
        batch_op.add_column(sa.Column("headers", sa.String(length=160), nullable=False, server_default=""))
        batch_op.create_index("ix_events_time", ["issue_id", "at"], unique=False)
    with op.batch_alter_table("events") as batch_op:
        batch_op.alter_column("headers", server_default=None)
    op.create_table(
        "label_windows",
        sa.Column("issue_id", id_type, autoincrement=False, nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("touched", sa.Integer(), nullable=False),
        sa.Column("rules", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("issue_id", "starts_at", name=op.f("pk_label_windows")),
    )
    with op.batch_alter_table("label_windows") as batch_op:
        batch_op.create_index(
            "ix_label_windows_open",
            ["starts_at"],
            unique=False,
            postgresql_where=sa.text("is_open"),
            sqlite_where=sa.text("is_open"),
        )
    op.create_table(
        "reported_figures",
        sa.Column("issue_id", id_type, autoincrement=False, nullable=False),
        sa.Column("rules", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_human", sa.Integer(), nullable=False),
        sa.Column("opened_all", sa.Integer(), nullable=False),
        sa.Column("clicked_human", sa.Integer(), nullable=False),
        sa.Column("clicked_all", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("issue_id", "rules", name=op.f("pk_reported_figures")),
    )
    window = WINDOWS_OF[op.get_bind().dialect.name]
    op.execute(
        "INSERT INTO label_windows (issue_id, starts_at, is_open, touched, rules) "
        f"SELECT DISTINCT issue_id, {window}, true, 1, CAST(NULL AS INTEGER) FROM events WHERE ip <> '' OR user_agent <> ''"
    )


def downgrade() -> None:
    op.drop_table("reported_figures")
    op.drop_table("label_windows")
    with op.batch_alter_table("events") as batch_op:
        batch_op.drop_index("ix_events_time")
        batch_op.drop_column("headers")
