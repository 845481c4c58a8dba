"""When a lane's next retry is due is found without reading its retries."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("retries") as batch_op:
        batch_op.create_index("ix_retries_lane", ["issue_id", "lane", "next_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("retries") as batch_op:
        batch_op.drop_index("ix_retries_lane")
