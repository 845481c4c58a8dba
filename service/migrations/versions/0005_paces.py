"""The pace of lanes and of the mail server, its daily quota, grants and precedence of batches, single probes."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "paces",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("spent_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("share", sa.Float(), nullable=False, server_default=sa.text("1.0")),
        sa.Column("clean_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rests", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("recent", sa.String(length=20), nullable=False, server_default=sa.text("''")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_paces")),
    )
    op.create_table(
        "spent_hours",
        sa.Column("begin", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("begin", name=op.f("pk_spent_hours")),
    )
    with op.batch_alter_table("batches", schema=None) as batch_op:
        batch_op.add_column(sa.Column("granted", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("is_first", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("retries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_first", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("lanes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("probe_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("lanes", schema=None) as batch_op:
        batch_op.drop_column("probe_until")
    with op.batch_alter_table("retries", schema=None) as batch_op:
        batch_op.drop_column("is_first")
    with op.batch_alter_table("batches", schema=None) as batch_op:
        batch_op.drop_column("is_first")
        batch_op.drop_column("granted")
    op.drop_table("spent_hours")
    op.drop_table("paces")
