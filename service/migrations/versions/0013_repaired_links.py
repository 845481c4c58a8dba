"""Links of letters that are out can be led elsewhere, with a record."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    id_type = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    with op.batch_alter_table("links") as batch_op:
        batch_op.add_column(sa.Column("replaced_by", sa.Integer(), nullable=True))
    op.create_table(
        "link_repairs",
        sa.Column("id", id_type, nullable=False),
        sa.Column("issue_id", id_type, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", id_type, nullable=True),
        sa.Column("from_number", sa.Integer(), nullable=False),
        sa.Column("to_number", sa.Integer(), nullable=False),
        sa.Column("to_led_to", sa.Integer(), nullable=True),
        sa.Column("from_url", sa.Text(), nullable=False),
        sa.Column("to_url", sa.Text(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", id_type, nullable=True),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name=op.f("fk_link_repairs_issue_id_issues"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_repairs")),
    )
    with op.batch_alter_table("link_repairs") as batch_op:
        batch_op.create_index("ix_link_repairs_issue", ["issue_id"], unique=False)


def downgrade() -> None:
    op.drop_table("link_repairs")
    with op.batch_alter_table("links") as batch_op:
        batch_op.drop_column("replaced_by")
