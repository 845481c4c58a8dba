"""Events by month: on PostgreSQL the table becomes a partitioned one."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

COLUMNS = "id, hit_id, issue_id, subscriber_id, kind, link, at, ip, user_agent, headers, label, reason, rules"
AFTER = (  # what is written into a partitioned table, and into a plain one again
    "ALTER SEQUENCE events_by_month_id OWNED BY events_by_month.id",
    "DROP TABLE events",
    "ALTER TABLE events_by_month RENAME TO events",
    "ALTER SEQUENCE events_by_month_id RENAME TO events_id_seq",
    "SELECT setval('events_id_seq', (SELECT coalesce(max(id), 0) + 1 FROM events), false)",
    "CREATE INDEX ix_events_issue ON events (issue_id, kind, link)",
    "CREATE INDEX ix_events_time ON events (issue_id, at)",
)
MONTHS = """
DO $$
DECLARE month timestamptz;
BEGIN
  SET LOCAL timezone = 'UTC';
  FOR month IN
    SELECT DISTINCT date_trunc('month', at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' FROM events
    UNION SELECT date_trunc('month', now()) + n * interval '1 month' FROM generate_series(0, 2) AS n
  LOOP
    EXECUTE format('CREATE TABLE %I PARTITION OF events_by_month FOR VALUES FROM (%L) TO (%L) WITH (fillfactor = 70)',
      to_char(month, '"events_"YYYY"_"MM'), month, month + interval '1 month');
  END LOOP;
END $$
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("events") as batch_op:
            batch_op.drop_constraint("uq_events_hit_id", type_="unique")
            batch_op.alter_column("hit_id", type_=sa.Uuid(), existing_type=sa.String(length=32), existing_nullable=False)
            batch_op.create_unique_constraint("uq_events_hit_id_at", ["hit_id", "at"])
        return
    op.execute("CREATE SEQUENCE events_by_month_id AS bigint")
    op.execute(_table("uuid", "PARTITION BY RANGE (at)"))
    op.execute(MONTHS)
    op.execute("CREATE TABLE events_other PARTITION OF events_by_month DEFAULT")
    op.execute(f"INSERT INTO events_by_month ({COLUMNS}) SELECT {COLUMNS.replace('hit_id', 'hit_id::uuid')} FROM events")
    for statement in AFTER:
        op.execute(statement)
    op.execute("ALTER TABLE events ADD CONSTRAINT pk_events PRIMARY KEY (id, at)")
    op.execute("ALTER TABLE events ADD CONSTRAINT uq_events_hit_id_at UNIQUE (hit_id, at)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("events") as batch_op:
            batch_op.drop_constraint("uq_events_hit_id_at", type_="unique")
            batch_op.alter_column("hit_id", type_=sa.String(length=32), existing_type=sa.Uuid(), existing_nullable=False)
            batch_op.create_unique_constraint("uq_events_hit_id", ["hit_id"])
    else:
        op.execute("CREATE SEQUENCE events_by_month_id AS bigint")
        op.execute(_table("varchar(32)", ""))
        columns = COLUMNS.replace("hit_id", "replace(hit_id::text, '-', '')")
        op.execute(f"INSERT INTO events_by_month ({COLUMNS}) SELECT {columns} FROM events")
        for statement in AFTER:
            op.execute(statement)
        op.execute("ALTER TABLE events ADD CONSTRAINT pk_events PRIMARY KEY (id)")
        op.execute("ALTER TABLE events ADD CONSTRAINT uq_events_hit_id UNIQUE (hit_id)")


def _table(id_type: str, how: str) -> str:
    return f"""
CREATE TABLE events_by_month (
  id bigint NOT NULL DEFAULT nextval('events_by_month_id'),
  hit_id {id_type} NOT NULL,
  issue_id bigint NOT NULL,
  subscriber_id bigint,
  kind varchar(20) NOT NULL,
  link integer,
  at timestamptz NOT NULL,
  ip varchar(45) NOT NULL,
  user_agent varchar(300) NOT NULL,
  headers varchar(160) NOT NULL,
  label varchar(20) NOT NULL,
  reason varchar(40) NOT NULL,
  rules integer NOT NULL
) {how}
"""
