"""Everybody at the desk may switch off the reports that come by mail."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("users") as batch_op:
        batch_op.add_column(sa.Column("gets_reports", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("users") as batch_op:
        batch_op.alter_column("gets_reports", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("users") as batch_op:
        batch_op.drop_column("gets_reports")
