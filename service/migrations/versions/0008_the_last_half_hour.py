"""The last half hour before a slot: holds, verification, replacements; hashes of compiled versions that can be computed anew."""

import hashlib
import json
import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "replacements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("revision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("compiled_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("problems", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("asked_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["compiled_id"], ["compiled_issues.id"], name=op.f("fk_replacements_compiled_id_compiled_issues")),
        sa.ForeignKeyConstraint(["revision_id"], ["revisions.id"], name=op.f("fk_replacements_revision_id_revisions")),
        sa.ForeignKeyConstraint(["slot_id"], ["slots.id"], name=op.f("fk_replacements_slot_id_slots"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replacements")),
        sa.UniqueConstraint("slot_id", name=op.f("uq_replacements_slot_id")),
    )
    with op.batch_alter_table("slots", schema=None) as batch_op:
        batch_op.add_column(sa.Column("planned_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("verified_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.add_column(sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("faults", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False, server_default="[]")
        )
        batch_op.add_column(sa.Column("readers", sa.Integer(), nullable=True))

    _hash_anew()


def _hash_anew() -> None:
    """Over subject, HTML, text and the addresses of the links in them, as service/rendering/compile.py has it."""
    connection, number = op.get_bind(), re.compile(r"/c/pr0field0measuring0/(\d+)")
    links: dict[int, dict[int, str]] = {}
    for issue_id, link, url in connection.execute(sa.text("SELECT issue_id, number, url FROM links")):
        links.setdefault(issue_id, {})[link] = url
    for id_ in connection.execute(sa.text("SELECT id FROM compiled_issues")).scalars().all():
        query = sa.text("SELECT issue_id, subject, html, text FROM compiled_issues WHERE id = :id")
        issue_id, subject, html, text = connection.execute(query, {"id": id_}).one()
        used = sorted({int(found) for source in (html, text) for found in number.findall(source)})
        content = [subject, html, text, [(each, links.get(issue_id, {}).get(each)) for each in used]]
        digest = hashlib.sha256(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
        connection.execute(sa.text("UPDATE compiled_issues SET sha256 = :digest WHERE id = :id"), {"digest": digest, "id": id_})


def downgrade() -> None:
    with op.batch_alter_table("slots", schema=None) as batch_op:
        batch_op.drop_column("readers")
        batch_op.drop_column("faults")
        batch_op.drop_column("verified_at")
        batch_op.drop_column("verified_id")
        batch_op.drop_column("planned_at")

    op.drop_table("replacements")
